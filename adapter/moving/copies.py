"""How far the other side is behind, and what of it waits for a person: what the judge and operators ask."""

from __future__ import annotations

from adapter.store import Connection, copies


def lag(connection: Connection, feature: str, now: float) -> float:
    """Return the age, in seconds, of the oldest copy of a feature that has not arrived; 0 where none is open.

    One that waits for a person is a conflict, and no lag.
    """
    oldest = copies.oldest(connection, feature)
    return 0.0 if oldest is None else max(0.0, now - oldest)


def conflicts(connection: Connection, feature: str) -> int:
    """Return how many copies of a feature wait for a person: their side refuses them, or nobody can settle them."""
    return copies.parked(connection, feature)
