"""What is counted about endpoints: states of breakers, calls that were refused, calls that were made again."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge

_STATES = {"closed": 0, "half-open": 1, "open": 2}


class Places:
    """Metrics of the places at one endpoint."""

    def __init__(self, endpoint: str, calls: Gauge, waiting: Gauge, limit: Gauge, shed: Counter) -> None:
        self._endpoint, self._calls, self._waiting, self._limit, self._shed = endpoint, calls, waiting, limit, shed

    def counted(self, filled: int, waiting: int) -> None:
        """Show how many places are filled, and how many calls wait."""
        self._calls.labels(self._endpoint).set(filled)
        self._waiting.labels(self._endpoint).set(waiting)

    def limit(self, limit: float) -> None:
        """Show how many calls at once were found to be good."""
        self._limit.labels(self._endpoint).set(int(limit))

    def shed(self, kind: str) -> None:
        """Count one call that was sent away; ``kind`` is one of ``guard.places.ORDER``."""
        self._shed.labels(self._endpoint, kind).inc()


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

        self._isolated = Gauge(
            "adapter_guard_isolated",
            "1: an operator took the endpoint out of use.",
            ["endpoint"],
            multiprocess_mode="livemax",
            registry=registry,
        )
        self._places = (
            Gauge("adapter_guard_calls", "Calls that are being made.", ["endpoint"],
                  multiprocess_mode="livesum", registry=registry),
            Gauge("adapter_guard_waiting", "Calls that wait for a place.", ["endpoint"],
                  multiprocess_mode="livesum", registry=registry),
            Gauge("adapter_guard_limit", "Calls at once that an endpoint was found to take; the most of all workers.",
                  ["endpoint"], multiprocess_mode="livemax", registry=registry),
            Counter("adapter_guard_shed", "Calls that were sent away from a full queue.", ["endpoint", "kind"],
                    registry=registry),
        )  # fmt: skip

    def places(self, endpoint: str) -> Places:
        """Return what counts the places of an endpoint. Nothing is shown of one that has none."""
        return Places(endpoint, *self._places)

    def state(self, endpoint: str, state: str) -> None:
        """Show the new state of a breaker."""
        self._state.labels(endpoint).set(_STATES[state])
        if state == "open":
            self._opened.labels(endpoint).inc()

    def isolated(self, endpoint: str, isolated: bool) -> None:
        """Show whether an operator took an endpoint out of use."""
        self._isolated.labels(endpoint).set(int(isolated))

    def refused(self, endpoint: str, reason: str, enforced: bool) -> None:
        """Count one call that a guard did not let in, or would not have."""
        self._refused.labels(endpoint, reason, "yes" if enforced else "no").inc()

    def tried(self, endpoint: str, problem: str) -> None:
        """Count one call that is made again."""
        self._tried.labels(endpoint, problem).inc()
