"""One feature judged from the store: what was seen, how far copies are behind, and what the calendar says."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import replace

from adapter.moving.acting import Gate, Gates
from adapter.moving.calendar import closed
from adapter.moving.features import Feature
from adapter.rollout import judge as rules
from adapter.rollout.judge import Asked
from adapter.rollout.stages import Standing
from adapter.rollout.verdict import Record, recorded, written
from adapter.store import Connection, Store, lagging, observed, rollouts, verdicts
from adapter.store.verdicts import Kept


def judged(connection: Connection, feature: Feature, standing: Standing, now: float) -> Record:
    """Judge a feature as it stands."""
    seen = observed.evidence(connection, feature.name, standing.run, now, standing.since)
    behind = lagging.behind(connection, feature.operations, now)
    evidence = replace(seen, lag=behind.lag, conflicts=behind.conflicts)
    shut = closed(feature.rule, now)
    asked = Asked(feature.plan, feature.rule.gate, "" if shut is None else shut.words)
    return recorded(asked, standing, evidence, now)


def kept(record: Record) -> Kept:
    """Return a verdict as it is stored, with a name of its own."""
    verdict, standing = record.verdict, record.standing
    id = f"{standing.feature}-{standing.epoch}-{uuid.uuid4().hex[:12]}"
    return Kept(id, standing.feature, standing.epoch, record.now, verdict.kind, verdict.cause, written(record))


def gates(store: Callable[[], Store], now: Callable[[], float] = time.time) -> Gates:
    """Return the judge's word about the next step, for whoever wants to take it. Its verdict is kept."""

    def gate(feature: Feature, standing: Standing) -> Gate:
        def look(connection: Connection) -> Gate:
            if rollouts.of(connection, feature.name) != standing:
                return Gate(True)  # it moved on meanwhile, which whoever acts is told
            record = judged(connection, feature, standing, now())
            id = verdicts.put(connection, kept(record)) or ""
            if record.verdict.kind == "back":
                return Gate(False, id, f"it should go back ({record.verdict.cause})")
            missing = [each.words for each in record.verdict.needs if each.kind not in rules.FOR_PERSONS]
            return Gate(rules.enough(record.verdict), id, "; ".join(missing))

        return store().run(look)

    return gate
