"""The cache of a process, where an operation of the project has one."""

from __future__ import annotations

from collections.abc import Iterable

from adapter.cache.whole import Cache, Told
from adapter.errors import RequestError
from adapter.mapping.bound import Endpoint
from adapter.settings import Settings
from adapter.telemetry import Telemetry


def open_cache(endpoints: Iterable[Endpoint], settings: Settings, telemetry: Telemetry) -> Cache | None:
    """Return the cache of a project; None where no operation has one."""
    if all(each.policy.cache is None for each in endpoints):
        return None
    metrics = telemetry.metrics.caching()

    def failed(operation: str, request_id: str, error: BaseException) -> None:
        if isinstance(error, RequestError):
            said = {"problem": error.problem, "cause": error.cause, "sent": error.sent}
            telemetry.lines.warning("refresh-failed", operation=operation, request_id=request_id, **said)
        else:
            telemetry.bug(error, request_id, operation)

    told = Told(metrics.counter, metrics.sized, failed)
    return Cache(settings.cache_bytes, told, timeout=settings.timeout)
