"""What workers counted while features move, over time: for whoever draws how it went, of whichever run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Connection, func, select

from adapter.rollout.rules import Side
from adapter.store.tables import OBSERVED

_CALLS, _COMPARED = OBSERVED["rollout_calls"], OBSERVED["rollout_compared"]


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
