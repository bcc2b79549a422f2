"""Many who ask for the same at once, as plain threads or, where gevent is patched in, as greenlets.

Nothing here waits for a clock.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from gevent import monkey

from adapter.cache import Cache, Life, Way
from adapter.cache.flights import Flight
from adapter.cache.keys import Key
from adapter.errors import BackendTimeout, BackendUnreachable, RequestError
from adapter.messages import Caller, Handler, Request, Response
from adapter.steps.cached import cached

MANY = 50
BODY = b'{"a": 1}'
WAY = Way(
    "things.read", Life(30, 60, 3600), Life(10), frozenset({"no-thing"}),
    lambda request: (request.caller.id, *request.path.values()),
    lambda path: ("things.read", f"things.read {path['id']}"), "private, max-age=30", "", 10.0,
)  # fmt: skip


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Return what time it is."""
        return self.now


class Scene:
    """The step around an ERP that is a function, with a cache whose clock stands still. ``asked`` are its calls."""

    def __init__(self, erp: Handler, beside: Callable[[Callable[[], None]], None] | None = None) -> None:
        self.clock = Clock()
        self.asked: list[Request] = []
        self.counts: dict[str, int] = {}
        self.cache = Cache(10**6, clock=self.clock, begin=beside)
        self.joined = threading.Semaphore(0)
        join = self.cache.flights.join

        def counted(key: Key, make: Callable[[], Flight]) -> tuple[Flight, bool]:
            found = join(key, make)
            self.joined.release()
            return found

        self.cache.flights.join = counted  # type: ignore[method-assign]

        def then(request: Request) -> Response:
            self.asked.append(request)
            return erp(request)

        self.handle = cached(WAY, self.cache)(then)

    def wait_for(self, number: int) -> None:
        """Return once so many requests have found out whether somebody asks for them."""
        for _ in range(number):
            assert self.joined.acquire(timeout=30)

    def ask(self, seconds: float = 60, **more: object) -> Response | BaseException:
        """Send one request; return the answer or the error."""
        try:
            return self.handle(request(seconds, **more))
        except BaseException as error:
            return error


def request(seconds: float = 60, **more: object) -> Request:
    """A request for thing 7."""
    return replace(Request("things.read", "1", time.monotonic() + seconds, path={"id": "7"}), **more)  # type: ignore[arg-type]


def together(asks: list[Callable[[], Response | BaseException]]) -> list[Response | BaseException]:
    """Run all at once and return what came of each."""
    found: list[Response | BaseException | None] = [None] * len(asks)

    def one(index: int) -> None:
        found[index] = asks[index]()

    threads = [threading.Thread(target=one, args=(index,)) for index in range(len(asks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return [each for each in found if each is not None]


def one_asks() -> None:
    """Of many one asks, and all have the same bytes."""
    scene = Scene(lambda _: (scene.wait_for(MANY), Response(200, BODY))[1])
    answers = together([scene.ask] * MANY)
    assert [BODY] * MANY == [each.body for each in answers if isinstance(each, Response)]
    assert 1 == len(scene.asked)
    fields = sorted(each.headers["Cache-Status"] for each in answers if isinstance(each, Response))
    assert ["adapter; fwd=miss; collapsed"] * (MANY - 1) + ["adapter; fwd=miss; stored"] == fields


def error_is_shared() -> None:
    """An error of the one who asks is that of all, each with an object of its own."""

    def erp(_: Request) -> Response:
        scene.wait_for(MANY)
        raise BackendUnreachable("backend-unreachable", 503, sent="no")

    scene = Scene(erp)
    errors = together([scene.ask] * MANY)
    assert {("backend-unreachable", 503)} == {(e.problem, e.status) for e in errors if isinstance(e, RequestError)}
    assert MANY == len({id(each) for each in errors})
    assert 1 == len(scene.asked)


def killed_leader() -> None:
    """Where the one who asks is killed, the next of those who wait asks, and nobody else notices."""

    def erp(_: Request) -> Response:
        if len(scene.asked) == 1:
            scene.wait_for(MANY)
            raise SystemExit  # as a greenlet that is killed: no Exception
        return Response(200, BODY)

    scene = Scene(erp)
    answers = together([scene.ask] * MANY)
    assert MANY - 1 == sum(isinstance(each, Response) for each in answers)
    assert [SystemExit] == [type(each) for each in answers if not isinstance(each, Response)]
    assert 2 == len(scene.asked)


def leader_with_less_time() -> None:
    """Who has more time than the one who asked does not fail with it."""
    first = threading.Event()

    def erp(asked: Request) -> Response:
        if len(scene.asked) == 1:
            first.set()
            scene.wait_for(2)
            raise BackendTimeout("backend-timeout", 504)
        return Response(200, BODY)

    scene = Scene(erp)
    answers = together([lambda: scene.ask(5), lambda: (first.wait(30), scene.ask(600))[1]])
    assert [BackendTimeout, Response] == [type(each) for each in answers]
    assert 2 == len(scene.asked)


def follower_with_less_time() -> None:
    """Who waits does so within its own time, and is told that it was too long."""
    first, done = threading.Event(), threading.Event()
    scene = Scene(lambda _: (first.set(), done.wait(30), Response(200, BODY))[2])
    answers = together([scene.ask, lambda: (first.wait(30), scene.ask(0), done.set())[1]])
    assert [Response, BackendTimeout] == [type(each) for each in answers]


def callers_are_apart() -> None:
    """Who asks for the same as another caller asks for itself."""
    both = threading.Barrier(2)
    scene = Scene(lambda asked: (both.wait(30), Response(200, asked.caller.id.encode()))[1])
    answers = together([lambda: scene.ask(caller=Caller("ann")), lambda: scene.ask(caller=Caller("bob"))])
    assert [b"ann", b"bob"] == [each.body for each in answers if isinstance(each, Response)]


def stale_ones_do_not_wait() -> None:
    """While one refreshes, all have the old answer at once, and the ERP is asked once."""
    begun: list[Callable[[], None]] = []
    scene = Scene(lambda _: Response(200, b"%d" % len(scene.asked)), beside=begun.append)
    scene.ask()
    scene.clock.now += 40
    answers = together([scene.ask] * MANY)
    assert [b"1"] * MANY == [each.body for each in answers if isinstance(each, Response)]
    assert 1 == len(begun)
    begun[0]()
    found = scene.ask()
    assert isinstance(found, Response)
    assert (b"2", 2) == (found.body, len(scene.asked))


def write_during_a_read() -> None:
    """Who asks after a write never gets what was being asked for before it, and that is not kept either."""
    written = threading.Event()

    def erp(_: Request) -> Response:
        number = len(scene.asked)
        if number == 1:
            scene.wait_for(1)
            scene.cache.drop(["things.read 7"])
            written.set()
            scene.wait_for(1)
        return Response(200, b"new" if number > 1 else b"old")

    scene = Scene(erp)
    answers = together([scene.ask, lambda: (written.wait(30), scene.ask())[1]])
    assert [b"old", b"new"] == [each.body for each in answers if isinstance(each, Response)]
    found = scene.ask()
    assert isinstance(found, Response)
    assert (b"new", 2) == (found.body, len(scene.asked))


SCENES = (
    one_asks, error_is_shared, killed_leader, leader_with_less_time, follower_with_less_time, callers_are_apart,
    stale_ones_do_not_wait, write_during_a_read,
)  # fmt: skip


def main() -> None:
    """Play all scenes with greenlets."""
    assert monkey.is_module_patched("threading")  # by whoever runs this
    for scene in SCENES:
        scene()
    print(len(SCENES))
