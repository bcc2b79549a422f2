"""A call that fails is gone once its caller has the error: nothing that it had waits for the collector.

The collector of a worker looks seldom (``ops/gunicorn.conf.py``). An exception that is reached from a variable of one
of the calls that it came through keeps all of them, with the whole request: under faults, a worker would grow by that.
"""

from __future__ import annotations

import gc
import socket
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from adapter.callers.keys import Keys
from adapter.callers.keytext import new_key
from adapter.deliver.flights import Flight, Flights
from adapter.errors import BackendError, BackendLost, BackendUnreachable, RequestError, StoreUnavailable
from adapter.exchange.single import Single
from adapter.messages import Request, Response, Stream
from adapter.several import beside
from adapter.several.joined import left_out
from adapter.steps.observe import observe
from adapter.steps.schemas import body_field
from adapter.steps.taking import taking
from adapter.store.greenlets import Threads
from tests.callers.known import durable, raising
from tests.resilience.stores import place
from tests.unit.coalescing import Scene, request
from tests.unit.edge import Edge
from tests.unit.exchanges import SOON, exchange_with, send, silence
from tests.unit.keeping import Desk, Erp, asked
from tests.unit.loopback import PATIENCE, Peer, Script, answer, replying, serving
from tests.unit.mapped import erp
from tests.wsgi import ask


@pytest.fixture(autouse=True)
def _without_the_collector() -> Iterator[None]:
    """Let the collector rest: what is gone is gone without it."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


class _Held:
    """Something that a call has at hand, as the request is."""


def kept(
    act: Callable[[], object], kind: type[BaseException] = BaseException, then: Callable[[], object] = bool
) -> bool:
    """Return whether what a call had is still there once it has failed, its error was told, and something happened."""

    def told() -> weakref.ref[_Held]:
        held = _Held()
        with pytest.raises(kind):
            act()
        return weakref.ref(held)

    found = told()
    then()
    return found() is not None


def _down(_: object = None) -> Response:
    raise BackendUnreachable("backend-unreachable", 503, sent="no")


def _request_broken(peer: Peer) -> None:
    peer.request()
    peer.reset()


def _cut(peer: Peer) -> None:
    replying(answer(b"<a>" + b" " * 2000)[:-1000])(peer)


@pytest.mark.parametrize("script", [_request_broken, _cut, silence, replying(b"no HTTP\r\n\r\n")])
def test_an_exchange_that_fails(script: Script) -> None:
    """However an exchange ends without an answer."""
    with serving(script) as server, exchange_with(server) as exchange:
        assert not kept(lambda: send(exchange, seconds=SOON), BackendError)


def test_nobody_listens() -> None:
    """A connection that is refused."""
    with serving() as server:
        pass
    with exchange_with(server) as exchange:
        assert not kept(lambda: send(exchange), BackendError)


def test_an_address_of_several_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name with two addresses, the first of which nobody listens at: the call succeeds, and is gone too."""
    with serving() as gone:
        pass
    with serving(replying(answer(b"<a/>"))) as server:
        ways = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", each.port)) for each in (gone, server)]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: ways)
        with exchange_with(f"http://localhost:{server.port}/") as exchange:
            assert not kept(partial(_failing_after, send, exchange), LookupError)


def _failing_after(act: Callable[[Any], object], what: Any) -> None:
    act(what)
    raise LookupError


def test_one_asks_for_many() -> None:
    """The failure that others are told as well."""
    single = Single(lambda: pytest.fail("nobody is late"))
    assert not kept(lambda: single.get(time.monotonic() + PATIENCE, lambda: None, _down), BackendError)


def test_a_write_that_many_ask_for() -> None:
    """A flight of writes with one key that ends with an error for all of them."""

    def fly() -> None:
        flights = Flights()
        flight, _ = flights.join("key", lambda: Flight(""))
        flights.fly("key", flight, _down)

    assert not kept(fly, RequestError)


