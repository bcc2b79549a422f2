"""Workers that share a store: a read that many of them are asked for costs the ERP one call."""

from __future__ import annotations

import threading
from dataclasses import replace

from adapter.cache import Cache, Life
from adapter.cache.sealed import Sealing
from adapter.cache.turns import MOST_BYTES, Turns
from adapter.errors import BackendUnreachable, RequestError
from adapter.messages import Caller, Request, Response
from adapter.shared import Leases, Shared
from adapter.steps.cached import cached
from tests.unit.coalescing import BODY, WAY, Clock, request, together
from tests.unit.workers import DOWN, NONE, SECRET, Erp, Worker, body_of, both, cache_status, later, names_in


def test_one_of_two_workers_asks(shared: Shared) -> None:
    """Where nothing is kept one worker asks; the other waits for its answer, and keeps it too."""
    erp, answers = both(shared, Response(200, BODY, headers={"ETag": '"v7"'}))
    assert [BODY, BODY] == [body_of(each) for each in answers]
    assert ["adapter; fwd=miss; stored", "adapter; fwd=miss; collapsed"] == [cache_status(each) for each in answers]
    assert [1, '"v7"'] == [len(erp.asked), answers[1].headers["ETag"]]  # type: ignore[union-attr]


def test_many_of_two_workers(shared: Shared) -> None:
    """Of many in both workers one asks."""
    waiting = threading.Event()
    erp = Erp(Response(200, BODY), before=lambda: waiting.wait(30))
    workers = [Worker(shared, erp, waits=waiting.set) for _ in range(2)]
    answers = together([worker.ask for worker in workers for _ in range(20)])
    assert ([BODY] * 40, 1) == ([body_of(each) for each in answers], len(erp.asked))


def test_what_one_worker_has_another_has(shared: Shared) -> None:
    """Who comes later has the answer with its age, in whatever worker; 304 where the caller has it."""
    erp, clock = Erp(Response(200, BODY)), Clock()
    Worker(shared, erp, clock).ask()
    shared.command("PEXPIRE", names_in(shared)[0], 3_609_500)  # of 3630 s, so 20.5 s later
    later = Worker(shared, erp, clock)
    found = later.ask()
    etag = found.headers["ETag"]  # type: ignore[union-attr]
    again = Worker(shared, erp, clock).ask(headers={"if-none-match": etag})
    assert ("adapter; hit; ttl=9", 304, 1) == (cache_status(found), again.status, len(erp.asked))  # type: ignore[union-attr]
    clock.now += 9
    assert "adapter; hit; ttl=0" == cache_status(later.ask())


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
    assert (BODY, 1, []) == (handle(request()).body, len(erp.asked), names_in(shared, "adapter:ahead:*"))


def test_callers_never_share(shared: Shared) -> None:
    """What one caller got no other caller gets in another worker; and nothing of it can be read in the store."""
    erp = Erp(Response(200, b"ann's"), Response(200, b"bob's"), Response(200, b"nobody's"))
    one, other = Worker(shared, erp), Worker(shared, erp)
    ann, bob = Caller("ann"), Caller("bob")
    bodies = [
        body_of(worker.ask(caller=caller)) for worker, caller in ((one, ann), (other, bob), (one, bob), (other, ann))
    ]
    assert [b"ann's", b"bob's", b"bob's", b"ann's"] == bodies
    kept = b"".join(name + shared.command("GET", name) for name in names_in(shared))
    assert [2, False] == [len(names_in(shared)), any(word in kept for word in (b"ann", b"bob", b"things"))]


def test_an_entry_that_was_moved_is_no_answer(shared: Shared) -> None:
    """What somebody put at another's name in the store cannot be opened there, so the ERP is asked."""
    erp = Erp(Response(200, b"ann's"), Response(200, b"bob's"), Response(200, b"bob's again"))
    Worker(shared, erp).ask(caller=Caller("ann"))
    (anns,) = names_in(shared)
    Worker(shared, erp).ask(caller=Caller("bob"))
    (bobs,) = set(names_in(shared)) - {anns}
    shared.command("SET", bobs, shared.command("GET", anns), "PX", 60_000)
    assert b"bob's again" == body_of(Worker(shared, erp).ask(caller=Caller("bob")))


