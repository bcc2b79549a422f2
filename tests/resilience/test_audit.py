"""The audit of writes finds each kind of loss, and nothing where all is well."""

from __future__ import annotations

from tests.resilience.audit import Row, audited
from tests.resilience.phone import Written


def told(name: str, asked: int = 0, acknowledged: int = 1, entity: str = "e") -> Written:
    """A write as its caller knows it."""
    return Written(name, entity, False, asked=asked, acknowledged=acknowledged, status=201)


def test_all_is_well() -> None:
    """Every write has one effect, in order, and its row is done."""
    found = audited([told("a", 0, 1), told("b", 2, 3)], ["a", "b"], [Row("a", "done", False, "")])
    assert found.ok
    assert "0; 0; 0; 0; 100.00 %; 0.00 %" == found.text()


def test_an_acknowledged_write_without_effect_is_lost() -> None:
    """Unless a person was asked about it, or its caller was never told that it was taken."""
    writes = [told("lost"), told("parked"), told("given up", acknowledged=0)]
    found = audited(writes, [], [Row("parked", "parked", True, "why")])
    assert ["lost"] == found.lost
    assert ["parked"] == found.parked
    assert not found.ok


def test_two_effects_are_doubled() -> None:
    """Also of a write that nobody was told of."""
    found = audited([told("a"), told("b", acknowledged=0)], ["a", "b", "b"], [])
    assert ["b"] == found.doubled


def test_order_counts_what_was_acknowledged_before_the_next_was_sent() -> None:
    """Writes that overlap may come either way; those of other entities too."""
    assert ["late"] == audited([told("early", 0, 1), told("late", 2, 3)], ["late", "early"], []).disordered
    assert [] == audited([told("early", 0, 2), told("late", 1, 3)], ["late", "early"], []).disordered
    assert [] == audited([told("early", 0, 1), told("late", 2, 3, "other")], ["late", "early"], []).disordered
    between = [told("first", 0, 1), told("second", 2, 3), told("third", 4, 5)]
    assert ["second", "third"] == audited(between, ["second", "third", "first"], []).disordered


def test_a_row_that_is_still_open_is_unsettled() -> None:
    """Whatever its caller was told."""
    for state in ("sending", "delivering", "queued", "unknown"):
        assert ["a"] == audited([told("a")], ["a"], [Row("a", state, False, "")]).unsettled


def test_too_few_acknowledged_and_too_many_parked_are_short() -> None:
    """95 % and 1 % are the goal."""
    many = [told(str(number), 2 * number, 2 * number + 1) for number in range(100)]
    names = [each.name for each in many]
    assert audited(many, names, [Row("0", "parked", True, "")]).ok
    assert not audited(many, names, [Row("0", "parked", True, ""), Row("1", "parked", True, "")]).ok
    assert not audited([*many, *[told(f"x{each}", acknowledged=0) for each in range(6)]], names, []).ok
    assert not audited([], [], []).ok
