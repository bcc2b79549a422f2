"""How many of the answers differ at most, surely: a bound that may be looked at after every comparison.

A beta-binomial mixture (a = b = 1/2) over the share of mismatches: whatever the true share is, it is beyond the bound
at any time in one of 20 cases at most, where 95 % are asked for. Without a mismatch 680 comparisons show that at most
1 % differ, and 8,062 that at most 0.1 % do.

Robbins, "Statistical methods related to the law of the iterated logarithm" (1970); Howard et al. (2021).
"""

from __future__ import annotations

import math
from typing import Final

_HALF: Final = 0.5
_PRIOR: Final = math.lgamma(_HALF) * 2  # log B(1/2, 1/2); the gamma function of their sum is 1
_STEPS: Final = 60
MOST: Final = 10**9
"""Comparisons beyond which nobody waits."""


def log_ratio(mismatched: int, compared: int, share: float) -> float:
    """Return the logarithm of how much better the mixture explains what was seen than a share of mismatches does.

    ``share`` is above 0 and below 1.
    """
    a, b = mismatched + _HALF, compared - mismatched + _HALF
    mixture = math.lgamma(a) + math.lgamma(b) - math.lgamma(compared + 1.0) - _PRIOR
    return mixture - mismatched * math.log(share) - (compared - mismatched) * math.log1p(-share)


def below(mismatched: int, compared: int, share: float, sure: float) -> bool:
    """Whether surely fewer than ``share`` differ. ``sure`` is below 1; nothing is sure where nothing was compared."""
    if not 0 < compared or not 0.0 < share or not sure < 1.0:
        return False
    if share >= 1.0:
        return True
    return mismatched < compared * share and log_ratio(mismatched, compared, share) >= -math.log1p(-sure)


def upper(mismatched: int, compared: int, sure: float) -> float:
    """Return the share that is surely not exceeded, 0 to 1."""
    if not compared or mismatched >= compared or not sure < 1.0:
        return 1.0
    low, high = mismatched / compared, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if below(mismatched, compared, middle, sure) else (middle, high)
    return high


def more(mismatched: int, compared: int, share: float, sure: float) -> int | None:
    """Return how many comparisons without a mismatch are missing, 0 for none; None where it is no use to wait."""
    if below(mismatched, compared, share, sure):
        return 0
    step = 1
    while not below(mismatched, compared + step, share, sure):
        if step > MOST:
            return None
        step *= 2
    missing, enough = step // 2, step
    while enough - missing > 1:
        middle = (missing + enough) // 2
        missing, enough = (missing, middle) if below(mismatched, compared + middle, share, sure) else (middle, enough)
    return enough
