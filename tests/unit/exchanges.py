"""What the tests of the exchange share: exchanges with loopback servers, TLS of their own, and what a failure means."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

import pytest
import trustme

from adapter.errors import BackendError, BackendLost, BackendReplyInvalid, BackendTimeout, BackendUnreachable
from adapter.exchange import Exchange, Reply
from tests.unit.loopback import PATIENCE, Peer, Script, Server, serving

SOON = 0.4
"""Seconds until the deadline where a test waits for it."""
MIB = 1024 * 1024


@contextmanager
def exchange_with(server: Server | str, **options: object) -> Iterator[Exchange]:
    """Open an exchange with a server or a URL, and close it."""
    url = server if isinstance(server, str) else server.url
    exchange = Exchange(url, **{"max_reply_bytes": MIB, "pool_size": 4, **options})  # type: ignore[arg-type]
    try:
        yield exchange
    finally:
        exchange.close()


def send(exchange: Exchange, *, seconds: float = PATIENCE, body: bytes = b"<a/>", **place: str) -> Reply:
    """Post a body with so many seconds until the deadline."""
    return exchange.send(
        "POST", deadline=time.monotonic() + seconds, headers={"Content-Type": "text/xml"}, body=body, **place
    )


def failure_of(
    *scripts: Script,
    seconds: float = PATIENCE,
    tls: ssl.SSLContext | None = None,
    scheme: str = "",
    **options: object,
) -> BackendError:
    """Return how one exchange with a server that plays these scripts fails. ``scheme`` may differ from the server's."""
    with ExitStack() as opened:
        server = opened.enter_context(serving(*scripts, tls=tls))
        url = server.url.replace(server.scheme, scheme or server.scheme)
        exchange = opened.enter_context(exchange_with(url, **options))
        caught = opened.enter_context(pytest.raises(BackendError))
        send(exchange, seconds=seconds)
    return caught.value


def kind(error: BackendError) -> tuple[type[BackendError], str, int, str]:
    """Return what an error means."""
    return type(error), error.problem, error.status, error.sent


UNREACHABLE = (BackendUnreachable, "backend-unreachable", 503, "no")
TIMEOUT_UNSENT = (BackendTimeout, "backend-timeout", 504, "no")
TIMEOUT = (BackendTimeout, "backend-timeout", 504, "maybe")
LOST = (BackendLost, "backend-lost", 502, "maybe")
INVALID = (BackendReplyInvalid, "backend-reply-invalid", 502, "yes")


@cache
def own_authority() -> trustme.CA:
    """Return a certificate authority of the tests' own."""
    return trustme.CA()


def ca_file(folder: Path) -> Path:
    """Write the authority's certificate."""
    file = folder / "ca.pem"
    own_authority().cert_pem.write_to_path(str(file))
    return file


def certificate(name: str = "127.0.0.1", authority: trustme.CA | None = None) -> ssl.SSLContext:
    """Return a server's TLS context with a certificate for a name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    (authority or own_authority()).issue_cert(name).configure_cert(context)
    return context


def silence(peer: Peer) -> None:
    """Say nothing."""
    peer.stop.wait(PATIENCE)


def after_request(play: Callable[[Peer], None]) -> Script:
    """Read the request first."""

    def script(peer: Peer) -> None:
        peer.request()
        play(peer)

    return script


def drip_after(head: bytes, data: bytes) -> Script:
    """Send ``head`` at once, then ``data`` a byte at a time."""

    def play(peer: Peer) -> None:
        peer.send(head)
        peer.drip(data)

    return after_request(play)