def test_another_secret_is_another_world(shared: Shared) -> None:
    """Workers with another secret find nothing, and wait for nobody."""
    erp = Erp(Response(200, b"1"), Response(200, b"2"))
    answers = [body_of(Worker(shared, erp, secret=secret).ask()) for secret in (SECRET, b"t" * 32)]
    assert [b"1", b"2"] == answers


def test_an_error_is_that_of_both(shared: Shared) -> None:
    """The ERP's failure is told to those who waited for it; who comes later asks."""
    erp, answers = both(shared, DOWN, Response(200, BODY))
    told = [
        (type(e), e.problem, e.status, e.detail, e.headers["Retry-After"])
        for e in answers
        if isinstance(e, BackendUnreachable)
    ]
    assert [(BackendUnreachable, "backend-unreachable", 503, "It is down.", "7")] * 2 == told
    assert (1, BODY) == (len(erp.asked), body_of(Worker(shared, erp).ask()))


def test_there_is_none(shared: Shared) -> None:
    """That there is none is known to all workers for ``not_found``."""
    erp, answers = both(shared, NONE)
    later = Worker(shared, erp).ask()
    assert [("no-thing", 404)] * 3 == [(e.problem, e.status) for e in (*answers, later) if isinstance(e, RequestError)]
    assert (1, True) == (len(erp.asked), cache_status(later).startswith("adapter; hit"))


def test_what_is_no_longer_fresh_when_it_comes(shared: Shared) -> None:
    """An ERP that takes longer than ``fresh`` is asked once too: those who waited have its answer."""
    erp, answers = both(shared, Response(200, BODY), way=replace(WAY, life=Life(0.0)))
    assert ([BODY, BODY], 1) == ([body_of(each) for each in answers], len(erp.asked))


def test_what_nobody_may_share(shared: Shared) -> None:
    """A large answer stays with its worker; so each asks, and at the same time from then on."""
    large = b"x" * (MOST_BYTES + 1)
    erp, answers = both(shared, Response(200, large))
    assert ([large] * 2, 2, []) == (
        [body_of(each) for each in answers],
        len(erp.asked),
        [name for name in names_in(shared) if b":" not in name.removeprefix(b"adapter:entry:")],
    )


def test_one_refreshes(shared: Shared) -> None:
    """An old answer is given in all workers at once; one of them asks for a newer one, and the other takes it over."""
    erp, clock = Erp(Response(200, b"1"), Response(200, b"2")), Clock()
    one, other = Worker(shared, erp, clock), Worker(shared, erp, clock)
    bodies = [body_of(each.ask()) for each in (one, other)]
    later(shared, clock, 40.1)
    bodies += [body_of(each.ask()) for each in (one, other)]
    for each in (one, other):
        each.begun.pop()()
    bodies += [body_of(each.ask()) for each in (one, other)]
    assert ([b"1", b"1", b"1", b"1", b"2", b"2"], 2) == (bodies, len(erp.asked))


def test_a_worker_that_never_asked_has_an_old_answer(shared: Shared) -> None:
    """An old answer of another worker is given as an own one: while one newer is fetched, and where the ERP is down."""
    erp, clock = Erp(Response(200, b"1"), DOWN), Clock()
    Worker(shared, erp, clock).ask()
    later(shared, clock, 40.1)
    stale = Worker(shared, erp, clock)
    assert ("adapter; hit; ttl=-11", 1) == (cache_status(stale.ask()), len(stale.begun))
    later(shared, clock, 3000)
    assert "adapter; hit; ttl=-3011; detail=stale-if-error" == cache_status(Worker(shared, erp, clock).ask())
    later(shared, clock, 600)
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
    assert [b"old", b"new"] == [body_of(each) for each in answers]
    assert b"new" == body_of(Worker(shared, erp).ask(id="late"))
