"""The judge: each gate by itself, what leads back, and that a verdict is made again to the bit."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.rollout.evidence import Calls, Evidence, Failed, Noise
from adapter.rollout.judge import ANSWERING, Asked, Verdict, enough, judge
from adapter.rollout.rules import STAGES, GateRule, Side
from adapter.rollout.stages import Pin, Standing
from adapter.rollout.verdict import read, recorded, replay, written
from tests.strangler.plans import plan

NOW = 1_000_000.0
ASKED = Asked(plan(), GateRule())
AT_ONE = Standing("customers", 5, "canary", 100, 3, 1, since=NOW - 600)
WELL = Evidence(
    run=1,
    units={"soap": 900, "http": 50},
    calls={"soap": Calls(100_000, 500), "http": Calls(1_000, 5)},
    stepped={"soap": Calls(6_000, 30), "http": Calls(60, 0)},
    compared=680,
    rate=1.0,
)


def verdict(standing: Standing = AT_ONE, asked: Asked = ASKED, **seen: Any) -> Verdict:
    """Judge evidence that is enough, but for what is said here."""
    return judge(asked, standing, replace(WELL, **seen), NOW)


def needs(standing: Standing = AT_ONE, asked: Asked = ASKED, **seen: Any) -> dict[str, str]:
    """Return what is missing; it is the cause, and the feature is held."""
    found = verdict(standing, asked, **seen)
    assert ("hold", found.needs[0].kind) == (found.kind, found.cause)
    return {str(each.kind): each.words for each in found.needs}


def test_all_that_was_asked_for() -> None:
    """680 comparisons, 50 entities, 600 seconds, as the default gate asks: forward."""
    found = verdict()
    assert ("forward", "enough", ()) == (found.kind, found.cause, found.needs)
    assert found.numbers["upper"] <= 0.01 < verdict(compared=679).numbers["upper"]
    assert enough(found)


def test_nothing_was_seen() -> None:
    """Nothing is neither good nor bad: hold, with what is missing in the plan's order."""
    empty = judge(ASKED, replace(AT_ONE, since=NOW), Evidence(), NOW)
    assert ("hold", ["comparisons", "minutes", "keys"]) == (empty.kind, [each.kind for each in empty.needs])
    assert [
        "680 more comparisons without a mismatch, and none are made now", "10 minutes more at this step",
        "50 more different entities that the new service is asked for",
    ] == [each.words for each in empty.needs]  # fmt: skip
    assert all(math.isfinite(each) for each in empty.numbers.values())
    assert not enough(empty)


def test_comparisons_that_are_missing() -> None:
    """268 of 680, at 68 a minute: 412 more, about 6 minutes."""
    found = needs(compared=268, rate=412 / 360)
    assert {"comparisons": "412 more comparisons without a mismatch, about 6 minutes at the present rate"} == found


def test_too_much_differs() -> None:
    """What is above what is allowed gets no better by waiting."""
    found = needs(compared=1_000, mismatched=23)
    words = "23 of 1000 answers differ (2.3 %), at most 1 % may: mend them, then `adapter rollout restart`"
    assert {"mismatches": words} == found


def test_what_differs_by_itself_does_not_count() -> None:
    """The ERP differs there from itself as often."""
    place = ("customers.read", "/checked")
    seen = {"mismatched": 300, "differing": {place: 300}}
    assert "mismatches" in needs(**seen)
    assert "forward" == verdict(**seen, noise={place: Noise(100, 20, 18)}).kind


def test_no_number_is_enough() -> None:
    """A plan that allows nothing is told that nothing is enough."""
    found = needs(asked=replace(ASKED, gate=GateRule(mismatches=0.0)))
    assert {"comparisons": "no number of comparisons is enough for what the plan asks for"} == found


def test_time_at_a_step() -> None:
    """It has to stay as long as the plan says."""
    assert {"minutes": "60 s more at this step"} == needs(replace(AT_ONE, since=NOW - 540))


def test_entities() -> None:
    """In a canary those that the new service was asked for count, before it those of the ERP."""
    assert {"keys": "1 more different entities that the new service is asked for"} == needs(
        units={"soap": 900, "http": 49}
    )
    dualwrite = replace(AT_ONE, stage="dualwrite", share=0)
    assert "forward" == verdict(dualwrite, units={"soap": 50}).kind
    assert {"keys": "1 more different entities that the ERP is asked for"} == needs(dualwrite, units={"soap": 49})


