"""A request that is sent while it is made: in chunks, to its end or not at all, and an answer that comes before it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapter.errors import BackendTimeout, InvalidRequest
from adapter.exchange import Exchange, Pouring, Reply
from tests.unit.exchanges import SOON, TIMEOUT, ca_file, certificate, exchange_with, kind, send
from tests.unit.loopback import PATIENCE, Peer, answer, serving
from tests.unit.uploads import Taking, early, taking

TLS = pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])


def pour(exchange: Exchange, body: Pouring, seconds: float = PATIENCE) -> Reply:
    """Post what is poured."""
    return exchange.send("POST", deadline=time.monotonic() + seconds, headers={}, body=body)


@TLS
def test_in_chunks(tmp_path: Path, tls: bool) -> None:
    """Each piece is sent when it is there, the last chunk says that it is whole, and the answer is read."""
    taken = Taking()

    def pieces() -> Iterator[bytes]:
        yield b"one"
        taken.until(b"one")
        yield b"two" * 50_000

    body = Pouring(pieces(), PATIENCE)
    script = taking(taken, answer(b"<b/>"))
    options = {"ca_file": ca_file(tmp_path)} if tls else {}
    with serving(script, tls=certificate() if tls else None) as server, exchange_with(server, **options) as exchange:
        reply = pour(exchange, body)

    assert (b"<b/>", True, True) == (reply.body, body.whole, taken.whole)
    assert b"one" + b"two" * 50_000 == taken.body
    assert b"transfer-encoding: chunked" in taken.head.lower()


def test_what_cannot_be_made() -> None:
    """The error passes as it is, and the server sees a request without its end."""
    taken = Taking()

    def pieces() -> Iterator[bytes]:
        yield b"one"
        raise InvalidRequest("invalid-request", 422)

    with serving(taking(taken, answer(b"<b/>"))) as server, exchange_with(server) as exchange:
        with pytest.raises(InvalidRequest):
            pour(exchange, Pouring(pieces(), PATIENCE))
        assert taken.ended.wait(PATIENCE)

    assert (b"one", False) == (taken.body, taken.whole)


@TLS
@pytest.mark.parametrize("close", [False, True], ids=["kept open", "closed"])
def test_early_answer(tmp_path: Path, tls: bool, close: bool) -> None:
    """An answer that comes before the end is the answer, and what is left is neither made nor sent."""
    taken, said = Taking(), threading.Event()

    def pieces() -> Iterator[bytes]:
        yield b"one"
        assert said.wait(PATIENCE)
        yield b"two"
        raise AssertionError("never asked for")

    body = Pouring(pieces(), PATIENCE)
    script = early(taken, answer(b"<no/>"), said, close)
    options = {"ca_file": ca_file(tmp_path)} if tls else {}
    with serving(script, tls=certificate() if tls else None) as server, exchange_with(server, **options) as exchange:
        reply = pour(exchange, body)

    assert (b"<no/>", False, False) == (reply.body, body.whole, taken.whole)
    assert b"one" == taken.body


def test_last_of_its_connection() -> None:
    """The next request opens another connection, though the server would have gone on."""

    def script(peer: Peer) -> None:
        while peer.request():
            peer.send(answer(b"<b/>"))
            for _ in Taking().chunks(peer):
                pass
            peer.send(answer(b"<b/>"))

    with serving(script) as server, exchange_with(server) as exchange:
        send(exchange)
        pour(exchange, Pouring(iter([b"<a/>"]), PATIENCE))
        send(exchange)

    assert 2 == server.connections


def test_deadline_is_for_the_beginning() -> None:
    """The deadline may pass while pieces come; the answer has seconds of its own after the last."""
    taken, late = Taking(), time.monotonic() + SOON

    def pieces() -> Iterator[bytes]:
        yield b"one"
        while time.monotonic() <= late:
            threading.Event().wait(0.01)
        yield b"two"

    with serving(taking(taken, answer(b"<b/>"))) as server, exchange_with(server) as exchange:
        assert b"<b/>" == pour(exchange, Pouring(pieces(), PATIENCE), SOON).body


def test_no_answer_in_time() -> None:
    """A server that has all of it and says nothing is waited for as long as is said, no longer."""
    taken = Taking()

    def script(peer: Peer) -> None:
        for _ in taken.chunks(peer):
            pass
        peer.stop.wait(PATIENCE)

    with serving(script) as server, exchange_with(server) as exchange, pytest.raises(BackendTimeout) as caught:
        pour(exchange, Pouring(iter([b"<a/>"]), SOON))

    assert TIMEOUT == kind(caught.value)


def test_server_that_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that reads no more is waited for a while with each piece."""
    monkeypatch.setattr("adapter.exchange.pouring.IDLE_SECONDS", SOON)
    with (
        serving(lambda peer: peer.stop.wait(PATIENCE) or None) as server,
        exchange_with(server) as exchange,
        pytest.raises(BackendTimeout) as caught,
    ):
        pour(exchange, Pouring(iter([b"x" * 2**25] * 4), PATIENCE))

    assert TIMEOUT == kind(caught.value)
