"""Rows of writes: one by its key or its id, and what moves it from state to state.

Everything else about a write is one ``change``: it happens only where the row is still in the state, and in the hands,
that whoever asks for it saw.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, text
from sqlalchemy.dialects import postgresql, sqlite

from adapter.store.tables import SEQUENCE, WRITES

SENDING, DONE, REFUSED, UNKNOWN, OPEN = "sending", "done", "refused", "unknown", "open"
QUEUED, DELIVERING, PARKED, CANCELLED, DISCARDED = "queued", "delivering", "parked", "cancelled", "discarded"
# What a later write of the same entity waits for.
BEFORE = (QUEUED, DELIVERING, UNKNOWN, PARKED)


@dataclass(frozen=True, slots=True)
class Rest:
    """When the last try of a row is over, in the monotonic seconds ``until`` of a machine since it was started.

    ``boot`` names both; ``span``: seconds from when this was written until then.
    """

    boot: str = ""
    until: float = 0.0
    span: float = 0.0

    def columns(self) -> dict[str, Any]:
        """Return it as a row has it."""
        return {"boot": self.boot, "until": self.until, "span": self.span}


@dataclass(frozen=True, slots=True)
class Write:
    """One row, as docs/design/resilience.md has it. Times are seconds since 1970; request and answer are sealed.

    ``key``, ``entity`` and ``subject`` are pseudonyms; ``key`` is None where the caller gave none. ``promised``:
    somebody was told 202. ``boot``, ``until`` and ``span`` are its ``Rest``. A new row gets its ``sequence`` from
    ``insert``.
    """

    caller: str
    operation: str
    state: str
    created: float
    key: str | None = None
    fingerprint: str = ""
    entity: str = ""
    subject: str = ""
    request: bytes = field(default=b"", repr=False)
    answer: bytes = field(default=b"", repr=False)
    reference: str = ""
    promised: bool = False
    attempts: int = 0
    due: float = 0.0
    lease: float = 0.0
    owner: str = ""
    boot: str = ""
    until: float = 0.0
    span: float = 0.0
    cause: str = ""
    changed: float = 0.0
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    sequence: int = 0


_NAMES = tuple(each.name for each in fields(Write))


def insert(connection: Connection, write: Write) -> Write | None:
    """Insert a row and return it with its sequence; None where the caller has one with this key already.

    Rows of one entity get sequences in the order in which they are committed.
    """
    values = {name: getattr(write, name) for name in _NAMES}
    values["changed"] = write.changed or write.created
    if connection.dialect.name == "postgresql":
        if write.entity:  # held until the transaction ends
            connection.execute(
                text("SELECT pg_advisory_xact_lock(hashtextextended(:entity, 0))"), {"entity": write.entity}
            )
        values["sequence"] = connection.scalar(SEQUENCE)
        made = connection.execute(
            postgresql.insert(WRITES).values(values).on_conflict_do_nothing(constraint="writes_key").returning(WRITES)
        )
    else:
        values["sequence"] = connection.execute(select(func.coalesce(func.max(WRITES.c.sequence), 0) + 1)).scalar_one()
        unique = ["caller", "operation", "key"]
        made = connection.execute(
            sqlite.insert(WRITES).values(values).on_conflict_do_nothing(index_elements=unique).returning(WRITES)
        )
    return _maybe(made.one_or_none())


def by_id(connection: Connection, id: str) -> Write | None:
    """Return the row with an id."""
    return _one(connection, select(WRITES).where(WRITES.c.id == id))


def by_key(connection: Connection, caller: str, operation: str, key: str) -> Write | None:
    """Return the row that a caller's key stands for."""
    wanted = (WRITES.c.caller == caller) & (WRITES.c.operation == operation) & (WRITES.c.key == key)
    return _one(connection, select(WRITES).where(wanted))


def change(
    connection: Connection, id: str, expected: Collection[str], now: float, *, owner: str | None = None, **values: Any
) -> Write | None:
    """Change columns of a row and return it; None, and nothing changes, where it is in none of the expected states.

    ``owner``: it must also be in these hands still. Who loses a row so has nothing to say about it any more.
    """
    wanted = (WRITES.c.id == id) & WRITES.c.state.in_(expected)
    if owner is not None:
        wanted &= WRITES.c.owner == owner
    changed = connection.execute(WRITES.update().where(wanted).values(changed=now, **values).returning(WRITES))
    return _maybe(changed.one_or_none())


def due(connection: Connection, state: str, now: float, most: int) -> list[Write]:
    """Return rows of a state whose time has come, in the order of their sequence."""
    found = select(WRITES).where(WRITES.c.state == state, WRITES.c.due <= now).order_by(WRITES.c.sequence).limit(most)
    return [write_of(row) for row in connection.execute(found)]


def expired(connection: Connection, now: float, most: int) -> list[Write]:
    """Return rows that somebody has in hand whose lease ran out: whoever had them is gone."""
    held = WRITES.c.state.in_((SENDING, DELIVERING)) & (WRITES.c.lease <= now)
    return [
        write_of(row) for row in connection.execute(select(WRITES).where(held).order_by(WRITES.c.sequence).limit(most))
    ]


def earlier(connection: Connection, write: Write) -> Write | None:
    """Return the oldest row of the same entity that must be settled before this one may be sent."""
    if not write.entity:
        return None
    # One that is being sent counts once it was promised: its caller does not wait for it any more.
    is_open = WRITES.c.state.in_(BEFORE) | ((WRITES.c.state == SENDING) & WRITES.c.promised)
    wanted = (WRITES.c.entity == write.entity) & (WRITES.c.sequence < write.sequence) & is_open
    return _one(connection, select(WRITES).where(wanted).order_by(WRITES.c.sequence).limit(1))


def _one(connection: Connection, query: Select[Any]) -> Write | None:
    return _maybe(connection.execute(query).one_or_none())


def _maybe(row: Row[Any] | None) -> Write | None:
    return None if row is None else write_of(row)


def of_subject(connection: Connection, subject: str) -> dict[str, int]:
    """Return how many rows of a subject are in which state."""
    counted = select(WRITES.c.state, func.count()).where(WRITES.c.subject == subject).group_by(WRITES.c.state)
    return {row[0]: row[1] for row in connection.execute(counted.order_by(WRITES.c.state))}


def write_of(row: Row[Any]) -> Write:
    """Return a row of the table, as a query of all its columns gives it."""
    return Write(**row._mapping)
