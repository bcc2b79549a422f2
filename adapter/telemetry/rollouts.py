"""Metrics of features that move to a new service; they are there where a project has some."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge

_STAGES = ("legacy", "shadow", "dualwrite", "canary", "live", "rampdown", "complete")


class RolloutMetrics:
    """Counts by operation and by feature, of which there are as many as mappings name."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._unkeyed = Counter(
            "adapter_rollout_unkeyed", "Requests of features that no key places.", ["operation"], registry=registry
        )
        self._fallbacks = Counter(
            "adapter_rollout_fallbacks",
            "Reads that the new service failed to answer, and the ERP answered, by the problem there.",
            ["operation", "problem"],
            registry=registry,
        )
        self._away = Counter(
            "adapter_rollout_store_failures",
            "Times that where features stand was not read (of=standings), or what was seen not kept (of=notes).",
            ["of"], registry=registry,
        )  # fmt: skip
        self._compared = Counter(
            "adapter_rollout_compared",
            "Calls for both sides: same, differs, dropped, skipped (not compared), silent (the ERP), arriving.",
            ["operation", "outcome"],
            registry=registry,
        )
        self._dry_runs = Counter(
            "adapter_rollout_dry_runs",
            "Dry runs of writes at the new service: same, differs, dropped, skipped, silent, off, unmarked (the last).",
            ["operation", "outcome"],
            registry=registry,
        )
        self._standing(registry)

    def _standing(self, registry: CollectorRegistry) -> None:
        """Make what shows where features stand, and how well a process knows that."""
        self._stage = Gauge(
            "adapter_rollout_stage",
            "Where a feature stands: 0 legacy, 1 shadow, 2 dualwrite, 3 canary, 4 live, 5 rampdown, 6 complete.",
            ["feature"], multiprocess_mode="mostrecent", registry=registry,
        )  # fmt: skip
        self._share = Gauge(
            "adapter_rollout_share_percent", "The share of entities at the new service, in a canary.",
            ["feature"], multiprocess_mode="mostrecent", registry=registry,
        )  # fmt: skip
        self._back = Gauge(
            "adapter_rollout_rolled_back", "1 where a feature was rolled back and nobody has sent it on since.",
            ["feature"], multiprocess_mode="mostrecent", registry=registry,
        )  # fmt: skip
        self._brake = Gauge(
            "adapter_rollout_brake", "1 where the brake is pulled for a feature.",
            ["feature"], multiprocess_mode="livemax", registry=registry,
        )  # fmt: skip
        self._no_dry_runs = Gauge(
            "adapter_rollout_dry_runs_off", "1 where dry runs are off, since the new service did not honour one.",
            ["feature"], multiprocess_mode="livemax", registry=registry,
        )  # fmt: skip
        self._age = Gauge(
            "adapter_rollout_age_seconds",
            "How long ago the store last said where features stand; the most of all workers.",
            multiprocess_mode="livemax", registry=registry,
        )  # fmt: skip
        self._epoch = Gauge(
            "adapter_rollout_epoch", "How often a feature has moved; the least of all workers.",
            ["feature"], multiprocess_mode="livemin", registry=registry,
        )  # fmt: skip

    def unkeyed(self, operation: str) -> None:
        """Count one request that has no key."""
        self._unkeyed.labels(operation).inc()

    def fell_back(self, operation: str, problem: str) -> None:
        """Count one read that the other side answered."""
        self._fallbacks.labels(operation, problem).inc()

    def away(self, of: str) -> None:
        """Count one time that the store did not take or give what features need."""
        self._away.labels(of).inc()

    def compared(self, operation: str, outcome: str) -> None:
        """Count one read that was to be asked at both sides."""
        self._compared.labels(operation, outcome).inc()

    def dry_run(self, operation: str, outcome: str) -> None:
        """Count one dry run, made or not."""
        self._dry_runs.labels(operation, outcome).inc()

    def dry_runs(self, off: Mapping[str, bool]) -> None:
        """Show for which features no dry run is made any more."""
        for feature, is_off in off.items():
            self._no_dry_runs.labels(feature).set(is_off)

    def looked(self, age: float, brake: Mapping[str, bool]) -> None:
        """Show how old what a process knows is, in seconds, and for which features the brake is pulled."""
        self._age.set(age)
        for feature, is_pulled in brake.items():
            self._brake.labels(feature).set(is_pulled)

    def stands(self, feature: str, stage: str, share: int, epoch: int, *, back: bool) -> None:
        """Show where a feature stands now; ``share`` of 10,000; ``back``: it was rolled back."""
        self._back.labels(feature).set(back)
        self._stage.labels(feature).set(_STAGES.index(stage))
        self._share.labels(feature).set(share / 100)
        self._epoch.labels(feature).set(epoch)
