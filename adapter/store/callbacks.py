"""Who is to be told that a row has ended: an address for each, sealed, and how often it was tried.

They stand beside the rows: whatever becomes of one, its row stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from adapter.store.due import ENDED
from adapter.store.tables import CALLBACKS, WRITES


@dataclass(frozen=True, slots=True)
class Callback:
    """One that is still to be told. ``id`` is the row's, ``url`` is sealed for ``subject``; ``due`` in seconds."""

    id: str
    subject: str
    url: bytes = field(repr=False)
    created: float
    due: float = 0.0
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Ended:
    """A callback whose row has ended: of which operation it is, in which state, and since when."""

    callback: Callback
    operation: str
    state: str
    changed: float


def put(connection: Connection, callback: Callback) -> None:
    """Keep who is to be told, in the transaction that promises. A row has one at most."""
    remove(connection, callback.id)
    connection.execute(CALLBACKS.insert().values(_values(callback)))


def due(connection: Connection, now: float, most: int) -> list[Ended]:
    """Return those whose row has ended, and whose time has come; the oldest first."""
    found = (
        select(CALLBACKS, WRITES.c.operation, WRITES.c.state, WRITES.c.changed)
        .join(WRITES, WRITES.c.id == CALLBACKS.c.id)
        .where(CALLBACKS.c.due <= now, WRITES.c.state.in_(ENDED))
        .order_by(CALLBACKS.c.created)
        .limit(most)
    )
    return [
        Ended(
            Callback(row.id, row.subject, row.url, row.created, row.due, row.attempts),
            row.operation,
            row.state,
            row.changed,
        )
        for row in connection.execute(found)
    ]


def take(connection: Connection, callback: Callback, until: float) -> bool:
    """Claim one for an attempt, so that no other process makes it too before ``until``. False: another was first."""
    same = (CALLBACKS.c.id == callback.id) & (CALLBACKS.c.due == callback.due)
    values = {"due": until, "attempts": callback.attempts + 1}
    return connection.execute(CALLBACKS.update().where(same).values(values)).rowcount == 1


def brought_back(connection: Connection, now: float, longest: float) -> None:
    """Let those be due now that wait longer than any does: a clock was set back since."""
    connection.execute(CALLBACKS.update().where(CALLBACKS.c.due > now + longest).values(due=now))


def astray(connection: Connection, now: float, longest: float) -> bool:
    """Whether one waits longer than any does."""
    return (
        connection.execute(select(CALLBACKS.c.id).where(CALLBACKS.c.due > now + longest).limit(1)).first() is not None
    )


def again(connection: Connection, id: str, due: float) -> None:
    """Try one again later."""
    connection.execute(CALLBACKS.update().where(CALLBACKS.c.id == id).values(due=due))


def remove(connection: Connection, id: str) -> None:
    """Remove one that was told, or given up."""
    connection.execute(CALLBACKS.delete().where(CALLBACKS.c.id == id))


def forget(connection: Connection) -> int:
    """Remove those whose row is not there any more. Return how many."""
    gone = CALLBACKS.c.id.not_in(select(WRITES.c.id))
    return connection.execute(CALLBACKS.delete().where(gone)).rowcount


def _values(callback: Callback) -> dict[str, object]:
    return {name: getattr(callback, name) for name in ("id", "subject", "url", "created", "due", "attempts")}
