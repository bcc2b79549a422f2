"""How far the other side of a feature is behind, both ways together: what the judge decides from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from adapter.store import copies


@dataclass(frozen=True, slots=True)
class Behind:
    """``lag``: seconds that the oldest copy has waited. ``conflicts``: copies that wait for a person."""

    lag: float = 0.0
    conflicts: int = 0


def behind(connection: Connection, operations: Collection[str], now: float) -> Behind:
    """Return how far copies of the operations of a feature are behind."""
    features = {operation.rpartition(".")[0] for operation in operations}
    found = [each for each in copies.lagging(connection) if each.feature in features]
    oldest = min((each.oldest for each in found if each.oldest), default=now)
    return Behind(max(0.0, now - oldest), sum(each.conflicts for each in found))
