"""Workers that share a store: a read that many of them are asked for costs the ERP one call."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from adapter.cache import Cache, Life
from adapter.cache.sealed import Sealing
from adapter.cache.turns import MOST_BYTES, Turns
from adapter.errors import BackendFault, BackendTimeout, BackendUnreachable, RequestError
from adapter.messages import Caller, Handler, Request, Response
from adapter.shared import Leases, Shared, open_shared
from adapter.steps.cached import cached
from tests.resilience import engines
from tests.unit.coalescing import BODY, WAY, Clock, request, together

SECRET = b"s" * 32
ROOT = Path(__file__).parents[2]
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


def _body(found: Response | BaseException) -> bytes:
    assert isinstance(found, Response), found
    assert isinstance(found.body, bytes)
    return found.body


def _status(found: Response | BaseException) -> str:
    return (found if isinstance(found, Response | RequestError) else Response(0)).headers.get("Cache-Status", "")


def _both(shared: Shared, *said: Response | Exception, way: object = WAY) -> tuple[Erp, list[Response | BaseException]]:
    """Ask two workers at once; the ERP answers once the second one waits. Return the ERP and both answers."""
    first, waiting = threading.Event(), threading.Event()
    erp = Erp(*said, before=lambda: (first.set(), waiting.wait(30)))
    one, other = Worker(shared, erp, way=way), Worker(shared, erp, waits=waiting.set, way=way)
    return erp, together([one.ask, lambda: (first.wait(30), other.ask())[1]])


def test_one_of_two_workers_asks(shared: Shared) -> None:
    """Where nothing is kept one worker asks; the other waits for its answer, and keeps it too."""
    erp, answers = _both(shared, Response(200, BODY, headers={"ETag": '"v7"'}))
    assert [BODY, BODY] == [_body(each) for each in answers]
    assert ["adapter; fwd=miss; stored", "adapter; fwd=miss; collapsed"] == [_status(each) for each in answers]
    assert [1, '"v7"'] == [len(erp.asked), answers[1].headers["ETag"]]  # type: ignore[union-attr]


def test_many_of_two_workers(shared: Shared) -> None:
    """Of many in both workers one asks."""
    waiting = threading.Event()
    erp = Erp(Response(200, BODY), before=lambda: waiting.wait(30))
    workers = [Worker(shared, erp, waits=waiting.set) for _ in range(2)]
    answers = together([worker.ask for worker in workers for _ in range(20)])
    assert ([BODY] * 40, 1) == ([_body(each) for each in answers], len(erp.asked))


def test_what_one_worker_has_another_has(shared: Shared) -> None:
    """Who comes later has the answer with its age, in whatever worker; 304 where the caller has it."""
    erp, clock = Erp(Response(200, BODY)), Clock()
    Worker(shared, erp, clock).ask()
    shared.command("PEXPIRE", _names(shared)[0], 3_609_500)  # of 3630 s, so 20.5 s later
    later = Worker(shared, erp, clock)
    found = later.ask()
    etag = found.headers["ETag"]  # type: ignore[union-attr]
    again = Worker(shared, erp, clock).ask(headers={"if-none-match": etag})
    assert ("adapter; hit; ttl=9", 304, 1) == (_status(found), again.status, len(erp.asked))  # type: ignore[union-attr]
    clock.now += 9
    assert "adapter; hit; ttl=0" == _status(later.ask())


def _names(shared: Shared, pattern: str = "adapter:entry:*") -> list[bytes]:
    found: list[bytes] = shared.command("KEYS", pattern)
    return found


def test_an_answer_that_comes_between_looking_and_asking(shared: Shared) -> None:
    """Who finds nothing, and then gets a turn that another one has just ended, has that one's answer."""
    erp = Erp(Response(200, BODY))
    other = Worker(shared, erp)

    class Late(Leases):
        """Leases that are taken once the other worker has had its turn."""

        def take(self, name: str, until: float) -> tuple[str, bool] | None:
            """Take one."""
            other.ask()
            return super().take(name, until)

    turns = Turns(shared, Late(shared), Sealing(SECRET))
    handle = cached(WAY, Cache(10**7, shared=shared.entries, turns=turns))(erp)
    assert (BODY, 1, []) == (handle(request()).body, len(erp.asked), _names(shared, "adapter:ahead:*"))


def test_callers_never_share(shared: Shared) -> None:
    """What one caller got no other caller gets in another worker; and nothing of it can be read in the store."""
    erp = Erp(Response(200, b"ann's"), Response(200, b"bob's"), Response(200, b"nobody's"))
    one, other = Worker(shared, erp), Worker(shared, erp)
    ann, bob = Caller("ann"), Caller("bob")
    bodies = [
        _body(worker.ask(caller=caller)) for worker, caller in ((one, ann), (other, bob), (one, bob), (other, ann))
    ]
    assert [b"ann's", b"bob's", b"bob's", b"ann's"] == bodies
    kept = b"".join(name + shared.command("GET", name) for name in _names(shared))
    assert [2, False] == [len(_names(shared)), any(word in kept for word in (b"ann", b"bob", b"things"))]


