"""The keys of data subjects, and the few of the vault itself: wrapped, each with the id of the secret that wraps it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from adapter.store.tables import SUBJECT_KEYS, VAULT_KEYS


@dataclass(frozen=True, slots=True)
class SubjectKey:
    """The key of one subject. ``held`` says why it must not be erased, "" where it may be."""

    subject: str
    id: bytes
    wrapped: bytes = field(repr=False)
    secret: str
    created: float
    held: str = ""


@dataclass(frozen=True, slots=True)
class VaultKey:
    """A key of the vault's own."""

    name: str
    wrapped: bytes = field(repr=False)
    secret: str


def find(connection: Connection, subject: str) -> SubjectKey | None:
    """Return the key of a subject."""
    row = connection.execute(select(SUBJECT_KEYS).where(SUBJECT_KEYS.c.subject == subject)).one_or_none()
    return None if row is None else SubjectKey(**row._mapping)


def add(connection: Connection, key: SubjectKey) -> SubjectKey:
    """Insert a subject's key, and return the one that it has: that of whoever came first."""
    values = {name: getattr(key, name) for name in SubjectKey.__slots__}
    _insert(connection, SUBJECT_KEYS, "subject", values)
    found = find(connection, key.subject)
    assert found is not None, "deleted in the same transaction"
    return found


def erase(connection: Connection, subject: str) -> bool:
    """Delete the key of a subject. False: it has none, or is held."""
    wanted = (SUBJECT_KEYS.c.subject == subject) & (SUBJECT_KEYS.c.held == "")
    return connection.execute(SUBJECT_KEYS.delete().where(wanted)).rowcount == 1


def hold(connection: Connection, subject: str, why: str) -> bool:
    """Let a key not be erased, or again ("" for ``why``). False: the subject has no key."""
    changed = SUBJECT_KEYS.update().where(SUBJECT_KEYS.c.subject == subject).values(held=why)
    return connection.execute(changed).rowcount == 1


def held(connection: Connection) -> list[SubjectKey]:
    """Return the keys that must not be erased."""
    query = select(SUBJECT_KEYS).where(SUBJECT_KEYS.c.held != "").order_by(SUBJECT_KEYS.c.subject)
    return [SubjectKey(**row._mapping) for row in connection.execute(query)]


def under_others(connection: Connection, secret: str, after: str, most: int) -> list[SubjectKey]:
    """Return keys that another secret wraps, in the order of their subjects, behind ``after``."""
    wanted = (SUBJECT_KEYS.c.secret != secret) & (SUBJECT_KEYS.c.subject > after)
    query = select(SUBJECT_KEYS).where(wanted).order_by(SUBJECT_KEYS.c.subject).limit(most)
    return [SubjectKey(**row._mapping) for row in connection.execute(query)]


def rewrap(connection: Connection, key: SubjectKey, wrapped: bytes, secret: str) -> bool:
    """Put another wrapping of the same key in the place of one. False: it is gone, or was changed meanwhile."""
    same = (SUBJECT_KEYS.c.subject == key.subject) & (SUBJECT_KEYS.c.wrapped == key.wrapped)
    return connection.execute(SUBJECT_KEYS.update().where(same).values(wrapped=wrapped, secret=secret)).rowcount == 1


def own(connection: Connection) -> Iterator[VaultKey]:
    """Yield the vault's own keys."""
    for row in connection.execute(select(VAULT_KEYS).order_by(VAULT_KEYS.c.name)).all():
        yield VaultKey(**row._mapping)


def add_own(connection: Connection, key: VaultKey) -> VaultKey:
    """Insert a key of the vault's own, and return the one that is there: that of whoever came first."""
    _insert(connection, VAULT_KEYS, "name", {"name": key.name, "wrapped": key.wrapped, "secret": key.secret})
    return next(each for each in own(connection) if each.name == key.name)


def rewrap_own(connection: Connection, key: VaultKey, wrapped: bytes, secret: str) -> bool:
    """Put another wrapping of the same key in the place of one."""
    same = (VAULT_KEYS.c.name == key.name) & (VAULT_KEYS.c.wrapped == key.wrapped)
    return connection.execute(VAULT_KEYS.update().where(same).values(wrapped=wrapped, secret=secret)).rowcount == 1


def _insert(connection: Connection, table: Table, unique: str, values: dict[str, object]) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(table).values(values).on_conflict_do_nothing(index_elements=[unique]))
