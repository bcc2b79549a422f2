"""Where features stand, as people want to see it: what is next, who was asked lately, and what was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from adapter.moving.calendar import closed
from adapter.moving.features import Feature
from adapter.rollout import moves
from adapter.rollout.evidence import Calls
from adapter.rollout.moves import Refusal
from adapter.rollout.rules import Side, Step
from adapter.rollout.stages import Standing
from adapter.store import Connection, Store, approvals, audit, counted, rollouts
from adapter.store.approvals import Approval
from adapter.store.audit import Entry

LATELY = 3600.0
"""Seconds over which calls are shown."""
_HISTORY = 20


@dataclass(frozen=True, slots=True)
class Seen:
    """One feature. ``next`` is None at the end of its plan; ``two``: two persons have to agree to that step.

    A pin of ``standing`` is one that counts now. ``closed`` is why nothing goes forward now, by the calendar.
    ``calls`` are those of the last hour, by side. ``approved`` and ``history`` are there where one feature is shown.
    """

    feature: Feature
    standing: Standing
    next: Step | None
    two: bool
    closed: Refusal | None
    calls: Mapping[Side, Calls]
    approved: tuple[Approval, ...] = ()
    history: tuple[Entry, ...] = field(default=(), repr=False)


def every(store: Store, features: Mapping[str, Feature], now: float) -> list[Seen]:
    """Return the features of a project, by name."""

    def read(connection: Connection) -> tuple[Mapping[str, Standing], Mapping[str, Mapping[Side, Calls]]]:
        return rollouts.everything(connection), counted.lately(connection, now - LATELY)

    standings, calls = store.read(read)
    return [
        _seen(features[name], standings.get(name, Standing(name)), calls.get(name, {}), now)
        for name in sorted(features)
    ]


def one(store: Store, feature: Feature, now: float) -> Seen:
    """Return one feature, with who approved what, and what was done with it."""
    name = feature.name

    def read(connection: Connection) -> Seen:
        standing = rollouts.of(connection, name)
        calls = counted.lately(connection, now - LATELY).get(name, {})
        given = tuple(approvals.approvals(connection, name, standing.epoch))
        history = tuple(audit.about(connection, name, "rollout.", _HISTORY))
        return _seen(feature, standing, calls, now, given, history)

    return store.read(read)


def _seen(
    feature: Feature,
    standing: Standing,
    calls: Mapping[Side, Calls],
    now: float,
    approved: tuple[Approval, ...] = (),
    history: tuple[Entry, ...] = (),
) -> Seen:
    step = moves.following(standing, feature.plan)
    two = step is not None and moves.changes_authority(standing, step, feature.plan)
    standing = replace(standing, pinned=moves.pin_of(standing, now))
    return Seen(feature, standing, step, two, closed(feature.rule, now), calls, approved, history)
