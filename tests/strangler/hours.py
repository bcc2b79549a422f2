"""Hours of a canary, 1-5-10-25-50 %, twelve minutes each: played with the product's own judge, and with two others."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from adapter.rollout.judge import Cause
from adapter.rollout.simulate import Failures, Traffic

SHARES = (100, 500, 1000, 2500, 5000)
STEP = 720.0
RUNS = 10_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Hour:
    """What became of an hour: why it went back, if it did, and after how many entities had failed."""

    cause: Cause | None
    failed: int


@dataclass(frozen=True, slots=True)
class Setting:
    """Calls a minute, the shares that fail, and of how many entities all failures are (0: each of another one)."""

    rate: float
    legacy: float
    candidate: float
    failing: int = 0

    def __str__(self) -> str:
        """Name it in a line."""
        kind = f"{self.failing} entities fail" if self.failing else "independent"
        return f"{self.legacy:.1%} at {self.rate:g}/min, {kind}"


def judged(setting: Setting, seed: int) -> Hour:
    """Play an hour with the product's judge."""
    failures = Failures(Random(seed), setting.failing)
    traffic = Traffic(setting.rate / 60, setting.legacy, setting.candidate)
    for share in SHARES:
        found = failures.span(traffic, share, STEP)
        if found is not None:
            return Hour(found[1], failures.failed)
    return Hour(None, failures.failed)


def hours(setting: Setting, runs: int = RUNS) -> list[Hour]:
    """Play many hours, each with a seed of its own that is always the same."""
    return [judged(setting, seed) for seed in range(runs)]


def spread(act: Callable[[Setting], T], settings: Iterable[Setting]) -> list[T]:
    """Do something for each setting, on as many processors as there are."""
    with ProcessPoolExecutor(os.cpu_count() or 1) as pool:
        return list(pool.map(act, settings))


def _minutes(setting: Setting, random: Random) -> Iterable[tuple[int, int, int, int]]:
    """Yield, for each minute, calls and failures at the ERP, and at the new service."""
    for minute in range(60):
        part = SHARES[int(minute * 60 / STEP)] / 10_000
        for_both: list[int] = []
        for calls, fails in ((setting.rate * (1 - part), setting.legacy), (setting.rate * part, setting.candidate)):
            many = poisson(random, calls)
            for_both += [many, sum(random.random() < fails for _ in range(many))]
        yield for_both[0], for_both[1], for_both[2], for_both[3]


def absolute(setting: Setting, seed: int) -> bool:
    """Whether an absolute threshold sends it back: ten minutes in all in which fewer than 99 % succeed."""
    bad = sum(calls > 0 and fails / calls > 0.01 for _, _, calls, fails in _minutes(setting, Random(seed)))
    return bad >= 10


def z_test(setting: Setting, seed: int) -> bool:
    """Whether a z-test each minute over all that was seen sends it back (one-sided, p < 0.05)."""
    n0 = f0 = n1 = f1 = 0
    for calls0, fails0, calls1, fails1 in _minutes(setting, Random(seed)):
        n0, f0, n1, f1 = n0 + calls0, f0 + fails0, n1 + calls1, f1 + fails1
        pooled = (f0 + f1) / (n0 + n1) if n0 + n1 else 0.0
        spread = math.sqrt(pooled * (1 - pooled) * (1 / n0 + 1 / n1)) if n0 and n1 else 0.0
        if spread and (f1 / n1 - f0 / n0) / spread > 1.645:
            return True
    return False


def poisson(random: Random, mean: float) -> int:
    """Return how many came of which so many are expected."""
    if mean > 50:
        return max(0, round(random.gauss(mean, math.sqrt(mean))))
    many, time = 0, random.expovariate(1.0)
    while time < mean:
        many, time = many + 1, time + random.expovariate(1.0)
    return many
