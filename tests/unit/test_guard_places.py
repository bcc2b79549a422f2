"""Places at an endpoint: who is let in, who waits and for whom, who is sent away; and places shared by workers."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from adapter.app import build
from adapter.errors import BackendTimeout, BackendUnavailable, BuildError
from adapter.guard.gates import NOT_ASKED, Leave, Outcome
from adapter.guard.places import Places, Watcher
from adapter.guard.sharing import Sharing
from adapter.mapping.model.policy import Effect
from adapter.messages import Request
from adapter.shared import Shared
from adapter.shared.grants import Found, Granted, granted
from adapter.shared.link import Lost
from tests.cases import SHAPES, shape_project


def request(seconds: float = 60.0, kind: str = "") -> Request:
    """Return a request with so much time left."""
    return Request("orders.read", "1", time.monotonic() + seconds, kind=kind)  # type: ignore[arg-type]


class Queue:
    """Calls that wait for a place, each in a thread of its own; ``order`` is in which they were let in."""

    def __init__(self, most: int = 1, length: int = 100) -> None:
        self.shed: list[str] = []
        self.places = Places(most, lambda places: length, Watcher(shed=self.shed.append))
        self.order: list[str] = []
        self._threads = ThreadPoolExecutor(20)

    def wait(self, name: str, effect: Effect = "read", kind: str = "") -> Future[Leave]:
        """Let a call come; return once it waits, or was let in or sent away."""
        before = self.places.waiting
        future = self._threads.submit(self._come, name, effect, kind)
        while self.places.waiting == before and not future.done() and not self.shed:
            pass
        return future

    def _come(self, name: str, effect: Effect, kind: str) -> Leave:
        leave = self.places.enter(request(kind=kind), effect)
        self.order.append(name)
        leave(NOT_ASKED)
        return leave


def test_calls_wait_in_the_order_of_their_importance_then_of_their_coming() -> None:
    """Health comes before writes, writes before reads, reads before shadows; equals as they came."""
    queue = Queue()
    leave = queue.places.enter(request(), "read")
    waiting = [
        queue.wait("shadow", "read", "shadow"),
        queue.wait("read 1"),
        queue.wait("write 1", "write"),
        queue.wait("read 2"),
        queue.wait("write 2", "idempotent"),
        queue.wait("health", "read", "health"),
    ]
    leave(NOT_ASKED)
    for each in waiting:
        each.result()
    assert ["health", "write 1", "write 2", "read 1", "read 2", "shadow"] == queue.order
    assert 0 == queue.places.filled


def test_a_full_queue_sends_the_least_important_away() -> None:
    """A write takes the place of the last read; one more read than fits is sent away itself."""
    queue = Queue(length=2)
    leave = queue.places.enter(request(), "read")
    first, second = queue.wait("read 1"), queue.wait("read 2")
    write = queue.wait("write", "write")
    with pytest.raises(BackendUnavailable, match="queue-full") as refused:
        second.result()
    assert ("no", "1") == (refused.value.sent, refused.value.headers["Retry-After"])
    with pytest.raises(BackendUnavailable, match="queue-full"):
        queue.places.enter(request(), "read")
    leave(NOT_ASKED)
    first.result()
    write.result()
    assert ["write", "read 1"] == queue.order
    assert ["read", "read"] == queue.shed


def test_a_call_waits_no_longer_than_it_has_time() -> None:
    """Whoever had no place before the deadline is refused, and leaves nothing behind."""
    places = Places(1, lambda most: 10)
    leave = places.enter(request(), "read")
    with pytest.raises(BackendUnavailable, match="no-place"):
        places.enter(request(0.01), "read")
    assert 0 == places.waiting
    leave(NOT_ASKED)
    assert 0 == places.filled


class Killed(BaseException):
    """What ends a greenlet from outside."""


@pytest.mark.parametrize("inside", [False, True], ids=["while it waits", "as it is let in"])
def test_a_killed_call_gives_everything_back(inside: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """It leaves the queue, or the place that it was just given."""
    places = Places(1, lambda most: 10)
    leave = places.enter(request(), "read")

    def wait(self: threading.Event, timeout: float | None = None) -> bool:
        if inside:
            leave(NOT_ASKED)
        raise Killed

    monkeypatch.setattr(threading.Event, "wait", wait)
    with pytest.raises(Killed):
        places.enter(request(), "read")
    assert (0, 0 if inside else 1) == (places.waiting, places.filled)


def test_more_places_let_in_who_waits() -> None:
    """A limit that grows is used at once; one that shrinks leaves those alone that are inside."""
    queue = Queue()
    leave = queue.places.enter(request(), "read")
    waiting = queue.wait("read")
    queue.places.change(2)
    waiting.result()
    queue.places.change(0)
    assert 1 == queue.places.filled
    leave(NOT_ASKED)
    assert 0 == queue.places.filled


def ask(shared: Shared, worker: str, wanted: int, filled: int = 0, **more: float) -> int:
    """Return how many places a worker is granted of eight."""
    limit = more.get("limit", 8.0)
    answer = granted(shared, "erp", worker, wanted=wanted, filled=filled, held=filled, limit=limit)
    assert answer is not None
    return answer.places


def test_places_go_where_they_are_wanted(shared: Shared) -> None:
    """One worker alone gets all it wants; a second one its fair part, as soon as the first has given back."""
    assert 8 == ask(shared, "a", 20, 8)
    assert 0 == ask(shared, "b", 20)
    assert 4 == ask(shared, "a", 20, 3)
    assert 4 == ask(shared, "b", 20)
    assert 1 == ask(shared, "b", 1)
    assert 7 == ask(shared, "a", 20, 4)


def test_all_workers_together_have_no_more_than_there_are(shared: Shared) -> None:
    """Whatever they want and in whatever order they ask, grants never pass the limit, and all of it is used."""
    places = dict.fromkeys("abc", 0)
    for step in range(60):
        worker = "abc"[step * 7 % 3]
        places[worker] = ask(shared, worker, (step * 5) % 9, min(places[worker], (step * 3) % 4))
        assert sum(places.values()) <= 8
    for _ in range(3):
        for worker in places:
            places[worker] = ask(shared, worker, 20, 0)
    assert 8 == sum(places.values())


def test_what_a_killed_worker_had_comes_back(shared: Shared) -> None:
    """Its grant runs out, without anybody giving it back."""
    assert 8 == ask(shared, "a", 20, 8)
    shared.command("HSET", "adapter:places:erp", "a", "8 20 8 1")
    assert 8 == ask(shared, "b", 20)


def test_one_workers_measure_counts_for_all(shared: Shared) -> None:
    """The first who found a limit sets it; another one's is not taken while the first goes on."""
    asked = {"wanted": 3, "filled": 0, "held": 0}
    assert 6.5 == granted(shared, "erp", "a", limit=Found(6.5), **asked).limit  # type: ignore[union-attr, arg-type]
    assert 6.5 == granted(shared, "erp", "b", limit=Found(99.0), **asked).limit  # type: ignore[union-attr, arg-type]
    assert 6.5 == granted(shared, "erp", "b", limit=4.0, **asked).limit  # type: ignore[union-attr, arg-type]
    led = granted(shared, "erp", "a", limit=Found(7.0), **asked)  # type: ignore[arg-type]
    assert Granted(3, 7.0, 0, leads=True, others=3) == led


