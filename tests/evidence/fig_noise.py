"""fig.noise: what the ERP's answers differ in by themselves, and how often that is taken for the new service's.

Pairs in which nobody differs say nothing, so only the others are drawn. Diffy's rule beside it, looked at as often,
from 100 pairs on: relative difference above 20 %, absolute above 0.03 %.
"""

from __future__ import annotations

import math
from functools import lru_cache
from random import Random
from statistics import median

from adapter.rollout.evidence import Noise
from adapter.rollout.noise import LIMIT, log_e
from tests.evidence import Result

RUNS, PAIRS, FEWEST = 10_000, 5_000, 100
LEVELS = (0.002, 0.05, 0.3)
MOST_FALSE, MOST_PAIRS = 0.01, 400


def measure() -> Result:
    """Play fields with noise of three kinds, and one that differs three times as often as its noise."""
    random = Random(7)
    alarms = [[_played(random, level, level) for _ in range(RUNS)] for level in LEVELS]
    false = [sum(found is not None for found, _ in each) / RUNS for each in alarms]
    diffy = [sum(flagged for _, flagged in each) / RUNS for each in alarms]
    worse = [_played(random, 0.05, 0.15) for _ in range(RUNS)]
    found = [pairs if pairs is not None else PAIRS for pairs, _ in worse]
    until = median(found)
    good = max(false) <= MOST_FALSE and until <= MOST_PAIRS
    value = (
        f"{max(false):.2%} (noise of {', '.join(f'{level:.1%}' for level in LEVELS)}); {until:g} pairs; "
        f"Diffy's rule {' / '.join(f'{each:.0%}' for each in diffy)} false"
    )
    return Result(value, good)


@lru_cache(maxsize=1_000_000)
def _found(candidate: int, legacy: int) -> bool:
    return log_e(Noise(0, candidate, legacy)) >= LIMIT


def _played(random: Random, noise: float, differs: float) -> tuple[int | None, bool]:
    """Return after how many pairs it was found to differ more often, if ever, and whether Diffy's rule ever said so."""
    alone, other, both = differs * (1 - noise), noise * (1 - differs), noise * differs
    between, pairs, candidate, legacy, together = math.log1p(-(alone + other + both)), 0, 0, 0, 0
    found: int | None = None
    flagged = False
    while True:
        pairs += 1 + int(math.log(1.0 - random.random()) / between)
        if pairs > PAIRS:
            return found, flagged
        which = random.random() * (alone + other + both)
        if which < alone:
            candidate += 1
            if found is None and _found(candidate, legacy):
                found = pairs
        elif which < alone + other:
            legacy += 1
        else:
            together += 1
        if pairs >= FEWEST and not flagged:
            apart = abs(candidate - legacy)
            flagged = apart > 0.2 * (candidate + legacy + 2 * together) and apart > 0.0003 * pairs
