"""Metrics of the background process: what waits in the store, since when, and how its deliveries end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from adapter.telemetry.judging import JudgeTelling
from adapter.telemetry.lines import Lines


class Waiting(NamedTuple):
    """Rows that are in one state, of one operation: how many, and the age of the oldest in seconds."""

    state: str
    operation: str
    rows: int
    oldest: float


class Behind(NamedTuple):
    """Copies of one feature's writes to one side: how many wait, the age of the oldest in seconds, and conflicts."""

    feature: str
    target: str
    rows: int
    oldest: float
    conflicts: int


class WorkMetrics:
    """The metrics of one such process, in a registry of their own. Mappings bound the operations."""

    def __init__(self) -> None:
        own = self._own = CollectorRegistry()
        labels = ["state", "operation"]
        self._rows = Gauge("adapter_deliveries_waiting", "Writes that have not ended.", labels, registry=own)
        self._oldest = Gauge(
            "adapter_deliveries_waiting_seconds", "Age of the oldest write that has not ended.", labels, registry=own
        )
        sides = ["feature", "target"]
        self._copies = Gauge(
            "adapter_rollout_copies", "Copies of writes that are on their way to a side.", sides, registry=own
        )
        self._lag = Gauge(
            "adapter_rollout_lag_seconds", "Age of the oldest copy on its way to a side.", sides, registry=own
        )
        self._conflicts = Gauge(
            "adapter_rollout_conflicts", "Copies that a side refuses, or nobody can settle.", sides, registry=own
        )
        self._drifts = Gauge(
            "adapter_rollout_drifts", "Entities that differ though nothing is on its way.", ["feature"], registry=own
        )
        self._attempts = Counter(
            "adapter_deliveries",
            "Attempts to deliver a write, by how they ended.",
            ["operation", "outcome"],
            registry=own,
        )
        self._callbacks = Counter(
            "adapter_callbacks", "Attempts to tell a caller that a write has ended.", ["outcome"], registry=own
        )
        self._failures = Counter(
            "adapter_work_failures", "Errors of what is done again and again.", ["what"], registry=own
        )
        self._looked = Gauge(
            "adapter_work_looked_timestamp_seconds", "When the store was last asked what waits there.", registry=own
        )

    def behind(self, found: Iterable[Behind]) -> None:
        """Set what the other side of features has not got yet."""
        for gauge in (self._copies, self._lag, self._conflicts):
            gauge.clear()
        for each in found:
            place = each.feature, each.target
            self._copies.labels(*place).set(each.rows)
            self._lag.labels(*place).set(each.oldest)
            self._conflicts.labels(*place).set(each.conflicts)

    def drifted(self, found: Mapping[str, int]) -> None:
        """Set how many entities of each feature differ at its sides."""
        self._drifts.clear()
        for feature, many in found.items():
            self._drifts.labels(feature).set(many)

    def judging(self, lines: Lines) -> JudgeTelling:
        """Return what the judge of rollouts tells; made where a project has features that move."""
        return JudgeTelling(self._own, lines)

    def waiting(self, found: Iterable[Waiting], now: float) -> None:
        """Set what waits in the store; ``now`` is the time in seconds since 1970."""
        self._rows.clear()
        self._oldest.clear()
        for each in found:
            self._rows.labels(each.state, each.operation).set(each.rows)
            self._oldest.labels(each.state, each.operation).set(each.oldest)
        self._looked.set(now)

    def delivered(self, operation: str, outcome: str) -> None:
        """Count one attempt to deliver a row."""
        self._attempts.labels(operation, outcome).inc()

    def told(self, outcome: str) -> None:
        """Count one attempt to tell a caller: ``taken``, ``again`` or ``given-up``."""
        self._callbacks.labels(outcome).inc()

    def failed(self, what: str) -> None:
        """Count one error of a timer or an engine."""
        self._failures.labels(what).inc()

    def render(self) -> bytes:
        """Return the metrics as text."""
        return generate_latest(self._own)
