"""What workers counted while features move, over time: for whoever draws how it went, of whichever run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Connection, func, select

from adapter.rollout.rules import Side
from adapter.store.tables import OBSERVED

_CALLS, _COMPARED, _MISMATCHES, _VERDICTS = (
    OBSERVED[f"rollout_{name}"] for name in ("calls", "compared", "mismatches", "verdicts")
)


@dataclass(frozen=True, slots=True)
class Tally:
    """Calls of one operation at one side: how many of a span of minutes ended so, below a bound in milliseconds.

    ``span`` is the number of the span, counted from 1970. ``bound`` is 0 where all are told together.
    """

    feature: str
    operation: str
    side: Side
    span: int
    failed: bool
    calls: int
    bound: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Mismatches of one kind at one place; ``first`` and ``last`` in seconds since 1970."""

    fingerprint: str
    operation: str
    pointer: str
    kind: str
    count: int
    first: float
    last: float


def begun(connection: Connection) -> Mapping[str, float]:
    """Return when calls were first counted, of each feature, in seconds since 1970."""
    found = connection.execute(select(_CALLS.c.feature, func.min(_CALLS.c.minute)).group_by(_CALLS.c.feature))
    return {feature: 60.0 * minute for feature, minute in found}


def tallies(connection: Connection, since: float, minutes: int, feature: str = "") -> list[Tally]:
    """Return what was called since a time, in spans of so many minutes. Of one feature with the bounds of each call."""
    span = (_CALLS.c.minute // minutes).label("span")
    by = [_CALLS.c.feature, _CALLS.c.operation, _CALLS.c.side, span, _CALLS.c.outcome]
    wanted = _CALLS.c.minute >= since // 60
    if feature:
        by, wanted = [*by, _CALLS.c.bound], wanted & (_CALLS.c.feature == feature)
    rows = connection.execute(select(*by, func.sum(_CALLS.c.calls).label("many")).where(wanted).group_by(*by))
    return [
        Tally(r.feature, r.operation, cast("Side", r.side), int(r.span), r.outcome == "failed", int(r.many),
              r.bound if feature else 0)
        for r in rows
    ]  # fmt: skip


def compared(connection: Connection) -> Mapping[tuple[str, int], tuple[int, int, int]]:
    """Return how many answers were compared, differed and were dropped, by feature and run."""
    by = (_COMPARED.c.feature, _COMPARED.c.run)
    counts = (func.sum(_COMPARED.c[name]) for name in ("compared", "mismatched", "dropped"))
    rows = connection.execute(select(*by, *counts).group_by(*by))
    return {(feature, run): (int(many), int(differed), int(lost)) for feature, run, many, differed, lost in rows}


def groups(connection: Connection, feature: str, run: int, most: int) -> list[Group]:
    """Return the groups of mismatches of a run that have most of them."""
    wanted = select(_MISMATCHES).where(_MISMATCHES.c.feature == feature, _MISMATCHES.c.run == run)
    rows = connection.execute(wanted.order_by(_MISMATCHES.c.count.desc(), _MISMATCHES.c.fingerprint).limit(most))
    return [
        Group(r.fingerprint, r.operation, r.pointer, r.kind, int(r._mapping["count"]), r.first, r.last) for r in rows
    ]


@dataclass(frozen=True, slots=True)
class Judged:
    """The last verdict about a feature; ``numbers`` is all that it came from, as JSON."""

    id: str
    epoch: int
    time: float
    kind: str
    cause: str
    numbers: str


def judged(connection: Connection) -> Mapping[str, Judged]:
    """Return the last verdict about each feature."""
    newest = select(_VERDICTS.c.feature, func.max(_VERDICTS.c.time).label("time"))
    last = newest.group_by(_VERDICTS.c.feature).subquery()
    same = (_VERDICTS.c.feature == last.c.feature) & (_VERDICTS.c.time == last.c.time)
    rows = connection.execute(select(_VERDICTS).join(last, same).order_by(_VERDICTS.c.id))
    return {r.feature: Judged(r.id, r.epoch, r.time, r.kind, r.cause, r.numbers) for r in rows}
