"""Telling callers that their writes have ended: at once, again, or not any more; their rows stay as they are."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from adapter.deliver import upkeep
from adapter.deliver.addresses import public
from adapter.deliver.callback import keys_of
from adapter.deliver.settle import Keeping
from adapter.deliver.steady import Steady
from adapter.deliver.telling import GIVEN_UP, LEASE, Telling, sealed
from adapter.store import Connection, callbacks, writes
from adapter.store.tables import CALLBACKS
from adapter.store.writes import DONE, QUEUED, Write
from tests.resilience.stores import ENGINES, place
from tests.unit.loopback import Peer, serving

KEYS = keys_of("a secret of at least twenty-four bytes")


@dataclass
class World:
    """A row with somebody to tell, on a clock that the test turns."""

    keeping: Keeping
    now: float = 1_000_000.0
    outcomes: Counter[str] = field(default_factory=Counter)

    def telling(self, allowed: Callable[[str], bool] = lambda address: True) -> Telling:
        """What tells, as another process would."""
        return Telling(self.keeping, lambda: KEYS, self._count, allowed)

    def _count(self, outcome: str) -> None:
        self.outcomes[outcome] += 1

    def row(self, url: str, state: str = DONE) -> Write:
        """A row, and whom to tell of it."""
        subject = self.keeping.vault.subject("customer 42")
        new = Write("shop", "orders.create", state, self.now, subject=subject, promised=True)
        told = sealed(self.keeping, new.id, subject, url, self.now)

        def act(connection: Connection) -> Write | None:
            callbacks.put(connection, told)
            return writes.insert(connection, new)

        made = self.keeping.store.run(act)
        assert made is not None
        return made

    def waiting(self) -> int:
        """How many are still to be told, now or later."""
        return len(self.keeping.store.read(lambda connection: callbacks.due(connection, self.now + 1e9, 99)))


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A new world on each engine."""
    where = place(request.param, tmp_path)
    steady = Steady(lambda: made.now, "here")
    made = World(Keeping(where.store(patience=60.0), where.vault(), now=lambda: made.now, steady=steady))
    yield made
    made.keeping.store.close()


def _answer(status: str) -> Callable[[Peer], None]:
    def script(peer: Peer) -> None:
        if peer.request():
            peer.send(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())

    return script


def test_who_is_to_be_told_is_told_once_it_has_ended(world: World) -> None:
    """Not before; and once."""
    with serving(_answer("204 No Content")) as server:
        row = world.row(server.url, QUEUED)
        assert 0 == world.telling().tell()
        world.keeping.store.run(lambda connection: writes.change(connection, row.id, (QUEUED,), world.now, state=DONE))
        assert (1, 0) == (world.telling().tell(), world.telling().tell())
    assert 1 == len(server.requests)
    assert row.id.encode() in server.requests[0]
    assert ({"taken": 1}, 0) == (dict(world.outcomes), world.waiting())


def test_what_was_not_taken_is_tried_again_for_a_day(world: World) -> None:
    """Later each time; then it is given up, and the row is as it was."""
    with serving(_answer("500 Oops")) as server:
        row = world.row(server.url)
        assert 1 == world.telling().tell()
        assert 0 == world.telling().tell()
        world.now += 3600
        assert 1 == world.telling().tell()
        world.now += GIVEN_UP
        assert 1 == world.telling().tell()
    assert ({"again": 2, "given-up": 1}, 0) == (dict(world.outcomes), world.waiting())
    assert row == world.keeping.store.read(lambda connection: writes.by_id(connection, row.id))


def test_a_clock_that_was_set_back_delays_nobody(world: World) -> None:
    """Who was to be tried again at a time that is far away now is tried at once; a usual wait stays."""
    with serving(_answer("500 Oops")) as server:
        world.row(server.url)
        assert (1, 0) == (world.telling().tell(), world.telling().tell())
        world.now -= 86400
        assert (1, 0) == (world.telling().tell(), world.telling().tell())


def test_who_is_gone_is_not_told_again(world: World) -> None:
    """410 says so."""
    with serving(_answer("410 Gone")) as server:
        world.row(server.url)
        world.telling().tell()
    assert ({"given-up": 1}, 0) == (dict(world.outcomes), world.waiting())


def test_a_name_that_leads_inside_by_then_is_not_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was a good origin when it was named. Nothing arrives at the address inside."""
    with serving(_answer("204 No Content")) as server:
        there = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *names, **options: there)
        world.row(f"http://shop.example:{server.port}/told")
        world.telling(public).tell()
        assert 0 == server.connections
    assert {"again": 1} == dict(world.outcomes)


def test_of_two_who_tell_at_once_one_does(world: World) -> None:
    """A claim with a lease, so that a process that dies leaves it to the next one."""
    with serving(_answer("204 No Content")) as server:
        row = world.row(server.url)
        (ended,) = world.keeping.store.read(lambda connection: callbacks.due(connection, world.now, 9))
        world.keeping.store.run(lambda connection: callbacks.take(connection, ended.callback, world.now + LEASE))
        assert 0 == world.telling().tell()
        world.now += LEASE
        assert 1 == world.telling().tell()
    assert row.id.encode() in server.requests[0]


def test_whom_to_tell_goes_with_the_subject_and_with_the_row(world: World) -> None:
    """An erased address cannot be read; a row that expired has nobody to tell."""
    world.row("https://shop.example/told")
    world.keeping.vault.erase(world.keeping.vault.subject("customer 42"))
    world.telling().tell()
    assert ({"given-up": 1}, 0) == (dict(world.outcomes), world.waiting())
    world.row("https://shop.example/told")
    world.now += world.keeping.keep + 1
    assert 2 == upkeep.forget(world.keeping)
    assert 0 == world.waiting()
    assert [] == world.keeping.store.read(lambda connection: list(connection.execute(CALLBACKS.select())))
