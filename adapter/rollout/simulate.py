"""What the judge would do: hours and days that were made up, or recorded, against a plan. Pure: chance is passed in.

Only what fails is played, call by call; what is well is a number. The judge's own rules decide, so what is seen here
holds there.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

from adapter.rollout import streak
from adapter.rollout.evalue import ErrorShare, Known, rho
from adapter.rollout.evidence import Calls, Evidence, Failed
from adapter.rollout.judge import ANSWERING, Asked, Cause, failing, judge
from adapter.rollout.moves import following
from adapter.rollout.rules import WHOLE, Side, Step
from adapter.rollout.stages import Standing, beside

MINUTE = 60.0
_LARGE = 50.0


@dataclass(frozen=True, slots=True)
class Traffic:
    """Calls in a second, the share of them that fails at each side (0 to 1), and of comparisons that differ."""

    rate: float
    legacy: float
    candidate: float
    mismatches: float = 0.0


@dataclass(frozen=True, slots=True)
class Day:
    """One minute after the other, of so many different entities.

    ``failing``: all failures are of so many of them, the same all day; 0: each is of another one. ``beside``: the share
    of calls that are compared.
    """

    minutes: Sequence[Traffic]
    entities: int = 1000
    failing: int = 0
    beside: float = 1.0


@dataclass(frozen=True, slots=True)
class Played:
    """When each step came, in seconds, and when and why it went back, if it did, after how many failed entities."""

    came: tuple[tuple[float, Step], ...]
    back: tuple[float, Cause] | None
    failed: int


class Failures:
    """The failures of both sides, one after the other, and what the judge makes of them."""

    def __init__(self, random: Random, entities: int = 0) -> None:
        self.share = ErrorShare()
        self.failed = 0
        self.streak: list[int] = []
        self.calls: dict[Side, float] = {"soap": 0.0, "http": 0.0}
        self.failures: Counter[Side] = Counter()
        self.counted: Counter[tuple[int, int, Side]] = Counter()
        self._random, self._known = random, Known()
        self._buckets = [random.randrange(WHOLE) for _ in range(entities)]
        self._last = 0
        self._well = 0.0  # calls of the new service that were expected to be well since its last failure
        self._erp: tuple[int, int] = (0, 0)  # a share, and failures of the ERP there that E has not been told of

    def span(self, traffic: Traffic, share: int, seconds: float) -> tuple[float, Cause] | None:
        """Play a time in which nothing changes. Return when it should go back, and why; None where it should not."""
        worst, part = max(traffic.legacy, traffic.candidate), share / WHOLE
        rates: dict[Side, float] = {"soap": traffic.rate * (1 - part), "http": traffic.rate * part}
        before = dict(self.calls)
        well, last, time = rates["http"] * (1 - traffic.candidate), 0.0, 0.0
        arrive, chance = self._random.expovariate, self._random.random
        while worst > 0 and traffic.rate > 0:
            time += arrive(traffic.rate * worst)
            if time >= seconds:
                break
            unit, candidate = self._whose(share, part)
            if chance() * worst >= (traffic.candidate if candidate else traffic.legacy):
                continue
            if not candidate:
                self._at_legacy(unit, share)
                continue
            self._well += (time - last) * well
            last = time
            self.calls = {side: before[side] + time * rates[side] for side in before}
            found = self._at_candidate(unit, share)
            if found is not None:
                return time, found
        self._well += (seconds - last) * well
        self.calls = {side: before[side] + seconds * rates[side] for side in before}
        return None

    def seen(self) -> tuple[tuple[Failed, ...], dict[Side, Calls]]:
        """Return the counts as the judge is given them."""
        self._flush()
        failed = tuple(sorted(Failed(*cell, many) for cell, many in self.counted.items()))
        return failed, {side: self._calls(side) for side in self.calls}

    def _whose(self, share: int, part: float) -> tuple[int, bool]:
        """Return which entity a call is of, and whether it is at the new service."""
        if self._buckets:
            unit = int(self._random.random() * len(self._buckets))
            return unit, self._buckets[unit] < share
        self._last += 1
        return self._last, self._random.random() < part

    def _at_legacy(self, unit: int, share: int) -> None:
        self.failures["soap"] += 1
        if self._buckets:
            self._event(unit, False, share)
        elif self._erp[0] == share:
            self._erp = share, self._erp[1] + 1
        else:
            self._flush()
            self._erp = share, 1

    def _at_candidate(self, unit: int, share: int) -> Cause | None:
        self.failures["http"] += 1
        if self._well and self._random.random() >= math.exp(-self._well):
            self.streak.clear()
        self._well = 0.0
        if unit not in self.streak:
            self.streak.append(unit)
        self._flush()
        self._event(unit, True, share)
        in_a_row = len(self.streak)
        legacy = streak.careful(self._calls("soap"), Calls()) if in_a_row >= streak.LEAST else 1.0
        return failing(self.share, int(self.calls["http"]), legacy, in_a_row, False)

    def _event(self, unit: int, candidate: bool, share: int) -> None:
        before = self._known.before(unit, candidate, share) if self._buckets else 0
        if before is None:
            return
        self.failed += candidate
        self.counted[share, before, "http" if candidate else "soap"] += 1
        self.share.event(candidate, rho(share, before))

    def _flush(self) -> None:
        """Tell E of the ERP's failures: it grows by those of the new service alone, so that is when it is asked."""
        share, many = self._erp
        if many:
            self._erp = share, 0
            self.counted[share, 0, "soap"] += many
            self.share.event(False, rho(share, 0), many)

    def _calls(self, side: Side) -> Calls:
        calls = int(self.calls[side])
        return Calls(calls, min(calls, self.failures[side]))


