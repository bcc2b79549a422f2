"""fig.promotion: how often a new service goes on that differs just more than the plan allows, looked at all the time.

Between two mismatches the bound only falls, so for each number of them one number of comparisons is enough: that is
asked of the product once, and the mismatches are drawn.
"""

from __future__ import annotations

import math
from random import Random

from adapter.rollout import bounds
from tests.evidence import Result

ALLOWED, TRUE, SURE = 0.01, 0.0101, 0.95
RUNS, HORIZON = 10_000, 100_000
MOST_WRONG, MOST = 0.05, (700, 8_200)


def measure() -> Result:
    """Draw 100,000 comparisons 10,000 times; and count what is needed where nothing differs."""
    wrong = share_promoted(enough())
    needed = [bounds.more(0, 0, share, SURE) or 0 for share in (0.01, 0.001)]
    good = wrong <= MOST_WRONG and all(0 < many <= most for many, most in zip(needed, MOST, strict=True))
    return Result(f"{wrong:.2%} of {RUNS}; {needed[0]} / {needed[1]:,} comparisons", good)


def enough() -> list[int]:
    """Return, for each number of mismatches, the comparisons that are enough for it, up to the horizon."""
    found: list[int] = []
    while not found or found[-1] <= HORIZON:
        mismatched = len(found)
        more = bounds.more(mismatched, mismatched, ALLOWED, SURE)
        assert more is not None
        found.append(mismatched + more)
    return found


def share_promoted(enough: list[int]) -> float:
    """Return the share of runs in which it went on at any time."""
    random, between = Random(7), math.log1p(-TRUE)
    return sum(_promoted(random, between, enough) for _ in range(RUNS)) / RUNS


def _promoted(random: Random, between: float, enough: list[int]) -> bool:
    at = 0
    for needed in enough:
        at += 1 + int(math.log(1.0 - random.random()) / between)  # the next one that differs
        if needed > HORIZON:
            return False
        if needed < at:
            return True
    return False
