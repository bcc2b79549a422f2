"""A stand-in for an ERP that can do so much and no more: an asyncio server in a process of its own.

It serves one request after the other, ``capacity`` in a second. Asked for more than one and a half times as much within
a second it wears itself out: each request costs it five times as much, whether its caller still waits or not. While it
is ``down`` it takes each request and resets the connection. It counts every request that comes in.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from tests.evidence.house import ROOT

COLLAPSE, WORN = 1.5, 5.0
REPLY = (
    b'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
    b'<a:LeseAuftragAntwort xmlns:a="urn:auftrag"><a:Auftrag><a:Nr>7</a:Nr><a:Kunde>Schmidt</a:Kunde>'
    b"<a:Status>OFFEN</a:Status></a:Auftrag></a:LeseAuftragAntwort></soap:Body></soap:Envelope>"
)
_HEAD = "HTTP/1.1 200 OK\r\nContent-Type: {}; charset=utf-8\r\nContent-Length: {}\r\n\r\n"


@contextmanager
def tiring(capacity: float) -> Iterator[int]:
    """Run one; yield its port. ``down``, ``up`` and ``counts`` are paths that steer it."""
    command = [sys.executable, "-m", "tests.resilience.tiring", str(capacity)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.terminate()


class Erp:
    """What it can do, and what it was asked for: moments on the clock of ``time.monotonic``."""

    def __init__(self, capacity: float) -> None:
        self.capacity = capacity
        self.down = False
        self.came: list[float] = []
        self._recent = deque[float]()
        self._free = 0.0

    def wait(self) -> float:
        """Count one request; return in how many seconds it is answered."""
        now = time.monotonic()
        self.came.append(now)
        self._recent.append(now)
        while self._recent[0] < now - 1:
            self._recent.popleft()
        worn = WORN if len(self._recent) > COLLAPSE * self.capacity else 1.0
        self._free = max(now, self._free) + worn / self.capacity
        return self._free - now

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        try:
            while (asked := await _request(reader)) is not None:
                if asked.startswith("/"):
                    writer.write(_answer("application/json", self._steered(asked)))
                    continue
                seconds = self.wait()
                if self.down:
                    own: socket.socket = writer.get_extra_info("socket")
                    own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return
                await asyncio.sleep(seconds)
                writer.write(_answer("text/xml", REPLY))
        except (OSError, asyncio.IncompleteReadError):
            pass  # the caller has gone
        finally:
            writer.close()

    def _steered(self, path: str) -> bytes:
        if path in ("/down", "/up"):
            self.down, self._free = path == "/down", 0.0
        return json.dumps(self.came).encode()


async def _request(reader: asyncio.StreamReader) -> str | None:
    """Read one request; return the path of a GET, "" for a POST, None at the end."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    lines = head.split("\r\n")
    length = next((int(line[15:]) for line in lines if line.lower().startswith("content-length:")), 0)
    await reader.readexactly(length)
    method, path, _ = lines[0].split(" ")
    return path if method == "GET" else ""


def _answer(media_type: str, body: bytes) -> bytes:
    return _HEAD.format(media_type, len(body)).encode() + body


async def _serve(capacity: float) -> None:
    server = await asyncio.start_server(Erp(capacity).serve, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))