def test_calls_at_a_step() -> None:
    """What was seen at earlier steps is not enough where nobody calls at this one."""
    assert {"calls": "10 more calls of the new service since it came to this step"} == needs(
        stepped={"http": Calls(40, 0)}
    )


@pytest.mark.parametrize(("stage", "holds"), [("shadow", False), ("dualwrite", True), ("canary", True), ("live", True)])
def test_copies(stage: Any, holds: bool) -> None:
    """Where the other side gets every write, it must not be behind, and must not have refused one."""
    standing = replace(AT_ONE, stage=stage, share=100 if stage == "canary" else 0)
    assert "forward" == verdict(standing, lag=60.0).kind
    if not holds:
        assert "forward" == verdict(standing, lag=61.0, conflicts=1).kind
        return
    assert {
        "conflicts": "2 copies wait for a person, since the other side refused: `adapter deliveries list`",
        "lag": "the oldest copy waits for 61 s, 60 s are allowed",
    } == needs(standing, lag=61.0, conflicts=2)


def test_suspicion() -> None:
    """Ten to one is not enough to go back, and too much to go on."""
    one = (Failed(100, 0, "http", 1),)  # E is 11.3
    assert ["failures"] == list(needs(failed=one))
    assert "forward" == verdict(failed=(*one, Failed(100, 0, "soap", 100))).kind


@pytest.mark.parametrize(
    ("cause", "standing", "asked"),
    [
        ("closed", AT_ONE, replace(ASKED, closed="frozen from 2026-12-20 to 2027-01-06")),
        ("rolled-back", replace(AT_ONE, rolled_back="more-failures"), ASKED),
        ("pinned", replace(AT_ONE, pinned=Pin("ann", "audit", NOW + 1)), ASKED),
        ("paused", replace(AT_ONE, paused=True), ASKED),
    ],
)
def test_what_people_decide(cause: str, standing: Standing, asked: Asked) -> None:
    """It holds the judge, and says nothing about the evidence."""
    assert [cause] == list(needs(standing, asked))
    assert enough(verdict(standing, asked))


def test_a_pin_that_is_over() -> None:
    """It counts no more."""
    assert "forward" == verdict(replace(AT_ONE, pinned=Pin("ann", "audit", NOW))).kind


@pytest.mark.parametrize(("stage", "cause"), [("legacy", "at-legacy"), ("complete", "no-step")])
def test_the_ends_of_a_plan(stage: Any, cause: str) -> None:
    """A person begins; at the end there is no step."""
    found = verdict(replace(AT_ONE, stage=stage, share=0), opened=True)
    assert ("hold", cause, False) == (found.kind, found.cause, enough(found))


FAILING: list[tuple[str, Mapping[str, Any]]] = [
    ("breaker-open", {"opened": True}),
    ("failures-in-a-row", {"streak": ("a", "b", "c")}),
    ("more-failures", {"failed": (Failed(100, 0, "http", 2),)}),
]


@pytest.mark.parametrize(("cause", "seen"), FAILING)
@pytest.mark.parametrize("stage", STAGES)
def test_back(stage: Any, cause: str, seen: Mapping[str, Any]) -> None:
    """Wherever the new service answers, and the ERP gets every write."""
    found = verdict(replace(AT_ONE, stage=stage, share=100 if stage == "canary" else 0), **seen)
    assert (stage in ANSWERING) == (found.kind == "back")
    if found.kind == "back":
        assert (cause, ()) == (found.cause, found.needs)
        assert not enough(found)


def test_two_in_a_row_are_none() -> None:
    """At 0.54 % three are enough (1000 x 0.0057^3), two never are."""
    assert "back" != verdict(streak=("a", "b")).kind
    assert 3 == verdict().numbers["in_a_row_enough"]


def test_a_noisy_erp_needs_more_in_a_row() -> None:
    """At 2 % five."""
    noisy: Mapping[Side, Calls] = {"soap": Calls(10_000, 200), "http": Calls(6_500, 130)}
    assert "back" != verdict(streak=tuple("abcd"), calls=noisy).kind
    assert "failures-in-a-row" == verdict(streak=tuple("abcde"), calls=noisy).cause


