"""API keys as they are kept: never the key itself, but a keyed hash of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, func, select

from adapter.store.tables import KEYS


@dataclass(frozen=True, slots=True)
class Key:
    """One API key. ``id`` is its public part; times are seconds since 1970, None for never."""

    id: str
    owner: str
    hash: bytes = field(repr=False)
    created: float
    scopes: tuple[str, ...] = ()
    note: str = ""
    expires: float | None = None
    revoked: float | None = None
    used: float | None = None


def add(connection: Connection, key: Key) -> None:
    """Insert a key. Raise IntegrityError where its id is taken."""
    connection.execute(
        KEYS.insert().values(
            id=key.id, owner=key.owner, hash=key.hash, scopes=" ".join(key.scopes), note=key.note,
            created=key.created, expires=key.expires, revoked=key.revoked, used=key.used,
        )
    )  # fmt: skip


def find(connection: Connection, id: str) -> Key | None:
    """Return the key with an id."""
    row = connection.execute(select(KEYS).where(KEYS.c.id == id)).one_or_none()
    return None if row is None else _key(row)


def every(connection: Connection, owner: str = "") -> list[Key]:
    """Return all keys, or those of an owner, oldest first."""
    query = select(KEYS).order_by(KEYS.c.created, KEYS.c.id)
    return [_key(row) for row in connection.execute(query.where(KEYS.c.owner == owner) if owner else query)]


def revoke(connection: Connection, id: str, now: float) -> bool:
    """Let a key not count from now on. False: there is none that still did."""
    wanted = (KEYS.c.id == id) & KEYS.c.revoked.is_(None)
    return connection.execute(KEYS.update().where(wanted).values(revoked=now)).rowcount == 1


def mark(connection: Connection) -> tuple[Any, ...]:
    """Return what is another value once a key was added or revoked: to see cheaply whether anything has changed."""
    query = select(func.count(), func.max(KEYS.c.created), func.count(KEYS.c.revoked), func.max(KEYS.c.revoked))
    return tuple(connection.execute(query.select_from(KEYS)).one())


def note(connection: Connection, uses: Mapping[str, tuple[float, bytes]]) -> None:
    """Note when keys were last used, by their ids, and the hash to keep from now on; b"" for the one that is kept."""
    for id, (when, hash) in uses.items():
        later = (KEYS.c.id == id) & (KEYS.c.used.is_(None) | (KEYS.c.used < when))
        connection.execute(KEYS.update().where(later).values(used=when))
        if hash:
            connection.execute(KEYS.update().where(KEYS.c.id == id).values(hash=hash))


def _key(row: Row[Any]) -> Key:
    return Key(**{**row._mapping, "scopes": tuple(row.scopes.split())})
