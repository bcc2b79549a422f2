"""A small request leaves in one piece, and an idle connection is looked at before it is used again."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Any, cast

import pytest

from adapter.exchange.connection import BoundedSocket
from adapter.exchange.whole import WholeConnection


class Wire:
    """What a connection writes to, one entry for each write."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def settimeout(self, seconds: float) -> None:
        """Take any time."""

    def sendall(self, data: bytes) -> None:
        """Keep what is written."""
        self.sent.append(bytes(data))

    def close(self) -> None:
        """Hold nothing."""


@pytest.fixture
def wire() -> Wire:
    """A wire that nobody has written to."""
    return Wire()


def connection(wire: Wire) -> WholeConnection:
    """Return a connection that is open."""
    made = WholeConnection("erp.example", 80)
    made.sock = cast(Any, wire)
    return made


def test_header_and_body_leave_at_once(wire: Wire) -> None:
    """One write, and so one packet, for both."""
    connection(wire).request("POST", "/erp", b"<a/>", {"X": "1"})

    (sent,) = wire.sent
    assert sent.startswith(b"POST /erp HTTP/1.1\r\n")
    assert sent.endswith(b"X: 1\r\n\r\n<a/>")


def test_a_header_alone_leaves_too(wire: Wire) -> None:
    """Nothing is held back where no body comes."""
    connection(wire).request("POST", "/erp", b"")
    connection(wire).request("GET", "/erp")

    assert [b"\r\n\r\n"] * 2 == [sent[-4:] for sent in wire.sent]


def test_a_body_that_is_still_being_made_is_not_waited_for(wire: Wire) -> None:
    """The header is gone before the first chunk is asked for."""

    def body() -> Iterator[bytes]:
        yield str(len(wire.sent)).encode()

    connection(wire).request("POST", "/erp", body(), chunked=True)

    assert b"1\r\n1\r\n" == wire.sent[1]


def test_a_large_body_is_not_copied(wire: Wire) -> None:
    """It leaves after its header."""
    connection(wire).request("POST", "/erp", b"x" * 65_537)

    assert [65_537] == [len(sent) for sent in wire.sent[1:]]


def test_a_request_that_cannot_be_made_sends_nothing(wire: Wire) -> None:
    """Half a header is never sent, and the next request is whole."""
    broken = connection(wire)
    with pytest.raises(ValueError, match="Invalid header"):
        broken.request("POST", "/erp", b"<a/>", {"X": "1\r\nY: 2"})
    assert [] == wire.sent

    connection(wire).request("POST", "/erp", b"<b/>")
    assert wire.sent[0].endswith(b"<b/>")


def test_an_idle_connection_is_silent() -> None:
    """Nothing has come: it can be used. Its end, or bytes that nobody asked for, and it cannot."""
    near, far = socket.socketpair()
    with closing(near), closing(far):
        bounded = BoundedSocket(near, 100)
        assert bounded.silent()

        far.sendall(b"?")
        assert not bounded.silent()
        assert b"?" == near.recv(1)
        assert bounded.silent()

        far.shutdown(socket.SHUT_RDWR)
        assert not bounded.silent()
    assert not bounded.silent()
