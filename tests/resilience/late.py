"""An ERP that is late in every way there is: an asyncio server in a process of its own, many ports.

``AT_ONCE`` are faults of an address: nobody listens, the handshake of TCP or TLS never ends or is broken off.
The other faults are asked for by a mark in the request, and happen at one stage of the exchange: head, body, drip,
reset, stall. Whatever waits, waits longer than any deadline.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

from tests.evidence.house import ROOT

LONG = 5.0
DRIP = 0.02
LARGE = 250_000
AT_ONCE = ("http", "deaf", "refused", "unread", "silent-tls", "drip-tls", "cut-tls", "silent-token")
_BEFORE, _BEHIND = (
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
    '<a:LeseAuftragAntwort xmlns:a="urn:auftrag"><a:Auftrag><a:Nr>7</a:Nr><a:Kunde>',
    "</a:Kunde><a:Status>OFFEN</a:Status></a:Auftrag></a:LeseAuftragAntwort></soap:Body></soap:Envelope>",
)
SMALL_REPLY = f"{_BEFORE}Schmidt{_BEHIND}".encode()
LARGE_REPLY = f"{_BEFORE}{'x' * LARGE}{_BEHIND}".encode()


def _head(length: int | str) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: {length}\r\n\r\n".encode()


Writer = asyncio.StreamWriter
Play = Callable[[Writer], Awaitable[None]]


async def _drip(writer: Writer, data: bytes, size: int, pause: float = DRIP) -> None:
    for begin in range(0, len(data), size):
        writer.write(data[begin : begin + size])
        await writer.drain()
        await asyncio.sleep(pause)


def _whole(body: bytes, seconds: float) -> Play:
    async def play(writer: Writer) -> None:
        await asyncio.sleep(seconds)
        writer.write(_head(len(body)) + body)
        await writer.drain()

    return play


def _then(data: bytes, seconds: float, *, reset: bool) -> Play:
    """Return what sends some bytes, waits, and ends the connection."""

    async def play(writer: Writer) -> None:
        writer.write(data)
        await writer.drain()
        await asyncio.sleep(seconds)
        if reset:
            own: socket.socket = writer.get_extra_info("socket")
            own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.close()

    return play


def _dripping(data: bytes, size: int) -> Play:
    async def play(writer: Writer) -> None:
        await _drip(writer, data, size)

    return play


async def _chunks(writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n")
    for begin in range(0, len(LARGE_REPLY), 1000):
        part = LARGE_REPLY[begin : begin + 1000]
        await _drip(writer, f"{len(part):x}\r\n".encode() + part + b"\r\n", 600)


async def _endless_head(writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(1000):
        await _drip(writer, f"X-{number}: x\r\n".encode(), 4)


PLAYS: Mapping[str, Play] = {
    "right": _whole(SMALL_REPLY, 0.0),
    "right-large": _whole(LARGE_REPLY, 0.0),
    "right-late": _whole(LARGE_REPLY, 0.28),
    "right-at-the-end": _whole(LARGE_REPLY, 0.4),
    "right-too-late": _whole(SMALL_REPLY, LONG),
    "stall": _then(b"", LONG, reset=False),
    "stall-in-status": _then(b"HTTP/1.", LONG, reset=False),
    "stall-in-head": _then(_head(9)[:40], LONG, reset=False),
    "stall-in-body": _then(_head(len(LARGE_REPLY)) + LARGE_REPLY[:100_000], LONG, reset=False),
    "stall-at-last-byte": _then(_head(len(SMALL_REPLY)) + SMALL_REPLY[:-1], LONG, reset=False),
    "drip-head": _dripping(_head(len(SMALL_REPLY)) + SMALL_REPLY, 1),
    "endless-head": _endless_head,
    "drip-body": _dripping(_head(len(LARGE_REPLY)) + LARGE_REPLY, 1500),
    "drip-chunks": _chunks,
    "reset": _then(b"", 0.0, reset=True),
    "reset-late": _then(b"", 0.25, reset=True),
    "reset-in-body": _then(_head(len(LARGE_REPLY)) + LARGE_REPLY[:100_000], 0.2, reset=True),
    "cut-in-body": _then(_head(len(LARGE_REPLY)) + LARGE_REPLY[:-1], 0.1, reset=False),
    "no-length": _then(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n" + LARGE_REPLY, LONG, reset=False),
    "html": _whole(b"<html>" + b"x" * LARGE, 0.0),
}


@contextmanager
def late_erp() -> Iterator[Mapping[str, int]]:
    """Run it; yield the port of each address in ``AT_ONCE``."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.resilience.late"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


async def _play(reader: asyncio.StreamReader, writer: Writer) -> None:
    """Read requests, and do what their marks say."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            lines = head.lower().split(b"\r\n")
            length = next(int(line[15:]) for line in lines if line.startswith(b"content-length:"))
            body = await reader.readexactly(length)
            mark = next(name for name in sorted(PLAYS, key=len, reverse=True) if f"mark-{name}".encode() in body)
            await PLAYS[mark](writer)
            if writer.is_closing() or not mark.startswith("right"):
                break
    except (OSError, asyncio.IncompleteReadError):
        pass  # the adapter has gone, as it should
    finally:
        writer.close()


async def _silent(reader: asyncio.StreamReader, writer: Writer) -> None:
    await asyncio.sleep(LONG)
    writer.close()


async def _drip_tls(reader: asyncio.StreamReader, writer: Writer) -> None:
    """Begin a record of TLS that would be long, a byte at a time."""
    try:
        await _drip(writer, b"\x16\x03\x03\x3f\xff" + b"\x02" * 1000, 1)
    except OSError:
        pass  # the adapter has gone, as it should
    finally:
        writer.close()


async def _cut_tls(reader: asyncio.StreamReader, writer: Writer) -> None:
    await reader.read(1)
    writer.write(b"\x16\x03")
    await asyncio.sleep(0.2)
    writer.close()


def _deaf(held: list[socket.socket]) -> int:
    """Return a port whose queue of connections is full, so that no handshake of TCP ends."""
    own = socket.socket()
    own.bind(("127.0.0.1", 0))
    own.listen(0)
    port: int = own.getsockname()[1]
    for _ in range(4):
        waiting = socket.socket()
        waiting.setblocking(False)
        waiting.connect_ex(("127.0.0.1", port))
        held.append(waiting)
    held.append(own)
    return port


def _refused(held: list[socket.socket]) -> int:
    """Return a port at which nobody listens."""
    own = socket.socket()
    own.bind(("127.0.0.1", 0))
    held.append(own)
    port: int = own.getsockname()[1]
    return port


def _unread(held: list[socket.socket]) -> int:
    """Return a port at which connections are made and nothing is ever read."""
    own = socket.socket()
    own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    own.bind(("127.0.0.1", 0))
    own.listen(4096)
    held.append(own)
    port: int = own.getsockname()[1]
    return port


async def _main() -> None:
    held: list[socket.socket] = []
    ports = {"deaf": _deaf(held), "refused": _refused(held), "unread": _unread(held)}
    servers = []
    for name, serve in {
        "http": _play, "silent-tls": _silent, "drip-tls": _drip_tls, "cut-tls": _cut_tls, "silent-token": _silent,
    }.items():  # fmt: skip
        server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=4096)
        ports[name] = server.sockets[0].getsockname()[1]
        servers.append(server)
    print(json.dumps(ports), flush=True)
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    asyncio.run(_main())
