"""Days that are played: by the judge's own rules, always the same with the same chance."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.rollout.evalue import error_share
from adapter.rollout.judge import Asked
from adapter.rollout.rules import GateRule, Step
from adapter.rollout.simulate import Day, Failures, Played, Traffic, play
from tests.strangler.plans import plan

STEPS = "shadow, canary 1, canary 10, canary 50, live"
GATE = GateRule(keys=50, seconds=600.0)


def day(seed: int = 1, closed: Any = lambda now: "", minutes: int = 240, **traffic: Any) -> Played:
    """Play hours with ten calls a second."""
    found = Traffic(**{"rate": 10.0, "legacy": 0.005, "candidate": 0.005, **traffic})
    asked = plan(STEPS, writes=False)
    return play(Day([found] * minutes), lambda now: Asked(asked, GATE, closed(now)), Random(seed))


def test_a_good_one_goes_on_as_fast_as_the_plan_lets_it() -> None:
    """Ten minutes at each step: 680 comparisons take little more than one, and each step has calls enough."""
    played = day(3)
    assert [(0.0, Step("shadow")), (600.0, Step("canary", 100)), (1200.0, Step("canary", 1000))] == list(
        played.came[:3]
    )
    assert (1800.0, 2400.0, None) == (played.came[3][0], played.came[4][0], played.back)


def test_the_same_chance_gives_the_same() -> None:
    """To the bit."""
    assert day(5, candidate=0.03) == day(5, candidate=0.03)
    assert day(5, candidate=0.03) != day(6, candidate=0.03)


def test_a_broken_one_is_out_in_its_first_minute() -> None:
    """Where it answers first, after two or three entities."""
    played = day(candidate=1.0)
    assert played.back is not None
    assert (600 < played.back[0] < 660, played.failed <= 4, 2) == (True, True, len(played.came))


def test_what_differs_goes_nowhere() -> None:
    """It stays where comparisons began, and is not sent back for it."""
    played = day(mismatches=0.02)
    assert ([(0.0, Step("shadow"))], None) == (list(played.came), played.back)


def test_a_calendar_counts() -> None:
    """Nothing goes on while it is closed."""
    played = day(closed=lambda now: "frozen" if now < 7200 else "")
    assert 7200.0 == played.came[1][0]


@pytest.mark.parametrize("rate", [0.0, 0.001])
def test_hardly_anybody_calls(rate: float) -> None:
    """Too little was seen: it stays where it is."""
    assert 1 == len(day(rate=rate).came)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0, 5, 100]), st.floats(0, 0.2), st.floats(0, 0.2))
def test_one_by_one_is_what_the_judge_counts(seed: int, entities: int, legacy: float, candidate: float) -> None:
    """E, grown event by event, is E of the counts that the judge is given."""
    failures = Failures(Random(seed), entities)
    for share in (100, 1000, 5000):
        if failures.span(Traffic(5.0, legacy, candidate), share, 60.0) is not None:
            break
    failed, calls = failures.seen()
    assert error_share(failed).log_e() == pytest.approx(failures.share.log_e(), abs=1e-9)
    assert failures.failed == sum(each.units for each in failed if each.side == "http")
    assert all(0 <= each.failures <= each.calls for each in calls.values())
