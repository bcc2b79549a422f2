"""Who agrees to a step that two persons have to agree to: of one feature, at one epoch, to one action.

What moves on has another epoch, so what was approved before counts no more.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from adapter.store.tables import OBSERVED

_APPROVALS = OBSERVED["rollout_approvals"]


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's word. ``action`` is what is agreed to, such as ``advance live``; ``time`` in seconds since 1970."""

    feature: str
    epoch: int
    action: str
    actor: str
    reason: str
    time: float


def approve(connection: Connection, approval: Approval) -> bool:
    """Keep an approval; False where the same person has given it before."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    values = {name: getattr(approval, name) for name in Approval.__slots__}
    made = dialect.insert(_APPROVALS).values(values).on_conflict_do_nothing()
    return connection.execute(made.returning(_APPROVALS.c.actor)).one_or_none() is not None


def approvals(connection: Connection, feature: str, epoch: int) -> list[Approval]:
    """Return what was approved of a feature as it stands at an epoch, the oldest first."""
    wanted = select(_APPROVALS).where(_APPROVALS.c.feature == feature, _APPROVALS.c.epoch == epoch)
    rows = connection.execute(wanted.order_by(_APPROVALS.c.time, _APPROVALS.c.actor))
    return [Approval(**row._mapping) for row in rows]
