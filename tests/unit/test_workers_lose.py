"""Workers that share a store: who asks may be killed, the store may be lost, and a lease ends by itself."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from adapter.errors import BackendTimeout
from adapter.messages import Response
from adapter.shared import Leases, Shared, open_shared
from tests.resilience import engines
from tests.unit.coalescing import BODY, Clock, together
from tests.unit.workers import Erp, Worker, body_of, names_in

ROOT = Path(__file__).parents[2]


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
    assert ([BODY, BODY], 2) == ([body_of(each) for each in answers], len(erp.asked))


def _valkey() -> object:
    try:
        return engines.valkey()
    except engines.Absent as absent:
        pytest.skip(str(absent))


_DIES = """
import sys, threading
from tests.unit.workers import Worker
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
        assert 1 == len(names_in(shared, "adapter:ahead:*"))
        erp = Erp(Response(200, BODY))
        assert (BODY, 1) == (body_of(Worker(shared, erp).ask()), len(erp.asked))
    assert [] == names_in(shared, "adapter:ahead:*")


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
