"""What was seen of runs that are over is forgotten after a while: nobody decides from it any more.

Calls stay longer, since they say how long the ERP was not asked; of old ones the hour is enough, of older ones the day.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, func, not_, select

from adapter.store.observed import Batch, add
from adapter.store.tables import OBSERVED, ROLLOUTS

FOLDED: Final = ((2 * 86400.0, 60), (28 * 86400.0, 1440))
"""After so many seconds calls are counted in spans of so many minutes, each in the last minute of its span."""

_CALLS = OBSERVED["rollout_calls"]
_COMPARED = OBSERVED["rollout_compared"]
_OF_RUNS = tuple(
    OBSERVED[f"rollout_{name}"]
    for name in ("units", "firsts", "streaks", "compared", "mismatches", "examples", "noise")
)


def runs(connection: Connection, before: float) -> int:
    """Remove what was seen in runs that are over, and in which nothing was seen since a time. Return how many runs."""
    current = {row.feature: row.run for row in connection.execute(select(ROLLOUTS.c.feature, ROLLOUTS.c.run))}
    seen: dict[tuple[str, int], float] = {}
    for table in (_CALLS, _COMPARED):
        place = table.c.feature, table.c.run
        for feature, run, minute in connection.execute(select(*place, func.max(table.c.minute)).group_by(*place)):
            seen[feature, run] = max(seen.get((feature, run), 0.0), 60.0 * minute)
    old = [place for place, time in seen.items() if time < before and place[1] < current.get(place[0], 0)]
    gone = 0
    for feature, run in old:
        counts = [
            connection.execute(table.delete().where(table.c.feature == feature, table.c.run == run)).rowcount
            for table in _OF_RUNS
        ]
        gone += any(counts)
    return gone


def calls(connection: Connection, before: float) -> int:
    """Remove calls that were made before a time, of whichever run. Return how many rows."""
    return connection.execute(_CALLS.delete().where(_CALLS.c.minute < before // 60)).rowcount


@dataclass(frozen=True, slots=True)
class Span:
    """Minutes of one feature whose calls are to be counted together."""

    feature: str
    first: int
    minutes: int


def unfolded(connection: Connection, now: float) -> Span | None:
    """Return a span that is old enough and not folded yet.

    That in which a feature came to its present step stays as it is: what was seen since counts for the next one.
    """
    since = [(row.feature, int(row.since // 60)) for row in connection.execute(select(ROLLOUTS))]
    feature, minute = _CALLS.c.feature, _CALLS.c.minute
    for age, minutes in FOLDED:
        old = minute < int((now - age) // 60) // minutes * minutes
        needed = [(feature == name) & (minute // minutes == at // minutes) for name, at in since]
        wanted = select(feature, minute).where(old, minute % minutes != minutes - 1, *map(not_, needed)).limit(1)
        found = connection.execute(wanted).one_or_none()
        if found is not None:
            return Span(found.feature, found.minute // minutes * minutes, minutes)
    return None


def fold(connection: Connection, span: Span) -> int:
    """Count the calls of a span together. Return how many rows are gone; no call is, though some may be added now."""
    last = span.first + span.minutes - 1
    there = (_CALLS.c.feature == span.feature) & _CALLS.c.minute.between(span.first, last)
    taken = connection.execute(_CALLS.delete().where(there).returning(*_CALLS.c)).all()
    runs: dict[int, Counter[tuple[str, str, int, str, int]]] = {}
    for row in taken:
        key = row.operation, row.side, last, row.outcome, row.bound
        runs.setdefault(row.run, Counter())[key] += row.calls
    for run, calls in runs.items():
        add(connection, Batch(span.feature, run, calls))
    return len(taken) - sum(map(len, runs.values()))
