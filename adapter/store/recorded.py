"""What was recorded of a feature, minute by minute: calls, how many failed at each side, how many answers differed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from adapter.store.tables import OBSERVED

_CALLS, _COMPARED = OBSERVED["rollout_calls"], OBSERVED["rollout_compared"]


@dataclass(frozen=True, slots=True)
class Minute:
    """Calls in a minute, and the shares that fail at each side, and that differ, of all that was recorded."""

    calls: int
    legacy: float
    candidate: float
    mismatches: float


def minutes(connection: Connection, feature: str, since: float, many: int) -> list[Minute]:
    """Return so many minutes since a time, of whichever run; a minute without a call has none.

    In a minute in which a side was not asked it fails as it does in all of them. One that was never asked fails as the
    ERP does.
    """
    first = int(since // 60)
    wanted = (_CALLS.c.feature == feature) & (_CALLS.c.minute >= first) & (_CALLS.c.minute < first + many)
    groups = _CALLS.c.minute, _CALLS.c.side, _CALLS.c.outcome
    seen: Counter[tuple[int, str, str]] = Counter()
    for minute, side, outcome, calls in connection.execute(
        select(*groups, func.sum(_CALLS.c.calls)).where(wanted).group_by(*groups)
    ):
        for place in (minute, -1):
            seen[place, side, outcome] += int(calls)
    there = (_COMPARED.c.feature == feature) & (_COMPARED.c.minute >= first) & (_COMPARED.c.minute < first + many)
    counts = select(func.sum(_COMPARED.c.compared), func.sum(_COMPARED.c.mismatched)).where(there)
    compared, mismatched = connection.execute(counts).one()
    differs = float(mismatched or 0) / float(compared) if compared else 0.0

    def failing(side: str, minute: int, other: float) -> float:
        failed, well = seen[minute, side, "failed"], seen[minute, side, "ok"]
        return failed / (failed + well) if failed + well else other

    legacy = failing("soap", -1, 0.0)
    candidate = failing("http", -1, legacy)
    return [
        Minute(
            sum(seen[minute, side, outcome] for side in ("soap", "http") for outcome in ("ok", "failed")),
            failing("soap", minute, legacy),
            failing("http", minute, candidate),
            differs,
        )
        for minute in range(first, first + many)
    ]
