"""The fault proxy: what it passes, where it cuts, and that nothing of it stays."""

from __future__ import annotations

import gzip
import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import get_args

import pytest

from tests.resilience.faults import Cut, End, Fault, bomb, document, html, truncated
from tests.resilience.message import PLACES, Message, Place
from tests.resilience.proxy import Proxy

PATIENCE = 20.0
BODY = b"0123456789" * 50
ASKED = b"abcdefghij" * 30


class Handler(BaseHTTPRequestHandler):
    """Answers a POST with a fixed body, and remembers what it read."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        """Read all, then answer."""
        data = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.read.append(len(data))
        if len(data) == int(self.headers["Content-Length"]):
            self.server.acted += 1
            self.wfile.write(document(200, "text/plain", BODY))

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """The server behind the proxy: how often it acted, and how much of each body arrived."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.acted = 0
        self.read: list[int] = []

    def handle_error(self, request: object, client_address: object) -> None:
        """Connections break here, on purpose."""


@contextmanager
def behind(http_known: bool = True) -> Iterator[tuple[Server, Proxy]]:
    """Start a server and a proxy before it."""
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            with Proxy(("127.0.0.1", server.server_address[1]), http=http_known) as proxy:
                yield server, proxy
        finally:
            server.shutdown()
            thread.join()


def ask(proxy: Proxy, timeout: float = PATIENCE) -> bytes:
    """Post through the proxy and return the body of the answer."""
    with closing(http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=timeout)) as connection:
        connection.request("POST", "/", ASKED)
        return connection.getresponse().read()


def raw(proxy: Proxy) -> bytes:
    """Post through the proxy and return every byte that comes back until the connection ends."""
    request = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(ASKED) + ASKED
    with socket.create_connection(("127.0.0.1", proxy.port), PATIENCE) as own:
        own.sendall(request)
        own.shutdown(socket.SHUT_WR)
        found = bytearray()
        while data := own.recv(65536):
            found += data
        return bytes(found)


@pytest.mark.parametrize("http_known", [True, False])
def test_it_passes_what_is_well(http_known: bool) -> None:
    """Without a fault, request and answer arrive as they are."""
    with behind(http_known) as (server, proxy):
        assert BODY == ask(proxy)
        assert [len(ASKED)] == server.read


def test_a_connection_serves_many() -> None:
    """A kept connection passes one exchange after the other, each under the fault of its moment."""
    with behind() as (_, proxy), closing(http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=20)) as kept:
        for expected in (BODY, BODY, b"0"):
            proxy.fault = Fault(instead=document(200, "text/plain", b"0")) if expected == b"0" else Fault()
            kept.request("POST", "/", ASKED)
            assert expected == kept.getresponse().read()
        assert 1 == proxy.seen["connections"]


@pytest.mark.parametrize("end", [end for end in get_args(End) if end != "stall"])
@pytest.mark.parametrize("place", PLACES)
def test_a_request_is_cut(place: Place, end: End) -> None:
    """The server acts only where the whole request has passed; the caller gets nothing."""
    with behind() as (server, proxy):
        proxy.fault = Fault(cut=Cut("request", place, end))
        with pytest.raises((ConnectionError, http.client.HTTPException)):
            ask(proxy)
        proxy.heal()
        assert BODY == ask(proxy)  # what was passed before has been read by now
        assert server.acted in ((1, 2) if place == "after" else (1,))  # the second is on its way, perhaps
        assert 1 == proxy.seen[f"request {place} {end}"]


@pytest.mark.parametrize("place", PLACES)
def test_a_reply_is_cut(place: Place) -> None:
    """The server acts; of its answer come exactly the bytes before the place."""
    with behind() as (server, proxy):
        whole = document(200, "text/plain", BODY)
        proxy.fault = Fault(cut=Cut("reply", place, "close"))
        head = whole[: whole.index(b"\r\n\r\n") + 4]
        assert whole[: Message(head, BODY).offset(place)] == raw(proxy)
        assert 1 == server.acted


def test_places_stand_in_order() -> None:
    """From nothing to all of it; the last byte and the end differ by one."""
    message = Message(b"POST / HTTP/1.1\r\nHost: x\r\n\r\n", b"0123456789")
    offsets = [message.offset(place) for place in PLACES]
    assert sorted(offsets) == offsets
    assert [0, 7, len(message.head) + 1, len(message.head) + 5, len(message.data) - 1, len(message.data)] == [
        offsets[0], offsets[1], *offsets[3:],
    ]  # fmt: skip