def test_a_limit_that_shrank_is_come_down_to_however_many_wait(shared: Shared) -> None:
    """Who has filled more than that fills none again until it has less; nobody else gets one before."""
    assert 8 == ask(shared, "a", 20, 8)
    assert 2 == ask(shared, "a", 20, 8, limit=2.0)
    assert 0 == ask(shared, "b", 20, 0, limit=2.0)
    assert 1 == ask(shared, "a", 20, 2, limit=2.0)
    assert 0 == ask(shared, "b", 20, 0, limit=2.0)
    assert 1 == ask(shared, "a", 20, 1, limit=2.0)
    assert 1 == ask(shared, "b", 20, 0, limit=2.0)


def test_the_one_who_measures_has_a_place(shared: Shared) -> None:
    """With one place for two workers, it is the one's who measures; once that is over each has one."""

    def found(worker: str, filled: int, limit: Found) -> int:
        answer = granted(shared, "erp", worker, wanted=9, filled=filled, held=filled, limit=limit)
        assert answer is not None
        return answer.places

    assert 1 == found("a", 0, Found(1.0))
    assert 1 == found("b", 1, Found(9.0))
    assert 0 == found("a", 0, Found(1.0, measuring=True))
    assert 0 == found("b", 1, Found(9.0))
    assert 0 == found("b", 0, Found(9.0))
    assert 1 == found("a", 0, Found(1.0, measuring=True))
    assert 0 == found("b", 0, Found(9.0))
    assert 1 == found("a", 1, Found(1.0))
    assert 1 == found("b", 0, Found(9.0))


