"""How many answers differ at most, how many failures in a row are no chance, and what is noise."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.rollout import bounds, noise, streak
from adapter.rollout.evidence import Calls, Evidence, Noise

COMPARED = st.integers(0, 10**6)
SHARES = st.floats(0.0001, 0.5)


def test_nothing_differs() -> None:
    """B(1/2, n + 1/2) / B(1/2, 1/2) / (1 - p)^n is 20 at 680 comparisons for 1 %, at 8,062 for 0.1 %."""
    assert [680, 8062] == [bounds.more(0, 0, share, 0.95) for share in (0.01, 0.001)]
    ratio = sum(math.log((2 * i - 1) / (2 * i)) for i in range(1, 681)) - 680 * math.log(0.99)
    assert ratio == pytest.approx(bounds.log_ratio(0, 680, 0.01), abs=1e-9)
    assert bounds.log_ratio(0, 679, 0.01) < math.log(20) <= ratio


def test_the_bound_and_what_is_missing_agree() -> None:
    """With one comparison fewer than is needed the bound is above what is allowed, with them it is not."""
    for mismatched in (0, 1, 7):
        needed = bounds.more(mismatched, 10, 0.01, 0.95)
        assert needed is not None
        assert bounds.upper(mismatched, 10 + needed, 0.95) <= 0.01 < bounds.upper(mismatched, 9 + needed, 0.95)


@given(COMPARED, st.floats(0, 1), SHARES, st.floats(0.5, 0.999))
def test_the_bound_is_a_share_above_what_was_seen(compared: int, part: float, share: float, sure: float) -> None:
    """Always a number from what was seen to 1, below which nothing is sure; more comparisons are needed or not."""
    mismatched = int(compared * part)
    upper = bounds.upper(mismatched, compared, sure)
    assert (mismatched / compared if compared else 1.0) <= upper <= 1
    more = bounds.more(mismatched, compared, share, sure)
    assert more is not None
    assert (more == 0) == bounds.below(mismatched, compared, share, sure)
    if more:
        assert not bounds.below(mismatched, compared + more - 1, share, sure)


@pytest.mark.parametrize(("share", "sure"), [(0.0, 0.95), (0.01, 1.0)])
def test_what_no_number_of_comparisons_shows(share: float, sure: float) -> None:
    """No mismatch at all, or full certainty, cannot be shown."""
    assert [None, False] == [bounds.more(0, 10**6, share, sure), bounds.below(0, 10**6, share, sure)]


def test_all_may_differ() -> None:
    """100 % is allowed once anything was compared."""
    assert [1, 0] == [bounds.more(0, 0, 1.0, 0.95), bounds.more(5, 5, 1.0, 0.95)]


@pytest.mark.parametrize(
    ("calls", "p", "expected"),
    [
        (0, 0.005, 3),  # 1000 x 0.005^3 = 0.000125
        (6_552, 0.005, 3),  # 0.00082
        (10_000, 0.005, 4),  # 0.00125, then 0.00000625
        (6_552, 0.0195, 4),  # 0.00095
        (6_552, 0.02, 5),  # 0.00105, then 0.000021
        (1_000, 0.0, 3),
        (1_000, 1.0, None),
        (1_000, 0.7, None),  # 0.7^32 = 0.000011, times 1000 is 0.011
    ],
)
def test_failures_in_a_row(calls: int, p: float, expected: int | None) -> None:
    """The smallest k of at least 3 for which n p^k is below 0.001."""
    assert expected == streak.enough(calls, p)


def test_the_erp_is_taken_to_fail_rather_too_often() -> None:
    """Three standard errors above what was seen: of 300 calls without a failure 9 / 309 may fail."""
    assert 9 / 309 == pytest.approx(streak.careful(Calls(300, 0), Calls()))
    assert 1 == streak.careful(Calls(), Calls())


def test_a_bad_minute_of_the_erp() -> None:
    """What fails lately counts where it is more than what fails usually."""
    assert 0.6 == streak.careful(Calls(100_000, 500), Calls(100, 60))


@given(st.integers(0, 10**9), st.floats(0, 1), st.integers(0, 1000), st.floats(0, 1))
def test_a_careful_estimate_is_a_share(calls: int, part: float, lately: int, bad: float) -> None:
    """Never below what was seen, never above 1."""
    seen = Calls(calls, int(calls * part))
    found = streak.careful(seen, Calls(lately, int(lately * bad)))
    assert (seen.failures / seen.calls if seen.calls else 0) <= found + 1e-12
    assert found <= 1
    assert streak.enough(calls, found) in {None, *range(3, 33)}


def test_paired_differences() -> None:
    """Each that is the new service's alone is 2 r / (r + 1) times as likely, each of the ERP's 2 / (r + 1) times."""
    expected = sum((2 * r / (r + 1)) ** 9 * 2 / (r + 1) for r in (1.5, 2, 4, 8, 16, 64)) / 6
    assert noise.log_e(Noise(500, 9, 1)) == pytest.approx(math.log(expected), rel=1e-12)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (Noise(), False),
        (Noise(1000, 0, 2), False),  # seen too seldom
        (Noise(1000, 3, 3), True),
        (Noise(1000, 60, 50), True),
        (Noise(400, 57, 17), False),  # three times as often
        (Noise(1000, 8, 0), False),
    ],
)
def test_noise(found: Noise, expected: bool) -> None:
    """What the ERP differs in from itself, and the new service no more often."""
    assert expected == noise.is_noise(found)


READ = "customers.read"


@pytest.mark.parametrize(
    ("mismatched", "differing", "expected"),
    [
        (0, {}, 0),
        (10, {}, 10),  # unexplained
        (10, {"/a": 10}, 0),
        (10, {"/a": 10, "/b": 3}, 3),
        (10, {"/b": 10, "/c": 10}, 10),
        (10, {"/a": 4, "/b": 3}, 6),  # 3, and 3 that no pointer explains
    ],
)
def test_noise_does_not_count(mismatched: int, differing: dict[str, int], expected: int) -> None:
    """/a is noise: what differs there alone is no mismatch; what is not explained is one."""
    evidence = Evidence(
        compared=100, mismatched=mismatched,
        differing={(READ, pointer): many for pointer, many in differing.items()},
        noise={(READ, "/a"): Noise(100, 5, 5), (READ, "/b"): Noise(100, 30, 0)},
    )  # fmt: skip
    assert expected == noise.mismatched(evidence)
