"""What a fault proxy does to what passes: values, to be switched while it runs."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from tests.resilience.message import Message, Place

Way = Literal["request", "reply"]
End = Literal["close", "reset", "stall"]


@dataclass(frozen=True, slots=True)
class Cut:
    """Where one way of a connection ends, and how.

    ``at`` is a place of the HTTP message, or a number of bytes of the connection where bytes are passed as they come.
    All before it is passed on, nothing after it. ``stall`` keeps both sides waiting until one of them hangs up or the
    fault is switched.
    """

    way: Way
    at: Place | int
    end: End = "close"


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to each exchange, or to each piece of bytes where the proxy does not know HTTP.

    ``down``       nobody listens: connections are refused, and open ones are reset
    ``latency``    seconds that each message waits; ``jitter`` more at random
    ``piece``      bytes passed at once, with ``pause`` seconds between them (a slow drip, a slicer)
    ``rate``       bytes in a second
    ``stall``      what is sent is taken, and nothing is passed on (a timeout)
    ``cut``        the connection ends in the middle
    ``slow_close`` seconds that a connection stays open after it has ended
    ``instead``    these bytes are the answer, and the server is not asked
    ``spoil``      the server is asked; what this makes of its answer is passed on (HTTP only)

    ``ways`` says which ways ``latency``, ``piece``, ``rate`` and ``stall`` hold for.
    """

    down: bool = False
    latency: float = 0
    jitter: float = 0
    piece: int = 0
    pause: float = 0
    rate: int = 0
    stall: bool = False
    cut: Cut | None = None
    slow_close: float = 0
    instead: bytes | None = None
    spoil: Callable[[Message], bytes] | None = None
    ways: frozenset[Way] = frozenset(("request", "reply"))


HEALTHY: Final = Fault()


def document(status: int, media_type: str, body: bytes, *fields: str) -> bytes:
    """Return an HTTP answer as bytes; ``fields`` are further header fields."""
    lines = [f"HTTP/1.1 {status} Spoiled", f"Content-Type: {media_type}", f"Content-Length: {len(body)}", *fields]
    return "\r\n".join([*lines, "", ""]).encode() + body


def html(status: int = 200) -> bytes:
    """Return the web page that a proxy in front of an ERP answers with when the ERP is away."""
    page = b"<!DOCTYPE html><html><head><title>Sorry</title></head><body><p>Back soon.<br></body></html>"
    return document(status, "text/html; charset=utf-8", page)


def bomb(media_type: str, megabytes: int = 300) -> bytes:
    """Return an answer of some hundred KB that becomes ``megabytes`` when it is unpacked."""
    packed = gzip.compress(b"\n" * (megabytes * 1024 * 1024), 9)
    return document(200, media_type, packed, "Content-Encoding: gzip")


def truncated(message: Message) -> bytes:
    """Return the first half of an answer's body as if it were all."""
    return document(message.status, message.field("content-type"), message.body[: len(message.body) // 2])