class Beside:
    """Runs what would run beside the calls when the test says so."""

    def __init__(self) -> None:
        self.acts: list[Callable[[], None]] = []

    def begin(self, act: Callable[[], None]) -> None:
        """Take what is to be run."""
        self.acts.append(act)


def sharing(shared: Shared | None, most: int = 8, workers: int = 4, adaptive: bool = False) -> Sharing:
    """Return a worker's gate of eight places over four workers."""
    return Sharing("erp", most, shared=shared, workers=workers, adaptive=adaptive, begin=Beside().begin)


def test_workers_share_places(shared: Shared) -> None:
    """Two gates with one store let in eight together, wherever they come."""
    one, two = sharing(shared), sharing(shared)
    leaves = [one.enter(request(), "read") for _ in range(5)] + [two.enter(request(), "read") for _ in range(3)]
    with pytest.raises(BackendUnavailable):
        two.enter(request(0.02), "read")
    for leave in leaves:
        leave(NOT_ASKED)
    assert (0, 0) == (one.places.filled, two.places.filled)


def test_forked_workers_are_not_taken_for_one(shared: Shared, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gate that was made before the fork asks for each process in a name of its own."""
    gate = sharing(shared)
    for pid in (1001, 1002):
        monkeypatch.setattr(os, "getpid", lambda pid=pid: pid)
        gate._renew(more=1)
    assert 2 == len(shared.command("HKEYS", "adapter:places:erp"))


def test_without_a_store_each_worker_keeps_to_its_share() -> None:
    """Eight places of four workers are two for each; there is always one."""
    assert 2 == sharing(None).places.most
    assert 1 == sharing(None, most=2).places.most


def test_the_loss_of_the_store_leaves_the_share() -> None:
    """A store that is lost turns what was granted into the share; once it is back it is asked again."""
    answers = [[8, b"8.000", 0, 0, 0]]
    beside = Beside()

    def store(question: object) -> object:
        if not answers:
            raise Lost
        return answers.pop()

    found = Shared(store)
    gate = Sharing("erp", 8, shared=found, workers=4, begin=beside.begin)
    gate.enter(request(), "read")
    assert 8 == gate.places.most
    gate._asked = float("-inf")
    gate._ask()
    assert 2 == gate.places.most


def test_an_adaptive_gate_learns_from_timeouts() -> None:
    """A call without an answer in time lowers the limit, one that was refused by the system does not."""
    gate = sharing(None, most=100, workers=1, adaptive=True)
    assert 4 == gate.places.most
    for _ in range(8):
        gate.enter(request(), "read")(Outcome("failed", 1.0, BackendTimeout("backend-timeout", 504)))
    assert 1 == gate.places.most
    gate.enter(request(), "read")(Outcome("answered", 1.0))
    assert 1 == gate.places.most


def test_more_workers_than_places_are_a_mistake(tmp_path: Path) -> None:
    """Each worker needs a place of its own, so eight places are not for nine workers."""
    project = shape_project(SHAPES / "guard-concurrency", tmp_path / "project", "http://localhost:1")
    assert build(project, {"ADAPTER_WORKERS": "8"}).endpoints
    with pytest.raises(BuildError, match="concurrency: 8 is less than the 9 workers"):
        build(project, {"ADAPTER_WORKERS": "9"})