def test_an_entry_that_was_moved_is_no_answer(shared: Shared) -> None:
    """What somebody put at another's name in the store cannot be opened there, so the ERP is asked."""
    erp = Erp(Response(200, b"ann's"), Response(200, b"bob's"), Response(200, b"bob's again"))
    Worker(shared, erp).ask(caller=Caller("ann"))
    (anns,) = _names(shared)
    Worker(shared, erp).ask(caller=Caller("bob"))
    (bobs,) = set(_names(shared)) - {anns}
    shared.command("SET", bobs, shared.command("GET", anns), "PX", 60_000)
    assert b"bob's again" == _body(Worker(shared, erp).ask(caller=Caller("bob")))


def test_another_secret_is_another_world(shared: Shared) -> None:
    """Workers with another secret find nothing, and wait for nobody."""
    erp = Erp(Response(200, b"1"), Response(200, b"2"))
    answers = [_body(Worker(shared, erp, secret=secret).ask()) for secret in (SECRET, b"t" * 32)]
    assert [b"1", b"2"] == answers


def test_an_error_is_that_of_both(shared: Shared) -> None:
    """The ERP's failure is told to those who waited for it; who comes later asks."""
    erp, answers = _both(shared, DOWN, Response(200, BODY))
    told = [
        (type(e), e.problem, e.status, e.detail, e.headers["Retry-After"])
        for e in answers
        if isinstance(e, BackendUnreachable)
    ]
    assert [(BackendUnreachable, "backend-unreachable", 503, "It is down.", "7")] * 2 == told
    assert (1, BODY) == (len(erp.asked), _body(Worker(shared, erp).ask()))


def test_there_is_none(shared: Shared) -> None:
    """That there is none is known to all workers for ``not_found``."""
    erp, answers = _both(shared, NONE)
    later = Worker(shared, erp).ask()
    assert [("no-thing", 404)] * 3 == [(e.problem, e.status) for e in (*answers, later) if isinstance(e, RequestError)]
    assert (1, True) == (len(erp.asked), _status(later).startswith("adapter; hit"))


def test_what_is_no_longer_fresh_when_it_comes(shared: Shared) -> None:
    """An ERP that takes longer than ``fresh`` is asked once too: those who waited have its answer."""
    erp, answers = _both(shared, Response(200, BODY), way=replace(WAY, life=Life(0.0)))
    assert ([BODY, BODY], 1) == ([_body(each) for each in answers], len(erp.asked))


def test_what_nobody_may_share(shared: Shared) -> None:
    """A large answer stays with its worker; so each asks, and at the same time from then on."""
    large = b"x" * (MOST_BYTES + 1)
    erp, answers = _both(shared, Response(200, large))
    assert ([large] * 2, 2, []) == (
        [_body(each) for each in answers],
        len(erp.asked),
        [name for name in _names(shared) if b":" not in name.removeprefix(b"adapter:entry:")],
    )


def test_one_refreshes(shared: Shared) -> None:
    """An old answer is given in all workers at once; one of them asks for a newer one, and the other takes it over."""
    erp, clock = Erp(Response(200, b"1"), Response(200, b"2")), Clock()
    one, other = Worker(shared, erp, clock), Worker(shared, erp, clock)
    bodies = [_body(each.ask()) for each in (one, other)]
    _pass(shared, clock, 40.1)
    bodies += [_body(each.ask()) for each in (one, other)]
    for each in (one, other):
        each.begun.pop()()
    bodies += [_body(each.ask()) for each in (one, other)]
    assert ([b"1", b"1", b"1", b"1", b"2", b"2"], 2) == (bodies, len(erp.asked))


def _pass(shared: Shared, clock: Clock, seconds: float) -> None:
    """Let time go by, for workers and in the store."""
    clock.now += seconds
    for name in _names(shared):
        shared.command("PEXPIRE", name, int(shared.command("PTTL", name) - seconds * 1000))


def test_a_worker_that_never_asked_has_an_old_answer(shared: Shared) -> None:
    """An old answer of another worker is given as an own one: while one newer is fetched, and where the ERP is down."""
    erp, clock = Erp(Response(200, b"1"), DOWN), Clock()
    Worker(shared, erp, clock).ask()
    _pass(shared, clock, 40.1)
    stale = Worker(shared, erp, clock)
    assert ("adapter; hit; ttl=-11", 1) == (_status(stale.ask()), len(stale.begun))
    _pass(shared, clock, 3000)
    assert "adapter; hit; ttl=-3011; detail=stale-if-error" == _status(Worker(shared, erp, clock).ask())
    _pass(shared, clock, 600)
    assert isinstance(Worker(shared, erp, clock).ask(), BackendUnreachable)


