"""Whether the new service fails more often: expected numbers are computed by hand, laws by hypothesis."""

from __future__ import annotations

import itertools
import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.rollout.evalue import ALPHA, LIMIT, RISKS, ErrorShare, Known, error_share, rho
from adapter.rollout.evidence import Failed
from adapter.rollout.rules import Side

SHARES = st.integers(1, 9_999)
EVENTS = st.lists(st.tuples(st.booleans(), st.floats(0, 1)), max_size=60)


def test_one_failure_at_one_percent() -> None:
    """At 1 % of the buckets a failure there is r / (0.01 r + 0.99) times as likely under "r times as often"."""
    share = ErrorShare()
    share.event(True, 0.01)
    expected = sum(r / (0.01 * r + 0.99) for r in (1.5, 2, 4, 8, 16, 64)) / 6  # 68.0 / 6
    assert [11.3] == [round(expected, 1)]
    assert share.log_e() == pytest.approx(math.log(expected), rel=1e-12)
    assert not share.worse()


def test_two_failures_at_one_percent_are_enough() -> None:
    """The second one makes it 302: more than 100."""
    share = ErrorShare()
    share.event(True, 0.01, 2)
    assert (302, True) == (round(math.exp(share.log_e())), share.worse())


def test_failures_of_the_erp_speak_for_the_new_service() -> None:
    """With half of the buckets each is 2 / (r + 1) times as likely."""
    share = ErrorShare()
    share.event(False, 0.5)
    assert share.log_e() == pytest.approx(math.log(sum(2 / (r + 1) for r in RISKS) / 6), rel=1e-12)
    assert share.log_e() < 0


def test_the_limit() -> None:
    """One metric is tested at one percent: E has to be 100."""
    assert (0.01, 100) == (ALPHA, round(math.exp(LIMIT), 6))


@pytest.mark.parametrize("certain", [0.0, 1.0])
@pytest.mark.parametrize("candidate", [True, False])
def test_what_was_certain_says_nothing(certain: float, candidate: bool) -> None:
    """Where nobody, or everybody, is at the new service, a failure says nothing about it."""
    share = ErrorShare()
    share.event(candidate, certain, 1000)
    assert 0 == share.log_e()


@given(EVENTS)
def test_the_order_does_not_matter_and_it_is_always_a_number(events: list[tuple[bool, float]]) -> None:
    """Whatever is seen in whatever order: the same E, and a finite one."""
    there, back = ErrorShare(), ErrorShare()
    for candidate, likely in events:
        there.event(candidate, likely, 10)
    for candidate, likely in reversed(events):
        back.event(candidate, likely, 10)
    assert math.isfinite(there.log_e())
    assert there.log_e() == pytest.approx(back.log_e(), abs=1e-6)


@given(st.lists(SHARES, max_size=6))
def test_its_expectation_is_one(shares: list[int]) -> None:
    """Over all ways in which units can fail by chance alone, E has the mean 1: that is what the guarantee rests on."""
    mean = 0.0
    for ways in range(2 ** len(shares)):
        chance, share = 1.0, ErrorShare()
        for place, each in enumerate(shares):
            candidate, likely = bool(ways >> place & 1), rho(each, 0)
            chance *= likely if candidate else 1 - likely
            share.event(candidate, likely)
        mean += chance * math.exp(share.log_e())
    assert mean == pytest.approx(1, rel=1e-9)


def test_what_is_known_of_a_unit() -> None:
    """One that failed at the ERP at 10 % is, at 50 %, at the new service in 4 of 9 cases; there it counts once."""
    known = Known()
    assert [0, None, 1000, None, None] == [
        known.before("a", False, 1000), known.before("a", False, 1000), known.before("a", True, 5000),
        known.before("a", True, 5000), known.before("a", True, 9000),
    ]  # fmt: skip
    assert 4 / 9 == rho(5000, 1000)
    assert [0, 0] == [rho(1000, 1000), rho(500, 1000)]


@pytest.mark.parametrize("share", [0, 10_000])
def test_failures_while_nobody_or_everybody_is_there(share: int) -> None:
    """They say nothing, and nothing is known from them."""
    known = Known()
    assert [None, 0] == [known.before("a", share == 10_000, share), known.before("a", False, 100)]


@given(st.lists(SHARES, min_size=1, max_size=4, unique=True).map(sorted))
def test_a_unit_that_fails_at_each_step_is_fair(steps: list[int]) -> None:
    """Whatever bucket it is in, over all of them E has the mean 1: failing again and again proves nothing."""
    edges = sorted({0, *steps, 10_000})
    mean = 0.0
    for low, high in itertools.pairwise(edges):  # all buckets in between behave alike
        known, share = Known(), ErrorShare()
        for step in steps:
            candidate = low < step
            before = known.before("unit", candidate, step)
            if before is not None:
                share.event(candidate, rho(step, before))
        mean += (high - low) / 10_000 * math.exp(share.log_e())
    assert mean == pytest.approx(1, rel=1e-9)


FAILED = st.builds(Failed, SHARES, st.just(0), st.sampled_from(["soap", "http"]), st.integers(1, 10**6))


@given(st.lists(FAILED, max_size=20), st.randoms(use_true_random=False))
def test_counts_are_the_same_to_the_bit_in_any_order(failed: list[Failed], random: object) -> None:
    """The sum is made in one order."""
    mixed = list(failed)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert error_share(failed).log_e() == error_share(mixed).log_e()


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans(), st.sampled_from([100, 500, 5000])), max_size=60))
def test_counted_or_one_by_one(events: list[tuple[int, bool, int]]) -> None:
    """Counts by share, side and what was known say the same as the events themselves."""
    known, single, counts = Known(), ErrorShare(), Counter[tuple[int, int, Side]]()
    for unit, candidate, share in sorted(events, key=lambda event: event[2]):
        before = known.before(unit, candidate, share)
        if before is not None:
            single.event(candidate, rho(share, before))
            counts[share, before, "http" if candidate else "soap"] += 1
    counted = error_share(Failed(*place, many) for place, many in counts.items())
    assert counted.log_e() == pytest.approx(single.log_e(), abs=1e-9)
