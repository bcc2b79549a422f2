"""What is counted about endpoints: states of breakers, calls that were refused, calls that were made again."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge

_STATES = {"closed": 0, "half-open": 1, "open": 2}


class Guards:
    """Metrics by endpoint. There are as many endpoints as mappings name, and reasons are the house's own words."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._state = Gauge(
            "adapter_breaker_state",
            "0 closed, 1 half-open, 2 open; the worst of all workers.",
            ["endpoint"],
            multiprocess_mode="livemax",
            registry=registry,
        )
        self._opened = Counter("adapter_breaker_opened", "Times a breaker opened.", ["endpoint"], registry=registry)
        self._refused = Counter(
            "adapter_guard_refused",
            "Calls that were not let in; enforced=no: they were, since the guard only watches.",
            ["endpoint", "reason", "enforced"],
            registry=registry,
        )
        self._tried = Counter(
            "adapter_guard_tries", "Calls that were made again, by the problem before.", ["endpoint", "problem"],
            registry=registry,
        )  # fmt: skip

    def state(self, endpoint: str, state: str) -> None:
        """Show the new state of a breaker."""
        self._state.labels(endpoint).set(_STATES[state])
        if state == "open":
            self._opened.labels(endpoint).inc()

    def refused(self, endpoint: str, reason: str, enforced: bool) -> None:
        """Count one call that a guard did not let in, or would not have."""
        self._refused.labels(endpoint, reason, "yes" if enforced else "no").inc()

    def tried(self, endpoint: str, problem: str) -> None:
        """Count one call that is made again."""
        self._tried.labels(endpoint, problem).inc()
