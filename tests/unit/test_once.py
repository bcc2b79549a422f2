"""What is made of a part of a contract once: by identity, never by what the part says."""

from __future__ import annotations

import gc

from adapter import collector
from adapter.wsdl.once import Known


def test_a_part_is_made_once_and_another_one_that_says_the_same_anew() -> None:
    """Two lists that are equal are two parts."""
    known: Known[list[int], list[int]] = Known()
    one, two = [1], [1]
    first = known.of(one, lambda: [0])
    assert first is known.of(one, lambda: [0])
    assert first is not known.of(two, lambda: [0])


def test_what_is_being_made_may_ask_for_itself() -> None:
    """A type that contains itself asks while it is made; what it gets then is its maker's business."""
    known: Known[list[int], str] = Known()
    part = [1]
    assert "outer" == known.of(part, lambda: known.of(part, lambda: "inner") and "outer")
    assert "outer" == known.of(part, lambda: "again")


def test_the_collector_rests_only_inside() -> None:
    """It works again afterwards, and not where it did not work before."""
    with collector.paused():
        with collector.paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
