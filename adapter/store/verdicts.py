"""Verdicts of the judge about features: one row for as long as it says the same at one epoch, with its last numbers.

A verdict that a feature was moved on is not written over: the feature has another epoch then.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Row, Select, select

from adapter.store import rollouts
from adapter.store.tables import OBSERVED, ROLLOUTS

_VERDICTS = OBSERVED["rollout_verdicts"]


@dataclass(frozen=True, slots=True)
class Kept:
    """One verdict: ``numbers`` is the text that it is judged again from (``rollout.verdict``)."""

    id: str
    feature: str
    epoch: int
    time: float
    kind: str
    cause: str
    numbers: str


def put(connection: Connection, new: Kept) -> str | None:
    """Keep a verdict, in the row of the one before if that said the same. Return its id.

    None, and nothing is kept, where the feature has another epoch than the verdict.
    """
    if rollouts.of(connection, new.feature).epoch != new.epoch:
        return None
    before = latest(connection, new.feature)
    values = {name: getattr(new, name) for name in Kept.__slots__}
    if before is None or (before.epoch, before.kind) != (new.epoch, new.kind):
        connection.execute(_VERDICTS.insert().values(values))
        return new.id
    if before.time <= new.time:
        connection.execute(_VERDICTS.update().where(_VERDICTS.c.id == before.id).values({**values, "id": before.id}))
    return before.id


def latest(connection: Connection, feature: str) -> Kept | None:
    """Return the last verdict about a feature."""
    return _one(connection, _newest(feature))


def by_id(connection: Connection, id: str) -> Kept | None:
    """Return one verdict."""
    return _one(connection, select(_VERDICTS).where(_VERDICTS.c.id == id))


def last(connection: Connection, feature: str, most: int) -> list[Kept]:
    """Return the last verdicts about a feature, the newest first."""
    return [Kept(**row._mapping) for row in connection.execute(_newest(feature).limit(most))]


def forget(connection: Connection, before: float) -> int:
    """Remove verdicts that were made before a time, and that no feature stands on. Return how many."""
    stood_on = select(ROLLOUTS.c.verdict)
    gone = _VERDICTS.delete().where(_VERDICTS.c.time < before, _VERDICTS.c.id.not_in(stood_on))
    return connection.execute(gone).rowcount


def _newest(feature: str) -> Select[tuple[object, ...]]:
    wanted = select(_VERDICTS).where(_VERDICTS.c.feature == feature)
    return wanted.order_by(_VERDICTS.c.time.desc(), _VERDICTS.c.id.desc())


def _one(connection: Connection, wanted: Select[tuple[object, ...]]) -> Kept | None:
    row: Row[tuple[object, ...]] | None = connection.execute(wanted.limit(1)).first()
    return None if row is None else Kept(**row._mapping)