def test_a_write_meanwhile(shared: Shared) -> None:
    """Who asks after a write neither waits for nor gets what was asked for before it, in whatever worker."""
    written = threading.Event()

    def erp(asked: Request) -> Response:
        if not asked.id.startswith("late"):
            other.cache.drop(["things.read 7"])
            written.set()
            assert done.wait(30)
            return Response(200, b"old")
        return Response(200, b"new")

    done = threading.Event()
    one, other = Worker(shared, erp), Worker(shared, erp)
    answers = together([one.ask, lambda: (written.wait(30), other.ask(id="late"), done.set())[1]])
    assert [b"old", b"new"] == [_body(each) for each in answers]
    assert b"new" == _body(Worker(shared, erp).ask(id="late"))


def test_who_waits_does_so_within_its_own_time(shared: Shared) -> None:
    """Who has no time left is told so, and the ERP is not asked for it."""
    first, done = threading.Event(), threading.Event()
    erp = Erp(Response(200, BODY), before=lambda: (first.set(), done.wait(30)))
    one, other = Worker(shared, erp), Worker(shared, erp)
    answers = together([one.ask, lambda: (first.wait(30), other.ask(0), done.set())[1]])
    assert [Response, BackendTimeout, 1] == [*map(type, answers), len(erp.asked)]


def test_the_store_is_lost_while_one_waits() -> None:
    """Who waits asks at once when the store is lost, as a worker does that is alone; nobody fails."""
    with _valkey() as server:
        shared = open_shared(server.url)
        assert shared is not None
        first, asked = threading.Event(), threading.Semaphore(0)
        both = threading.Barrier(2)
        erp = Erp(Response(200, BODY), before=lambda: (first.set(), asked.release(), both.wait(30)))
        one, other = Worker(shared, erp), Worker(shared, erp, waits=server.kill)
        answers = together([one.ask, lambda: (first.wait(30), other.ask())[1]])
        shared.close()
    assert ([BODY, BODY], 2) == ([_body(each) for each in answers], len(erp.asked))


def _valkey() -> object:
    try:
        return engines.valkey()
    except engines.Absent as absent:
        pytest.skip(str(absent))


_DIES = """
import sys, threading
from tests.unit.test_workers_share_reads import Worker
from adapter.shared import open_shared
Worker(open_shared(sys.argv[1]), lambda _: (print("asked", flush=True), threading.Event().wait())).ask()
"""


def test_who_asks_is_killed(shared: Shared) -> None:
    """A worker that is killed while it asks (SIGKILL) holds nobody up for long: the next one takes its turn."""
    url = engines.shared_valkey().url
    process = subprocess.Popen([sys.executable, "-c", _DIES, url], cwd=ROOT, stdout=subprocess.PIPE)
    with process:
        assert process.stdout is not None
        assert b"asked\n" == process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert 1 == len(_names(shared, "adapter:ahead:*"))
        erp = Erp(Response(200, BODY))
        assert (BODY, 1) == (_body(Worker(shared, erp).ask()), len(erp.asked))
    assert [] == _names(shared, "adapter:ahead:*")


def test_a_lease_is_renewed_by_who_holds_it(shared: Shared) -> None:
    """A lease goes on as long as it is held, but not beyond its time; then renewing it ends."""
    clock, begun = Clock(), []
    left: list[int] = []

    def rest() -> None:
        left.append(shared.command("PTTL", "a"))
        clock.now += 400
        shared.command("PEXPIRE", "a", 10)

    leases = Leases(shared, clock=clock, begin=begun.append, rest=rest)
    taken = leases.take("a", clock.now + 1000.5)
    assert taken is not None
    assert [True, False] == [taken[1], (Leases(shared).take("a", time.monotonic() + 9) or ("", None))[1]]
    begun.pop()()
    assert [True, True, True] == [1500 < left[0], 1500 < left[1], left[2] <= 2000]
    leases.end("a", "another's")
    leases.take("b", clock.now + 1000)
    assert 1 == len(begun)


def test_a_lease_is_given_back_by_who_holds_it(shared: Shared) -> None:
    """Nobody gives back what is another's by now."""
    leases, until = Leases(shared, begin=lambda act: None), time.monotonic() + 60
    word = (leases.take("a", until) or ("", False))[0]
    shared.command("SET", "a", "another")
    leases.end("a", word)
    assert (b"another", "another") == (shared.command("GET", "a"), (leases.take("a", until) or ("", True))[0])
