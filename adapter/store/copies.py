"""Copies that have not arrived yet: how old the oldest is, and how many wait for a person.

The name of a feature is the first part of its operations' names.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, case, func, select

from adapter.rollout.rules import Side
from adapter.store.tables import WRITES
from adapter.store.writes import DELIVERING, PARKED, QUEUED, SENDING, UNKNOWN, Write, write_of

UNDER_WAY = (QUEUED, DELIVERING, UNKNOWN)


@dataclass(frozen=True, slots=True)
class Lagging:
    """Copies to one side of one feature: since when the oldest waits (0: none), how many wait, how many are parked."""

    feature: str
    target: Side
    oldest: float
    waiting: int
    conflicts: int


def lagging(connection: Connection) -> list[Lagging]:
    """Return what is open of each feature that has open copies, by the side that they go to."""
    waits = WRITES.c.state.in_(UNDER_WAY)
    wanted = WRITES.c.state.in_((*UNDER_WAY, PARKED)) & WRITES.c.copy
    found = (
        select(
            WRITES.c.operation,
            WRITES.c.target,
            func.min(case((waits, WRITES.c.created))),
            func.sum(case((waits, 1), else_=0)),
            func.sum(case((waits, 0), else_=1)),
        )
        .where(wanted)
        .group_by(WRITES.c.operation, WRITES.c.target)
    )
    whole: dict[tuple[str, Side], Lagging] = {}
    for operation, target, oldest, waiting, parked in connection.execute(found):
        place = operation.rpartition(".")[0], target
        old = whole.get(place, Lagging(*place, 0.0, 0, 0))
        since = min((each for each in (old.oldest, oldest) if each), default=0.0)
        whole[place] = Lagging(*place, since, old.waiting + int(waiting), old.conflicts + int(parked))
    return [whole[place] for place in sorted(whole)]


def arriving(connection: Connection, entity: str, since: float) -> bool:
    """Whether anything of an entity is on its way to a side, or was until a moment (seconds since 1970) or later."""
    on_its_way = WRITES.c.state.in_((SENDING, *UNDER_WAY)) | (WRITES.c.changed >= since)
    wanted = select(WRITES.c.id).where((WRITES.c.entity == entity) & on_its_way).limit(1)
    return connection.execute(wanted).first() is not None


def of_feature(feature: str) -> ColumnElement[bool]:
    """Return the condition that a row is one of a feature's."""
    return WRITES.c.operation.startswith(f"{feature}.", autoescape=True)


def written(connection: Connection, feature: str, since: float, most: int) -> list[Write]:
    """Return rows of a feature that were changed since a moment, the latest first."""
    wanted = of_feature(feature) & (WRITES.c.changed >= since)
    found = select(WRITES).where(wanted).order_by(WRITES.c.changed.desc()).limit(most)
    return [write_of(row) for row in connection.execute(found)]