def test_where_the_erp_fails_too() -> None:
    """In a bad minute of the ERP going back helps nobody, and failures in a row say little."""
    assert "back" != verdict(streak=tuple("abcdefgh"), lately={"soap": Calls(100, 70)}).kind


def test_nothing_is_known_of_the_erp() -> None:
    """Then no number of failures in a row is enough; E needs none."""
    assert "back" != verdict(streak=tuple("abcdefgh"), calls={}).kind


def test_back_from_rampdown_is_for_a_person_while_the_erp_is_behind() -> None:
    """Nobody falls back there: the ERP would answer what is old."""
    standing = replace(AT_ONE, stage="rampdown", share=0)
    found = verdict(standing, opened=True, lag=61.0, conflicts=1)
    assert ("back", ["conflicts", "lag"]) == (found.kind, [each.kind for each in found.needs])


COUNTS = st.integers(0, 10**7)
CALLS = st.builds(lambda calls, part: Calls(calls, int(calls * part)), COUNTS, st.floats(0, 1))
SIDED = st.dictionaries(st.sampled_from(["soap", "http"]), CALLS)
PLACES = st.tuples(st.sampled_from(["a.read", "a.list"]), st.sampled_from(["", "/a", "/b/*/c"]))
EVIDENCE = st.builds(
    Evidence,
    run=st.integers(0, 99),
    failed=st.lists(
        st.builds(Failed, st.integers(0, 10_000), st.integers(0, 10_000), st.sampled_from(["soap", "http"]), COUNTS),
        max_size=6,
    ).map(tuple),
    units=st.dictionaries(st.sampled_from(["soap", "http"]), COUNTS),
    calls=SIDED,
    stepped=SIDED,
    lately=SIDED,
    streak=st.lists(st.text(max_size=4), max_size=40).map(tuple),
    opened=st.booleans(),
    compared=COUNTS,
    mismatched=COUNTS,
    rate=st.floats(0, 1e6),
    lag=st.floats(0, 1e9),
    conflicts=COUNTS,
    differing=st.dictionaries(PLACES, COUNTS),
    noise=st.dictionaries(PLACES, st.builds(Noise, COUNTS, COUNTS, COUNTS)),
)
STANDING = st.builds(
    Standing, st.just("customers"), st.integers(1, 99), st.sampled_from(STAGES), st.sampled_from([0, 1, 100, 10_000]),
    paused=st.booleans(), rolled_back=st.sampled_from(["", "more-failures"]), since=st.floats(0, 2 * NOW),
    pinned=st.none() | st.builds(Pin, st.just("ann"), st.text(max_size=5), st.floats(0, 2 * NOW)),
)  # fmt: skip
GATE = st.builds(GateRule, st.floats(0, 1), st.floats(0, 1), st.integers(0, 1000), st.floats(0, 1e6), st.floats(0, 1e6))


@settings(deadline=None)
@given(STANDING, EVIDENCE, GATE, st.floats(0, 2 * NOW))
def test_whatever_was_seen(standing: Standing, evidence: Evidence, gate: GateRule, now: float) -> None:
    """A verdict of finite numbers; forward and hold say what they mean; and it is made again, to the bit."""
    asked = Asked(plan(), gate)
    record = recorded(asked, standing, evidence, now)
    found, text = record.verdict, written(record)
    assert all(math.isfinite(each) for each in found.numbers.values())
    assert (found.kind == "hold") >= bool(found.needs) or found.kind == "back"
    again = replay(text)
    assert again.same
    assert (record, found) == (again.record, again.again)
    assert text == written(read(text))


def test_a_verdict_that_was_tampered_with() -> None:
    """Judged again it is another one, and that is seen."""
    text = written(recorded(ASKED, AT_ONE, WELL, NOW))
    assert '"compared":680' in text
    assert replay(text).same
    assert not replay(text.replace('"compared":680', '"compared":679')).same
    number = replay(text.replace('"rate":1.0', '"rate":2.0', 1))  # of the evidence: the verdict is forward all the same
    assert ("forward", False) == (number.again.kind, number.same)


@pytest.mark.parametrize("text", ["{}", '{"version": 2}', "[]", "nothing", json.dumps({"version": 1, "now": 1})])
def test_what_is_no_verdict(text: str) -> None:
    """Something else, or of another version, is refused."""
    with pytest.raises(ValueError):  # noqa: PT011 - json's own is one too
        read(text)
