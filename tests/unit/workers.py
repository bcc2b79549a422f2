"""Workers that share a store, in front of one ERP that says what it is told to."""

from __future__ import annotations

import threading
from collections.abc import Callable

from adapter.cache import Cache
from adapter.cache.sealed import Sealing
from adapter.cache.turns import Turns
from adapter.errors import BackendFault, BackendUnreachable, RequestError
from adapter.messages import Handler, Request, Response
from adapter.shared import Leases, Shared
from adapter.steps.cached import cached
from tests.unit.coalescing import WAY, Clock, request, together

SECRET = b"s" * 32
DOWN = BackendUnreachable("backend-unreachable", 503, "It is down.", headers={"Retry-After": "7"}, sent="no")
NONE = BackendFault("no-thing", 404, code="X-404", sent="yes")


class Worker:
    """One worker of several at one ERP. ``begun`` is what it would do beside its requests.

    ``waits`` is told whenever it waits for another worker; without, it looks again at once.
    """

    def __init__(
        self,
        shared: Shared,
        erp: Handler,
        clock: Clock | None = None,
        waits: Callable[[], object] = lambda: None,
        secret: bytes = SECRET,
        way: object = WAY,
    ) -> None:
        self.begun: list[Callable[[], None]] = []
        turns = Turns(shared, Leases(shared), Sealing(secret), rest=lambda seconds: [waits(), None][1])
        self.cache = Cache(
            10**7, clock=clock or Clock(), begin=self.begun.append, shared=shared.entries, turns=turns
        )  # fmt: skip
        self._handle = cached(way, self.cache)(erp)  # type: ignore[arg-type]

    def ask(self, seconds: float = 60, **more: object) -> Response | BaseException:
        """Send one request; return the answer or the error."""
        try:
            return self._handle(request(seconds, **more))
        except RequestError as error:
            return error


class Erp:
    """An ERP that says one thing after another, and the last one again; ``before`` is called first."""

    def __init__(self, *said: Response | Exception, before: Callable[[], object] = lambda: None) -> None:
        self._said, self._before = list(said), before
        self.asked: list[Request] = []

    def __call__(self, asked: Request) -> Response:
        """Answer one call."""
        self.asked.append(asked)
        self._before()
        found = self._said.pop(0) if len(self._said) > 1 else self._said[0]
        if isinstance(found, Exception):
            raise found
        return found


def body_of(found: Response | BaseException) -> bytes:
    """Return the body of an answer, which it has to be."""
    assert isinstance(found, Response), found
    assert isinstance(found.body, bytes)
    return found.body


def cache_status(found: Response | BaseException) -> str:
    """Return what an answer or a refusal says of the cache (RFC 9211)."""
    return (found if isinstance(found, Response | RequestError) else Response(0)).headers.get("Cache-Status", "")


def both(shared: Shared, *said: Response | Exception, way: object = WAY) -> tuple[Erp, list[Response | BaseException]]:
    """Ask two workers at once; the ERP answers once the second one waits. Return the ERP and both answers."""
    first, waiting = threading.Event(), threading.Event()
    erp = Erp(*said, before=lambda: (first.set(), waiting.wait(30)))
    one, other = Worker(shared, erp, way=way), Worker(shared, erp, waits=waiting.set, way=way)
    return erp, together([one.ask, lambda: (first.wait(30), other.ask())[1]])


def names_in(shared: Shared, pattern: str = "adapter:entry:*") -> list[bytes]:
    """Return the names that stand in the store."""
    found: list[bytes] = shared.command("KEYS", pattern)
    return found


def later(shared: Shared, clock: Clock, seconds: float) -> None:
    """Let time go by, for workers and in the store."""
    clock.now += seconds
    for name in names_in(shared):
        shared.command("PEXPIRE", name, int(shared.command("PTTL", name) - seconds * 1000))
