"""Metrics in the text format of Prometheus. Label values come from bounded sets: what exceeds them is ``other``.

With ``PROMETHEUS_MULTIPROC_DIR`` set (``ops/gunicorn.conf.py`` does so), the numbers of all workers are added up.
"""

from __future__ import annotations

from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST as CONTENT_TYPE
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from adapter.telemetry.caching import CacheMetrics
from adapter.telemetry.compaction import Everyone, reading
from adapter.telemetry.guards import Guards
from adapter.telemetry.outcome import Outcome
from adapter.telemetry.rollouts import RolloutMetrics

__all__ = ["CONTENT_TYPE", "Metrics"]

_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_MOST_VALUES = 500
_MOST_KEPT = 5000
_Key = tuple[str, str, int, str, str]


class Metrics:
    """All metrics of one process, in a registry of their own."""

    def __init__(self) -> None:
        own = self._own = CollectorRegistry()
        self._seen: dict[str, set[str]] = {}
        self._kept: dict[_Key, tuple[Counter, Histogram]] = {}
        self._requests = Counter(
            "adapter_requests", "Finished requests.", ["operation", "method", "status", "problem"], registry=own
        )
        self._seconds = Histogram(
            "adapter_request_duration_seconds",
            "From the request to the last byte of its answer.",
            ["operation", "answered_by"],
            buckets=_BUCKETS,
            registry=own,
        )
        self._in_flight = Gauge(
            "adapter_requests_in_flight", "Requests being answered.", multiprocess_mode="livesum", registry=own
        )
        self._oddities = Counter(
            "adapter_backend_oddities", "Oddities in answers of backends.", ["operation", "note"], registry=own
        )
        self._broken = Counter("adapter_streams_broken", "Answers cut off on the way.", ["operation"], registry=own)
        self._writes = Counter(
            "adapter_writes", "What became of writes that are kept.", ["operation", "outcome"], registry=own
        )
        self._callers_refused = Counter(
            "adapter_callers_refused", "Requests that did not say rightly who they are from.", ["cause"], registry=own
        )
        self._callers_age = Gauge(
            "adapter_callers_age_seconds",
            "How long ago what callers are known by was had anew: keys, or those of an issuer.",
            ["of"], multiprocess_mode="livemax", registry=own,
        )  # fmt: skip
        self._limited = Counter("adapter_limited", "Requests that came too often.", ["operation"], registry=own)
        self._bugs = Counter("adapter_bugs", "Unexpected exceptions.", ["operation"], registry=own)
        self.guards = Guards(own)
        self._dropped = Counter("adapter_log_dropped", "Log fields or lines that were dropped.", ["what"], registry=own)

    def caching(self) -> CacheMetrics:
        """Return the metrics of the response cache, made when they are asked for; once for each process."""
        return CacheMetrics(self._own)

    def rollouts(self) -> RolloutMetrics:
        """Return the metrics of features that move, made when they are asked for; once for each process."""
        return RolloutMetrics(self._own)

    def started(self) -> None:
        """Count one more request in flight."""
        self._in_flight.inc()

    def ended(self) -> None:
        """Count one request in flight less."""
        self._in_flight.dec()

    def count(self, outcome: Outcome) -> None:
        """Count one request that ended."""
        method = outcome.method if outcome.method in _METHODS else "other"
        key = (outcome.operation, method, outcome.status, outcome.problem, outcome.answered_by)
        requests, seconds = self._kept.get(key) or self._labelled(key)
        requests.inc()
        seconds.observe(outcome.seconds)
        if outcome.notes or outcome.broken:
            operation = self._bounded("operation", outcome.operation)
            for note in outcome.notes:
                self._oddities.labels(operation, self._bounded("note", note.partition(":")[0])).inc()
            if outcome.broken:
                self._broken.labels(operation).inc()

    def _labelled(self, key: _Key) -> tuple[Counter, Histogram]:
        """Return what counts requests that end so. It is kept, since it costs more to find than to count with."""
        operation = self._bounded("operation", key[0])
        found = (
            self._requests.labels(operation, key[1], str(key[2]), self._bounded("problem", key[3])),
            self._seconds.labels(operation, self._bounded("answered_by", key[4])),
        )
        if len(self._kept) < _MOST_KEPT:
            self._kept[key] = found
        return found

    def write(self, operation: str, outcome: str) -> None:
        """Count what became of one write that is kept, or of one request with a key."""
        self._writes.labels(self._bounded("operation", operation), self._bounded("outcome", outcome)).inc()

    def caller_refused(self, cause: str) -> None:
        """Count one request that did not say rightly who it is from."""
        self._callers_refused.labels(self._bounded("cause", cause)).inc()

    def callers_aged(self, of: str, seconds: float) -> None:
        """Note how long ago keys were had anew: ``keys``, or those of an issuer."""
        self._callers_age.labels(of).set(seconds)

    def limited(self, operation: str) -> None:
        """Count one request of a caller who had asked too often."""
        self._limited.labels(self._bounded("operation", operation)).inc()

    def bug(self, operation: str) -> None:
        """Count one unexpected exception."""
        self._bugs.labels(self._bounded("operation", operation)).inc()

    def dropped(self, what: str) -> None:
        """Count one dropped ``field`` or ``line`` of the log."""
        self._dropped.labels(what).inc()

    def render(self) -> bytes:
        """Return the metrics as text: those of all workers where they share a directory, else of this process."""
        everyone = CollectorRegistry()
        try:
            shared = Everyone(everyone)  # type: ignore[no-untyped-call]
        except ValueError:  # the variable is not set
            return generate_latest(self._own)
        with reading(Path(shared._path)):
            return generate_latest(everyone)

    def _bounded(self, label: str, value: str) -> str:
        seen = self._seen.setdefault(label, set())
        if value not in seen and len(seen) >= _MOST_VALUES:
            return "other"
        seen.add(value)
        return value