def test_a_read_that_many_ask_for() -> None:
    """A flight of reads that ends with an error for all of them."""
    handle = Scene(_down).handle
    assert not kept(lambda: handle(request()), RequestError)


def test_work_beside_other_work() -> None:
    """A call beside the main one that fails."""
    assert not kept(lambda: beside.begin(_down, time.monotonic() + PATIENCE)(), RequestError)


def test_a_body_that_is_wrong() -> None:
    """A caller's mistake, told by marshmallow."""
    field = body_field(erp()["orders.create"])
    assert field is not None
    wrong = {"lines": [{"unit": "heap"}, {"unit": "heap"}]}
    assert not kept(partial(_failing_after, lambda body: taking(field)(body, []), wrong), LookupError)


def test_a_path_that_nobody_has() -> None:
    """404, from Flask's router."""
    application = Edge().app
    assert 404 == ask(application, "/v1/none")[0]
    assert not kept(partial(_failing_after, partial(ask, application), "/v1/none"), LookupError)


def test_a_call_that_may_not_be_left_out() -> None:
    """The failure of one of several calls is that of all."""
    part: Any = SimpleNamespace(call=SimpleNamespace(rule=SimpleNamespace(optional=False)))

    def asked_beside() -> None:
        try:
            _down()
        except RequestError as error:
            left_out(part, error, [])

    assert not kept(asked_beside, RequestError)


def test_a_stream_that_breaks() -> None:
    """A reply that breaks after its first bytes, once it is closed."""

    def broken() -> Iterator[bytes]:
        yield b"["
        raise BackendLost("backend-lost", 502)

    def read() -> None:
        asked_for = Request("customers.list", "id-1", 0.0)
        streamed = observe(lambda: None, lambda _: None)(lambda _: Response(200, Stream(broken(), lambda: None)))
        body = streamed(asked_for).body
        assert isinstance(body, Stream)
        try:
            list(body.chunks)
        finally:
            body.close()

    assert not kept(read, BackendLost)


def test_a_slow_write_that_fails(tmp_path: Path) -> None:
    """A write with ``slow`` runs in a thread of its own, whose error is handed on."""
    desk = Desk(place("sqlite", tmp_path), Erp(before=_raise_down), slow=PATIENCE)
    desk.rows()
    assert not kept(lambda: desk.handle(asked('"k"')), RequestError)


def _raise_down(_: Request) -> None:
    _down()


def test_a_transaction_that_fails() -> None:
    """What is raised in a thread of gevent's goes to who waits for it, and nowhere else."""
    threads = Threads(1)
    assert not kept(lambda: threads.run(_down, time.monotonic() + PATIENCE), RequestError)
    threads.close()


def test_a_transaction_that_takes_too_long() -> None:
    """Who had no time to wait for it is gone, though it goes on."""
    threads, go = Threads(1), threading.Event()

    def next_one() -> None:  # gevent's loop has the time-out that it raised at hand until it goes on
        go.set()
        threads.run(bool, time.monotonic() + PATIENCE)

    assert not kept(lambda: threads.run(go.wait, time.monotonic()), StoreUnavailable, next_one)
    threads.close()


def test_a_store_that_cannot_be_asked(tmp_path: Path) -> None:
    """What a driver says is wrong with a database."""
    store = place("sqlite", tmp_path).store()
    store.read(lambda connection: connection.exec_driver_sql("SELECT 1"))
    assert not kept(lambda: store.read(lambda connection: connection.exec_driver_sql("SELECT")), StoreUnavailable)


def test_keys_that_cannot_be_read(tmp_path: Path) -> None:
    """A failure that lasts is told to each caller as an error of its own: one for all would keep every request."""
    (tmp_path / "adapter.db").mkdir()
    known = Keys(durable(tmp_path), raising)
    known.refresh()
    text = new_key()[1]
    assert not kept(lambda: known.caller(text), StoreUnavailable)
