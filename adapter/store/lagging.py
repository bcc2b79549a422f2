"""How far the other side is behind: copies of writes that have not arrived, and those that it has refused."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from adapter.store.tables import WRITES
from adapter.store.writes import DELIVERING, PARKED, QUEUED, SENDING, UNKNOWN

_UNDER_WAY = (QUEUED, DELIVERING, SENDING, UNKNOWN)


@dataclass(frozen=True, slots=True)
class Behind:
    """``lag``: seconds that the oldest copy has waited. ``conflicts``: copies that wait for a person."""

    lag: float = 0.0
    conflicts: int = 0


def behind(connection: Connection, operations: Collection[str], now: float) -> Behind:
    """Return how far copies of some operations are behind."""
    copies = WRITES.c.copy & WRITES.c.operation.in_(operations)
    oldest = select(func.min(WRITES.c.created)).where(copies, WRITES.c.state.in_(_UNDER_WAY))
    parked = select(func.count()).where(copies, WRITES.c.state == PARKED)
    created = connection.execute(oldest).scalar_one()
    return Behind(max(0.0, now - created) if created is not None else 0.0, connection.execute(parked).scalar_one())
