"""Entities in which both sides of a feature differ though nothing is on its way: what the reconciler found last.

Entities are pseudonyms; what differs is told by pointers, never by values.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from adapter.store.copies import of_feature
from adapter.store.tables import DRIFTS, WRITES
from adapter.store.writes import BEFORE, SENDING, Write, insert, locked

Drifting = Literal["value", "missing", "extra"]
"""``missing``: the side that has not the say lacks the entity; ``extra``: it alone has it."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One entity that differs: how, where (pointers), since when it is known, and whether a copy is to mend it."""

    feature: str
    entity: str
    kind: Drifting
    pointers: tuple[str, ...] = ()
    first: float = 0.0
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """What the store has of an entity: its latest sequence, and whether any of it is open, or waits for a person."""

    latest: int
    open: bool
    parked: bool


def rows_of(connection: Connection, entity: str) -> Rows:
    """Return what there is of an entity."""
    found = connection.execute(select(WRITES.c.sequence, WRITES.c.state).where(WRITES.c.entity == entity)).all()
    states = {row.state for row in found}
    return Rows(max((row.sequence for row in found), default=0), bool(states & {SENDING, *BEFORE}), "parked" in states)


def repair(connection: Connection, row: Write, seen: Rows) -> Write | None:
    """Add a copy of what the authority has; None where anything was written since that was read."""
    locked(connection, row.entity)
    now = rows_of(connection, row.entity)
    if now.open or now.latest != seen.latest:
        return None
    return insert(connection, row)


def note(connection: Connection, drift: Drift, now: float) -> None:
    """Keep what was found of an entity."""
    values = {
        "feature": drift.feature, "entity": drift.entity, "kind": drift.kind, "pointers": json.dumps(drift.pointers),
        "first": now, "last": now, "repaired": drift.repaired,
    }  # fmt: skip
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    later = {name: values[name] for name in ("kind", "pointers", "last", "repaired")}
    made = dialect.insert(DRIFTS).values(values)
    connection.execute(made.on_conflict_do_update(index_elements=["feature", "entity"], set_=later))


def forget(connection: Connection, feature: str, entity: str) -> None:
    """Forget an entity that does not differ any more."""
    connection.execute(DRIFTS.delete().where(DRIFTS.c.feature == feature, DRIFTS.c.entity == entity))


def noted(connection: Connection, feature: str) -> list[Drift]:
    """Return the entities of a feature that differed when they were last looked at, the longest known first."""
    found = connection.execute(select(DRIFTS).where(DRIFTS.c.feature == feature).order_by(DRIFTS.c.first))
    return [
        Drift(row.feature, row.entity, row.kind, tuple(json.loads(row.pointers)), row.first, row.repaired)
        for row in found
    ]


def counted(connection: Connection) -> dict[str, int]:
    """Return how many entities differ, by feature."""
    found = connection.execute(select(DRIFTS.c.feature, func.count()).group_by(DRIFTS.c.feature))
    return {feature: int(many) for feature, many in found}


def arrived(connection: Connection, feature: str, since: float, until: float, most: int) -> Sequence[Write]:
    """Return the copies of a feature that arrived after ``since`` and until ``until``, in their order in time."""
    wanted = of_feature(feature) & WRITES.c.copy & (WRITES.c.state == "done")
    wanted &= (WRITES.c.changed > since) & (WRITES.c.changed <= until)
    found = connection.execute(select(WRITES).where(wanted).order_by(WRITES.c.changed).limit(most))
    return [Write(**row._mapping) for row in found]
