"""The audit log: a chain of entries, each with the hash of itself and of all before it.

The sequence has no gaps: who appends locks the chain's head until its transaction ends, so entries are in the order in
which they were committed. ``vault.checkpoints`` signs where the chain has got to, and ``vault.chain`` checks it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from adapter.store.tables import AUDIT, AUDIT_HEAD, CHECKPOINTS

START = bytes(32)  # the hash before the first entry
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done. ``time`` in seconds since 1970; ``details`` is a JSON object, as text.

    ``actor`` is who did it (a caller's id, a person's name), ``about`` what it was done to: pseudonyms, no values.
    """

    sequence: int
    time: float
    actor: str
    action: str
    about: str
    details: str
    hash: bytes

    def computed(self, before: bytes) -> bytes:
        """Return the hash that the entry has behind an entry whose hash is ``before``."""
        told = [self.sequence, float(self.time).hex(), self.actor, self.action, self.about, self.details]
        return hashlib.sha256(before + json.dumps(told, separators=(",", ":")).encode()).digest()


@dataclass(frozen=True, slots=True)
class Head:
    """How many entries there are, and the hash of the last."""

    sequence: int
    hash: bytes


def append(connection: Connection, now: float, actor: str, action: str, about: str = "", **details: Any) -> Entry:
    """Append an entry, in the transaction of what it tells of, and as the last thing in it: others wait for it.

    ``details`` are JSON values: numbers, states, names. Never what a caller sent.
    """
    before = _head(connection)
    text = json.dumps(details, sort_keys=True, separators=(",", ":"))
    entry = Entry(before.sequence + 1, now, actor, action, about, text, b"")
    values = {name: getattr(entry, name) for name in Entry.__slots__} | {"hash": entry.computed(before.hash)}
    connection.execute(AUDIT.insert().values(values))
    connection.execute(AUDIT_HEAD.update().values(sequence=entry.sequence, hash=values["hash"]))
    return Entry(**values)


def head(connection: Connection) -> Head:
    """Return where the chain ends."""
    row = connection.execute(select(AUDIT_HEAD.c.sequence, AUDIT_HEAD.c.hash)).one_or_none()
    return Head(0, START) if row is None else Head(row.sequence, bytes(row.hash))


def entries(connection: Connection, after: int = 0) -> Iterator[Entry]:
    """Yield the entries behind a number, in their order."""
    while True:
        query = select(AUDIT).where(AUDIT.c.sequence > after).order_by(AUDIT.c.sequence).limit(_BATCH)
        rows = connection.execute(query).all()
        for row in rows:
            yield Entry(**row._mapping)
        if len(rows) < _BATCH:
            return
        after = rows[-1].sequence


def latest(connection: Connection, most: int) -> list[Entry]:
    """Return the last entries, oldest first."""
    rows = connection.execute(select(AUDIT).order_by(AUDIT.c.sequence.desc()).limit(most)).all()
    return [Entry(**row._mapping) for row in reversed(rows)]


def about(connection: Connection, about: str, actions: str, most: int) -> list[Entry]:
    """Return the last entries about something whose action begins with ``actions``, oldest first."""
    wanted = select(AUDIT).where(AUDIT.c.about == about, AUDIT.c.action.startswith(actions, autoescape=True))
    rows = connection.execute(wanted.order_by(AUDIT.c.sequence.desc()).limit(most)).all()
    return [Entry(**row._mapping) for row in reversed(rows)]


def keep_checkpoint(connection: Connection, sequence: int, text: str) -> None:
    """Keep a signed checkpoint beside the entries, in the place of an older one of the same entry."""
    connection.execute(CHECKPOINTS.delete().where(CHECKPOINTS.c.sequence == sequence))
    connection.execute(CHECKPOINTS.insert().values(sequence=sequence, text=text))


def checkpoints(connection: Connection) -> list[str]:
    """Return the signed checkpoints that are kept, oldest first."""
    return list(connection.scalars(select(CHECKPOINTS.c.text).order_by(CHECKPOINTS.c.sequence)))


def _head(connection: Connection) -> Head:
    """Return the head, and hold it until the transaction ends."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    first = dialect.insert(AUDIT_HEAD).values(one=1, sequence=0, hash=START)
    connection.execute(first.on_conflict_do_nothing(index_elements=["one"]))
    row = connection.execute(select(AUDIT_HEAD.c.sequence, AUDIT_HEAD.c.hash).with_for_update()).one()
    return Head(row.sequence, bytes(row.hash))
