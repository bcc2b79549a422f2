"""Where features stand: one row each, changed by compare-and-swap on its epoch, each change in the audit.

Rule 1: ``put`` changes a row only where its epoch is still the one that was seen. Of two, one wins.
Rule 2: the change and its audit entry are one transaction.
Rule 3: that dry runs are off is no move. ``put`` leaves it as it is; where a run at ``shadow`` begins they are on.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, cast

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects import postgresql, sqlite

from adapter.rollout.rules import Stage
from adapter.rollout.stages import Pin, Standing
from adapter.store import audit
from adapter.store.tables import ROLLOUTS


def everything(connection: Connection) -> dict[str, Standing]:
    """Return where each feature stands that ever moved, by name."""
    return {row.feature: _standing(row) for row in connection.execute(select(ROLLOUTS))}


def of(connection: Connection, feature: str) -> Standing:
    """Return where one feature stands."""
    row = connection.execute(select(ROLLOUTS).where(ROLLOUTS.c.feature == feature)).one_or_none()
    return Standing(feature) if row is None else _standing(row)


def put(connection: Connection, before: Standing, after: Standing, now: float, action: str, **details: Any) -> bool:
    """Change where a feature stands; False, and nothing changes, where it does not stand at ``before`` any more.

    ``after`` has the next epoch, and says who and why. ``details`` go into the audit entry beside the stages.
    """
    if after.epoch != before.epoch + 1 or after.feature != before.feature:
        raise ValueError("a change has the next epoch of the same feature")
    values = _values(after)
    if after.stage == "shadow" and (before.stage, before.run) != (after.stage, after.run):
        values["dry_runs_off"] = ""
    if before.epoch == 0:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        made = dialect.insert(ROLLOUTS).values(values).on_conflict_do_nothing(index_elements=["feature"])
        changed = connection.execute(made.returning(ROLLOUTS.c.feature)).one_or_none()
    else:
        wanted = (ROLLOUTS.c.feature == before.feature) & (ROLLOUTS.c.epoch == before.epoch)
        moving = ROLLOUTS.update().where(wanted).values(values).returning(ROLLOUTS.c.feature)
        changed = connection.execute(moving).one_or_none()
    if changed is None:
        return False
    told = {"from": _told(before), "to": _told(after), "epoch": after.epoch, "reason": after.reason, **details}
    audit.append(connection, now, after.actor, f"rollout.{action}", after.feature, **told)
    return True


def no_dry_runs(connection: Connection, feature: str, run: int, why: str, now: float, actor: str) -> bool:
    """Note that no dry run is made any more in a run at ``shadow``; False where it is over, or was noted before."""
    here = (ROLLOUTS.c.feature == feature) & (ROLLOUTS.c.run == run) & (ROLLOUTS.c.stage == "shadow")
    noting = ROLLOUTS.update().where(here & (ROLLOUTS.c.dry_runs_off == "")).values(dry_runs_off=why)
    if connection.execute(noting.returning(ROLLOUTS.c.feature)).one_or_none() is None:
        return False
    audit.append(connection, now, actor, "rollout.dry-runs-off", feature, run=run, reason=why)
    return True


def _told(standing: Standing) -> str:
    return f"canary {standing.share / 100:g}" if standing.stage == "canary" else standing.stage


def _values(standing: Standing) -> dict[str, Any]:
    values = asdict(standing)
    pin = standing.pinned or Pin("", "")
    del values["pinned"], values["dry_runs_off"]
    return {**values, "pinned_by": pin.actor, "pinned_reason": pin.reason, "pinned_until": pin.until}


def _standing(row: Row[Any]) -> Standing:
    found = dict(row._mapping)
    pin = Pin(found.pop("pinned_by"), found.pop("pinned_reason"), found.pop("pinned_until"))
    return Standing(**{**found, "stage": cast("Stage", found["stage"]), "pinned": pin if pin.actor else None})
