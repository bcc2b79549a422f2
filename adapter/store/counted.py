"""How often each side of a feature answered, over a time: what is shown of it, and what says that lines can go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Connection, func, select

from adapter.rollout.evidence import Calls
from adapter.rollout.rules import Side
from adapter.store.tables import OBSERVED

_CALLS = OBSERVED["rollout_calls"]


def lately(connection: Connection, since: float) -> Mapping[str, Mapping[Side, Calls]]:
    """Return the calls of each feature since a time (seconds since 1970), by side, of whichever run."""
    many = func.sum(_CALLS.c.calls)
    wanted = select(_CALLS.c.feature, _CALLS.c.side, _CALLS.c.outcome, many).where(_CALLS.c.minute >= since // 60)
    by = _CALLS.c.feature, _CALLS.c.side, _CALLS.c.outcome
    found: dict[str, dict[Side, Calls]] = {}
    for feature, side, outcome, calls in connection.execute(wanted.group_by(*by)):
        count(found.setdefault(feature, {}), side, outcome, calls)
    return found


def count(found: dict[Side, Calls], side: str, outcome: str, calls: Any) -> None:
    """Add calls of a side that ended so."""
    old, many = found.get(cast("Side", side), Calls()), int(calls)
    found[cast("Side", side)] = Calls(old.calls + many, old.failures + (many if outcome == "failed" else 0))


def last(connection: Connection, feature: str, side: Side) -> float:
    """Return when the last minute ended in which a side answered a feature (seconds since 1970); 0 for none."""
    wanted = select(func.max(_CALLS.c.minute)).where(
        _CALLS.c.feature == feature, _CALLS.c.side == side, _CALLS.c.calls > 0
    )
    minute = connection.execute(wanted).scalar()
    return 0.0 if minute is None else 60.0 * (int(minute) + 1)