def play(day: Day, asked: Callable[[float], Asked], random: Random) -> Played:
    """Play a day from the first step of a plan on. ``asked`` says what the plan asks for, so many seconds later.

    Whoever has to agree to a step does so at once.
    """
    failures, came = Failures(random, day.failing), list[tuple[float, Step]]()
    compared = mismatched = 0
    answered: dict[Side, float] = {"soap": 0.0, "http": 0.0}
    standing = _next(Standing("simulated"), asked(0.0), 0.0)
    came.append((0.0, Step(standing.stage, standing.share)))
    at_step: dict[Side, float] = dict(failures.calls)
    for number, traffic in enumerate(day.minutes):
        now = MINUTE * number
        share = {"canary": standing.share, "live": WHOLE, "rampdown": WHOLE, "complete": WHOLE}.get(standing.stage, 0)
        found = failures.span(traffic, share, MINUTE)
        if found is not None and standing.stage in ANSWERING:
            return Played(tuple(came), (now + found[0], found[1]), failures.failed)
        now += MINUTE
        if beside(standing):
            many = _poisson(random, MINUTE * traffic.rate * day.beside)
            compared, mismatched = compared + many, mismatched + min(many, _poisson(random, many * traffic.mismatches))
        plan = asked(now)
        answered = dict(failures.calls)
        if following(standing, plan.plan) is None or now - standing.since < plan.gate.seconds:
            continue
        evidence = _evidence(day, failures, answered, at_step, compared, mismatched)
        if judge(plan, standing, evidence, now).kind == "forward":
            standing, at_step = _next(standing, plan, now), answered
            came.append((now, Step(standing.stage, standing.share)))
    return Played(tuple(came), None, failures.failed)


def _evidence(
    day: Day,
    failures: Failures,
    answered: dict[Side, float],
    at_step: dict[Side, float],
    compared: int,
    mismatched: int,
) -> Evidence:
    failed, calls = failures.seen()
    stepped = {side: Calls(int(many - at_step[side])) for side, many in answered.items()}
    units = {side: round(day.entities * -math.expm1(-many / day.entities)) for side, many in answered.items()}
    return Evidence(1, failed, units, calls, stepped, compared=compared, mismatched=mismatched)


def _next(standing: Standing, asked: Asked, now: float) -> Standing:
    step = following(standing, asked.plan)
    if step is None:
        return standing
    return replace(standing, epoch=standing.epoch + 1, stage=step.stage, share=step.share, since=now)


def _poisson(random: Random, mean: float) -> int:
    """Return how many came of which so many are expected (Knuth; for many, a normal distribution)."""
    if mean > _LARGE:
        return max(0, round(random.gauss(mean, math.sqrt(mean))))
    limit, product, many = math.exp(-mean), random.random(), 0
    while product > limit:
        product *= random.random()
        many += 1
    return many
