"""What was seen of runs that are over is forgotten after a while: nobody decides from it any more.

Calls stay longer, since they say how long the ERP was not asked; of old ones the hour is enough.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from adapter.store.tables import OBSERVED, ROLLOUTS

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
