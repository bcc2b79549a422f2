"""The deadline of an exchange bounds every wait there is."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from adapter.errors import BackendError, BackendTimeout
from tests.unit.exchanges import (
    MIB,
    SOON,
    TIMEOUT,
    TIMEOUT_UNSENT,
    after_request,
    ca_file,
    certificate,
    drip_after,
    exchange_with,
    failure_of,
    kind,
    send,
    silence,
)
from tests.unit.loopback import PATIENCE, Peer, Script, answer, replying, serving


@pytest.mark.parametrize(
    "script",
    [
        silence,
        after_request(silence),
        drip_after(b"", b"HTTP/1.1 200 OK" * 1000),
        drip_after(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"),
        drip_after(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        drip_after(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x"),
        drip_after(b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        drip_after(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        drip_after(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", gzip.compress(b"x" * 99)),
    ],
)
def test_deadline_while_answering(script: Script) -> None:
    """Silence and every kind of dripping answer end at the deadline, and may have been sent."""
    assert TIMEOUT == kind(failure_of(script, seconds=SOON))


def test_deadline_inside_tls(tmp_path: Path) -> None:
    """A dripping answer inside TLS ends at the deadline too."""
    script = drip_after(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n")
    assert TIMEOUT == kind(failure_of(script, seconds=SOON, tls=certificate(), ca_file=ca_file(tmp_path)))


def test_deadline_while_sending() -> None:
    """A server that does not read ends at the deadline."""
    with serving(silence) as server, exchange_with(server) as exchange, pytest.raises(BackendTimeout) as caught:
        send(exchange, seconds=SOON, body=b"x" * 32 * MIB)
    assert TIMEOUT == kind(caught.value)


@pytest.mark.parametrize("script", [silence, lambda peer: peer.drip(b"\x16\x03\x03\x40\x00" + bytes(16000))])
def test_deadline_in_the_handshake(script: Script, tmp_path: Path) -> None:
    """A silent or dripping TLS handshake ends at the deadline; nothing was sent."""
    assert TIMEOUT_UNSENT == kind(failure_of(script, seconds=SOON, scheme="https", ca_file=ca_file(tmp_path)))


def test_deadline_while_connecting() -> None:
    """A host that does not take the connection ends at the deadline; nothing was sent."""
    with ExitStack() as opened:
        listener = opened.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):  # more than the queue of a listener that never accepts can hold
            filler = opened.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        exchange = opened.enter_context(exchange_with(f"http://127.0.0.1:{listener.getsockname()[1]}/"))
        with pytest.raises(BackendError) as caught:
            send(exchange, seconds=SOON)
    assert TIMEOUT_UNSENT == kind(caught.value)


def test_deadline_while_resolving(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that does not answer ends at the deadline; nothing was sent."""
    known, done, answered = socket.getaddrinfo, threading.Event(), threading.Event()

    def slow(*args: object, flags: int = 0, **options: object) -> object:
        if not flags & socket.AI_NUMERICHOST:
            done.wait(PATIENCE)
            answered.set()
        return known(*args, flags=flags, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    try:
        with exchange_with("http://localhost:1/") as exchange, pytest.raises(BackendError) as caught:
            send(exchange, seconds=SOON)
        assert not answered.is_set()
    finally:
        done.set()
    assert TIMEOUT_UNSENT == kind(caught.value)


def test_deadline_that_has_passed() -> None:
    """A deadline in the past opens no connection."""
    with serving(silence) as server, exchange_with(server) as exchange, pytest.raises(BackendError) as caught:
        send(exchange, seconds=-1)
    assert (TIMEOUT_UNSENT, 0) == (kind(caught.value), server.connections)


def test_waiting_for_a_free_connection_counts() -> None:
    """When all connections are busy a call waits until its deadline; nothing was sent. Then the place is free again."""
    busy, free = threading.Event(), threading.Event()

    def hold(peer: Peer) -> None:
        peer.request()
        busy.set()
        free.wait(PATIENCE)
        peer.send(answer(b"1", fields="Connection: close\r\n"))

    with serving(hold, replying(answer(b"2"))) as server, exchange_with(server, pool_size=1) as exchange:
        bodies: list[bytes] = []
        holder = threading.Thread(target=lambda: bodies.append(send(exchange).body))
        holder.start()
        assert busy.wait(PATIENCE)
        with pytest.raises(BackendError) as caught:
            send(exchange, seconds=SOON)
        assert [] == bodies
        free.set()
        holder.join(PATIENCE)
        bodies.append(send(exchange).body)
    assert (TIMEOUT_UNSENT, [b"1", b"2"]) == (kind(caught.value), bodies)


def test_time_spent_waiting_is_not_given_back() -> None:
    """A call that waited for a free connection has only the rest of its time for the answer."""
    busy, deadline = threading.Event(), time.monotonic() + 1.0

    def hold(peer: Peer) -> None:
        peer.request()
        busy.set()
        peer.stop.wait(deadline - 0.4 - time.monotonic())
        peer.send(answer(b"1", fields="Connection: close\r\n"))

    def late(peer: Peer) -> None:
        peer.request()
        peer.stop.wait(deadline + 0.3 - time.monotonic())
        peer.send(answer(b"2"))

    with serving(hold, late) as server, exchange_with(server, pool_size=1) as exchange:
        holder = threading.Thread(target=send, args=(exchange,))
        holder.start()
        assert busy.wait(PATIENCE)
        with pytest.raises(BackendError) as caught:
            send(exchange, seconds=deadline - time.monotonic())
        holder.join(PATIENCE)
    assert (TIMEOUT, 2) == (kind(caught.value), server.connections)
