"""How it went: what the store counted by minute, as series that can be drawn."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from adapter.console.words import DAY, HOUR, MINUTE
from adapter.rollout.rules import Side
from adapter.store.minutes import Tally

SPANS: Final = 48
"""Points of a line."""
LONGEST: Final = 28 * DAY
SIDES: Final[tuple[Side, ...]] = ("soap", "http")
NAMES: Final[Mapping[str, str]] = {"soap": "ERP", "http": "new service"}


@dataclass(frozen=True, slots=True)
class Frame:
    """Spans of ``minutes`` each: ``first`` is the number of the first, ``many`` how many there are."""

    minutes: int
    first: int
    many: int

    @property
    def since(self) -> float:
        """When the first span begins, in seconds since 1970."""
        return self.first * self.minutes * MINUTE

    def begins(self, at: int) -> float:
        """Return when a span begins."""
        return (self.first + at) * self.minutes * MINUTE

    def hourly(self, calls: float) -> float:
        """Return what calls of one span are in an hour."""
        return calls * 60 / self.minutes


@dataclass(frozen=True, slots=True)
class Burn:
    """Calls of the ERP by one operation: in each span, how many in an hour lately and at most, and when the last was.

    ``last`` is 0 where none was seen.
    """

    operation: str
    values: tuple[float, ...]
    lately: float
    most: float
    last: float


@dataclass(frozen=True, slots=True)
class Course:
    """Both sides over time: share of calls that failed, and the time that 95 of 100 calls stayed below (ms)."""

    frame: Frame
    failed: Mapping[Side, tuple[float | None, ...]]
    slow: Mapping[Side, tuple[float | None, ...]]
    calls: Mapping[Side, tuple[int, ...]] = field(default_factory=dict)


def frame(begun: float, now: float, longest: float = LONGEST) -> Frame:
    """Return the frame from when something began until now: an hour at least."""
    length = min(longest, max(HOUR, now - (begun or now)))
    minutes = max(1, math.ceil(length / MINUTE / SPANS))
    last, many = int(now // (minutes * MINUTE)), math.ceil(length / MINUTE / minutes)
    return Frame(minutes, last - many + 1, many)


def burns(tallies: Iterable[Tally], of: Frame, operations: Sequence[str]) -> tuple[Burn, ...]:
    """Return how the calls of the ERP went, by operation. The last span has only begun, so it counts as it goes on."""
    counts = {name: [0] * of.many for name in operations}
    for each in tallies:
        at = each.span - of.first
        if each.side == "soap" and each.operation in counts and 0 <= at < of.many:
            counts[each.operation][at] += each.calls
    return tuple(_burn(name, tuple(found), of) for name, found in counts.items())


def _burn(name: str, found: tuple[int, ...], of: Frame) -> Burn:
    hourly = tuple(of.hourly(each) for each in found)
    spans = max(1, min(of.many, round(60 / of.minutes)))
    lately = sum(found[-spans:]) * 60 / (spans * of.minutes)
    last = max((at for at, many in enumerate(found) if many), default=None)
    return Burn(name, hourly, lately, max(hourly, default=0.0), of.begins(last + 1) if last is not None else 0.0)


def course(tallies: Collection[Tally], of: Frame) -> Course:
    """Return how both sides did."""
    failed, slow, calls = {}, {}, {}
    for side in SIDES:
        spans: list[list[Tally]] = [[] for _ in range(of.many)]
        for each in tallies:
            if each.side == side and 0 <= each.span - of.first < of.many:
                spans[each.span - of.first].append(each)
        failed[side] = tuple(_share(each) for each in spans)
        slow[side] = tuple(_below(each) for each in spans)
        calls[side] = tuple(sum(tally.calls for tally in each) for each in spans)
    return Course(of, failed, slow, calls)


def _share(span: Sequence[Tally]) -> float | None:
    calls = sum(each.calls for each in span)
    return sum(each.calls for each in span if each.failed) / calls if calls else None


def _below(span: Sequence[Tally]) -> float | None:
    """Return the bound that 95 of 100 calls stayed below, in milliseconds."""
    calls, seen = sum(each.calls for each in span), 0
    for each in sorted(span, key=lambda each: each.bound):
        seen += each.calls
        if seen >= 0.95 * calls:
            return float(each.bound)
    return None
