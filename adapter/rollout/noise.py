"""What the ERP's answers differ in by themselves: a pair of them is the yardstick for the new service's.

Where the legacy was asked twice, three answers are there. Of the pairs in which one of the two others differs alone
from the first, half are the new service's if it differs no more often than the ERP does from itself: the same test as
of failures, with rho = 1/2. It depends on two counts only, so nothing else is kept.
"""

from __future__ import annotations

import math
from typing import Final

from adapter.rollout.evalue import ErrorShare
from adapter.rollout.evidence import Evidence, Noise

SEEN: Final = 3
"""So often the ERP has to have differed from itself before anything is noise."""
LIMIT: Final = math.log(200)
"""The logarithm of E from which on differences are the new service's: of 200 fields that only have noise one is."""
_EVEN: Final = 0.5


def log_e(noise: Noise) -> float:
    """Return the logarithm of E: how sure it is that the new service differs more often than the ERP from itself."""
    made = ErrorShare()
    made.event(True, _EVEN, noise.candidate)
    made.event(False, _EVEN, noise.legacy)
    return made.log_e()


def is_noise(noise: Noise) -> bool:
    """Whether differences at a pointer are none of the new service's."""
    return noise.legacy >= SEEN and log_e(noise) < LIMIT


def noisy(evidence: Evidence) -> frozenset[tuple[str, str]]:
    """Return the operations and pointers whose differences do not count."""
    return frozenset(place for place, each in evidence.noise.items() if is_noise(each))


def mismatched(evidence: Evidence) -> int:
    """Return how many comparisons count as mismatches: at most so many had a difference that is no noise.

    Differences are counted by pointer, so one comparison with two of them may be counted twice: rather too many than
    too few. What no pointer explains counts.
    """
    quiet = noisy(evidence)
    told = sum(evidence.differing.values())
    counted = sum(many for place, many in evidence.differing.items() if place not in quiet)
    return min(evidence.mismatched, counted + max(0, evidence.mismatched - told))
