"""The cache of a process, where an operation of the project has one."""

from __future__ import annotations

import hashlib
import importlib
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

from adapter.cache.whole import Cache, Told
from adapter.durable import Durable
from adapter.errors import RequestError
from adapter.mapping.bound import Endpoint
from adapter.settings import Settings
from adapter.shared import Leases, Shared
from adapter.telemetry import Telemetry

_FOLDERS = ("mappings", "wsdl")
"""What a project is made of that says how answers look."""


def open_cache(
    endpoints: Iterable[Endpoint],
    settings: Settings,
    telemetry: Telemetry,
    shared: Shared | None,
    project: Path | None = None,
) -> Cache | None:
    """Return the cache of a project; None where no operation has one.

    With ``project`` its workers take turns, else it only says to the others what is old. Called before the fork: what
    workers share by is made here.
    """
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
    if shared is None:
        return Cache(settings.cache_bytes, told, timeout=settings.timeout)
    turns = None
    if project is not None:
        sealing = importlib.import_module("adapter.cache.sealed").Sealing(_secret(settings, project))
        turns = importlib.import_module("adapter.cache.turns").Turns(shared, Leases(shared), sealing)
    return Cache(settings.cache_bytes, told, timeout=settings.timeout, shared=shared.entries, turns=turns)


def _secret(settings: Settings, project: Path) -> bytes:
    """Return what workers name and seal by: those that would give the same answers have the same.

    Without the operator's secret those of one master have one that dies with it.
    """
    if not settings.store_key and not settings.store_key_file:
        return secrets.token_bytes(32)
    digest = hashlib.blake2b(Durable(settings, project).keyring.current.key("answers"))
    for part in _parts(settings, project):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()


def _parts(settings: Settings, project: Path) -> Iterator[bytes]:
    """Yield all that says how answers look: what differs in one of these does not share."""
    yield (Path(__file__).parents[1] / "__init__.py").read_bytes()  # the version stands there
    families = (settings.endpoint, settings.service, settings.value, settings.credential)
    yield repr(
        [settings.callers, settings.functions, settings.converters, *(sorted(each.items()) for each in families)]
    ).encode()
    own = [project / f"{name.replace('.', '/')}.py" for name in (settings.functions, settings.converters) if name]
    own += [each for folder in _FOLDERS for each in (project / folder).rglob("*")]
    for path in sorted(each for each in own if each.is_file()):
        yield str(path.relative_to(project)).encode()
        yield path.read_bytes()
