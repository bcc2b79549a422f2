"""Examples of what both sides answered: at most a few of each group of differences, sealed for whose data it is."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from adapter.store.tables import OBSERVED

_EXAMPLES, _GROUPS = OBSERVED["rollout_examples"], OBSERVED["rollout_mismatches"]
_KEYS = ("feature", "run", "fingerprint", "slot")


@dataclass(frozen=True, slots=True)
class Kept:
    """One example. ``slot`` is its place among those of its group, ``time`` in seconds since 1970."""

    feature: str
    run: int
    fingerprint: str
    slot: int
    time: float
    subject: str
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Group:
    """Differences of one kind at one place, with how many there were, when, and how many examples are kept."""

    fingerprint: str
    operation: str
    pointer: str
    kind: str
    count: int
    first: float
    last: float
    examples: int


def put(connection: Connection, kept: Kept) -> None:
    """Keep an example in its place; another one that is there goes."""
    values = {name: getattr(kept, name) for name in Kept.__slots__}
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    made = insert(_EXAMPLES).values(values)
    changed = {name: value for name, value in values.items() if name not in _KEYS}
    connection.execute(made.on_conflict_do_update(index_elements=list(_KEYS), set_=changed))


def of_group(connection: Connection, feature: str, run: int, fingerprint: str) -> list[Kept]:
    """Return the examples of a group, the newest first."""
    wanted = (_EXAMPLES.c.feature == feature) & (_EXAMPLES.c.run == run) & (_EXAMPLES.c.fingerprint == fingerprint)
    query = select(_EXAMPLES).where(wanted).order_by(_EXAMPLES.c.time.desc(), _EXAMPLES.c.slot)
    return [Kept(**row._mapping) for row in connection.execute(query)]


def groups(connection: Connection, feature: str, run: int, most: int = 100) -> list[Group]:
    """Return the groups of a run, those with the most differences first."""
    kept = select(_EXAMPLES.c.fingerprint, func.count()).where(_EXAMPLES.c.feature == feature, _EXAMPLES.c.run == run)
    many: dict[str, int] = {row[0]: row[1] for row in connection.execute(kept.group_by(_EXAMPLES.c.fingerprint))}
    query = select(_GROUPS).where(_GROUPS.c.feature == feature, _GROUPS.c.run == run)
    ordered = query.order_by(_GROUPS.c["count"].desc(), _GROUPS.c.fingerprint).limit(most)
    columns = ("fingerprint", "operation", "pointer", "kind", "count", "first", "last")
    return [
        Group(**{name: row[name] for name in columns}, examples=many.get(row["fingerprint"], 0))
        for row in connection.execute(ordered).mappings()  # a row's own "count" is that of a tuple
    ]


def erase(connection: Connection, subject: str) -> int:
    """Delete the examples of a subject, and return how many there were."""
    return connection.execute(_EXAMPLES.delete().where(_EXAMPLES.c.subject == subject)).rowcount


def forget(connection: Connection, feature: str, before: float) -> int:
    """Delete the examples of a feature that are older than a time, and return how many there were."""
    old = (_EXAMPLES.c.feature == feature) & (_EXAMPLES.c.time < before)
    return connection.execute(_EXAMPLES.delete().where(old)).rowcount
