"""Metrics of the response cache; they are there where an operation has one."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge


class CacheMetrics:
    """Counts answers by operation and result, both from bounded sets, and the bytes that are kept."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._answers = Counter(
            "adapter_cache_answers",
            "Reads of operations with a cache: hit, stale, miss, coalesced, refreshed, refresh_failed.",
            ["operation", "result"],
            registry=registry,
        )
        self._bytes = Gauge(
            "adapter_cache_bytes", "Bytes of answers that are kept.", multiprocess_mode="livesum", registry=registry
        )

    def counter(self, operation: str, result: str) -> Callable[[], None]:
        """Return what counts one result of an operation; finding it costs more than counting with it."""
        return self._answers.labels(operation, result).inc

    def sized(self, size: int) -> None:
        """Tell how many bytes are kept in this process."""
        self._bytes.set(size)