@pytest.mark.parametrize("way", ["request", "reply"])
def test_a_stall_ends_when_it_is_healed_or_given_up(way: str) -> None:
    """Nobody answers until the caller hangs up; once healed the next exchange is well."""
    with behind() as (_, proxy):
        proxy.fault = Fault(stall=True, ways=frozenset((way,)))  # type: ignore[arg-type]
        with pytest.raises(TimeoutError):
            ask(proxy, timeout=0.2)
        proxy.heal()
        assert BODY == ask(proxy)


def test_a_reset_is_one() -> None:
    """The caller sees the connection reset, not closed."""
    with behind() as (_, proxy):
        proxy.fault = Fault(cut=Cut("request", "middle", "reset"))
        with pytest.raises(ConnectionResetError):
            ask(proxy)


@pytest.mark.parametrize("http_known", [True, False])
def test_down_is_refused_and_comes_back(http_known: bool) -> None:
    """Nobody listens while it is down, open connections are reset, and the port stays its own."""
    with behind(http_known) as (_, proxy):
        port = proxy.port
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as idle:
            idle.sendall(b"P")
            proxy.fault = Fault(down=True)
            with pytest.raises(ConnectionError):
                assert idle.recv(1)
                raise AssertionError("something came")
        with pytest.raises(ConnectionRefusedError):
            ask(proxy)
        proxy.heal()
        assert BODY == ask(proxy)
        assert port == proxy.port


def test_latency_and_drip_are_bounded_by_healing() -> None:
    """A message that waits, or comes byte by byte, is too late for the caller, and goes on at once when healed."""
    for fault in (Fault(latency=50), Fault(jitter=5000), Fault(piece=1, pause=5), Fault(rate=20)):
        with behind() as (_, proxy):
            proxy.fault = fault
            with pytest.raises(TimeoutError):
                ask(proxy, timeout=0.2)
            answers: list[bytes] = []
            asking = threading.Thread(target=lambda: answers.append(ask(proxy)))  # noqa: B023
            asking.start()
            while proxy.seen["connections"] < 2:
                threading.Event().wait(0.01)
            proxy.heal()
            asking.join(PATIENCE)
            assert [BODY] == answers


def test_a_slice_changes_nothing() -> None:
    """Bytes in small pieces are the same bytes."""
    with behind(http_known=False) as (_, proxy):
        proxy.fault = Fault(piece=7)
        assert BODY == ask(proxy)


def test_a_slow_close_keeps_the_connection() -> None:
    """The answer is there, and the end of the connection is not."""
    with behind() as (_, proxy):
        proxy.fault = Fault(slow_close=50)
        with socket.create_connection(("127.0.0.1", proxy.port), 0.3) as own:
            own.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
            assert own.recv(65536).startswith(b"HTTP/1.1 200")
            with pytest.raises(TimeoutError):
                while own.recv(65536):
                    continue


def test_bytes_are_cut_where_http_is_unknown() -> None:
    """After n bytes of a way, counted over the connection."""
    with behind(http_known=False) as (_, proxy):
        proxy.fault = Fault(cut=Cut("reply", 10, "close"))
        assert document(200, "text/plain", BODY)[:10] == raw(proxy)


def test_wrong_answers() -> None:
    """A web page, a wrong type, a body cut in half and one that grows are answered in place of the server's."""
    with behind() as (server, proxy):
        proxy.fault = Fault(instead=html(503))
        assert b"<!DOCTYPE html>" in ask(proxy)
        assert 0 == server.acted
        proxy.fault = Fault(spoil=truncated)
        assert BODY[: len(BODY) // 2] == ask(proxy)
        assert 1 == server.acted
        proxy.fault = Fault(instead=bomb("text/plain", megabytes=2))
        assert 2 * 1024 * 1024 == len(gzip.decompress(ask(proxy)))


def test_a_chooser_decides_for_each_exchange() -> None:
    """The fault of an exchange is what the chooser says of its request."""
    with behind() as (_, proxy):
        proxy.choose(lambda request: Fault(instead=document(200, "text/plain", request.method.encode())))
        assert b"POST" == ask(proxy)


def test_nothing_stays() -> None:
    """After the block neither thread nor listener is left, whatever was stalled."""
    before = set(threading.enumerate())
    with behind() as (_, proxy):
        port = proxy.port
        proxy.fault = Fault(stall=True)
        own = socket.create_connection(("127.0.0.1", port), PATIENCE)
        own.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
    own.close()
    assert before >= {thread for thread in threading.enumerate() if thread.name == "fault proxy"}
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), PATIENCE)
