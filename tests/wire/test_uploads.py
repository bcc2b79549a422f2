"""Uploads of many rows through a real gunicorn: slow callers, broken ones, wrong rows, an ERP that says no early."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tests.cases import SHAPES, shape_project
from tests.processes import children, status_kib
from tests.stack import gunicorn
from tests.unit.loopback import PATIENCE, Peer, Script, answer, serving
from tests.unit.uploads import CLOSED, DONE, Taking, early, taking

NDJSON = "application/x-ndjson"
GOOD = b'{"account": "1200", "amount": "12.50", "texts": ["rent"]}\n'
WRONG = b'{"account": "1200", "amount": "much"}\n'
MEGABYTE = GOOD * (2**20 // len(GOOD))
MANY = 200_000
MIB = 1024


@dataclass
class Served:
    """The adapter in front of an ERP: where it listens, its process, and its log."""

    port: int
    pid: int
    log: Path

    def begin(self, kind: str = NDJSON) -> http.client.HTTPConnection:
        """Open an upload in chunks."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.putrequest("POST", "/v1/postings/import")
        connection.putheader("Content-Type", kind)
        connection.putheader("Transfer-Encoding", "chunked")
        connection.endheaders()
        return connection

    def upload(self, pieces: Iterator[bytes] | list[bytes]) -> tuple[int, Any]:
        """Send all pieces, whatever comes meanwhile, and return the answer."""
        connection = self.begin()
        try:
            for piece in pieces:
                connection.send(chunk(piece))
            connection.send(chunk(b""))
        except OSError:
            pass  # the answer may be there already
        return read(connection)

    def peak(self) -> int:
        """Return the most memory that the one worker has ever had resident, in KiB (``VmHWM``)."""
        (worker,) = children(self.pid)
        return status_kib(worker, "VmHWM")

    def line(self) -> dict[str, Any]:
        """Return the log line of the only call, once it is written."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for text in self.log.read_text().splitlines():
                if '"operation":"postings.import"' in text:
                    return cast(dict[str, Any], json.loads(text))
        raise AssertionError("no line")


def chunk(piece: bytes) -> bytes:
    """A piece as it goes over the wire."""
    return b"%x\r\n%b\r\n" % (len(piece), piece)


def read(connection: http.client.HTTPConnection) -> tuple[int, Any]:
    """Read the answer of an upload."""
    response = connection.getresponse()
    found = response.status, json.loads(response.read())
    connection.close()
    return found


@contextmanager
def served(script: Script, folder: Path) -> Iterator[Served]:
    """Serve in front of an ERP that plays a script."""
    with serving(script) as server:
        project = shape_project(SHAPES / "rows-in", folder / "project", server.url)
        with gunicorn(project, {"ADAPTER_MAX_REQUEST_BYTES": "100000"}) as (url, process, log):
            yield Served(urllib.parse.urlsplit(url).port or 0, process.pid, log)


def test_slow_caller(tmp_path: Path) -> None:
    """A row is at the ERP before the next one is sent, however small it is, once a kilobyte has come."""
    taken = Taking()
    with served(taking(taken, answer(DONE)), tmp_path) as adapter:
        connection = adapter.begin()
        for name in (b"1001", b"1002", b"1003"):
            connection.send(chunk(GOOD.replace(b"1200", name) + b" " * 2048))
            taken.until(name)
        connection.send(chunk(b""))
        found = read(connection)

    assert ((200, {"taken": 7}), True, 3) == (found, taken.whole, taken.body.count(b"<n0:Buchung>"))


def test_caller_who_leaves(tmp_path: Path) -> None:
    """The ERP sees no end, and the log says that nothing was sent."""
    taken = Taking()
    with served(taking(taken, answer(DONE)), tmp_path) as adapter:
        connection = adapter.begin()
        connection.send(chunk(GOOD * 100))
        taken.until(b"1200")
        connection.sock.shutdown(socket.SHUT_RDWR)
        connection.close()
        assert taken.ended.wait(PATIENCE)
        line = adapter.line()

    assert (False, "no", 400) == (taken.whole, line["sent"], line["status"])


def test_wrong_row_in_the_middle(tmp_path: Path) -> None:
    """A caller who goes on sending gets the answer all the same; the ERP sees no end."""
    taken = Taking()
    with served(taking(taken, answer(DONE)), tmp_path) as adapter:
        status, body = adapter.upload([MEGABYTE, WRONG, MEGABYTE])
        assert taken.ended.wait(PATIENCE)

    place = MEGABYTE.count(b"\n")
    assert (422, [f"/{place}/amount"]) == (status, [each["pointer"] for each in body["errors"]])
    assert (False, True) == (taken.whole, b"1200" in taken.body)


def test_early_fault(tmp_path: Path) -> None:
    """The ERP's fault is the answer to a caller who is in the middle of his rows."""
    taken, said = Taking(), threading.Event()

    def pieces() -> Iterator[bytes]:
        yield GOOD * 100
        assert said.wait(PATIENCE)
        yield GOOD * 100
        yield MEGABYTE

    with served(early(taken, answer(CLOSED, status="500 No"), said), tmp_path) as adapter:
        status, body = adapter.upload(pieces())

    assert (409, "/problems/month-closed") == (status, body["type"])
    assert taken.body.count(b"<n0:Buchung>") < 300


def test_memory_stays_flat(tmp_path: Path) -> None:
    """What 200,000 rows cost in memory is a small part of what they are, and others are answered meanwhile."""
    counted = []

    def script(peer: Peer) -> None:
        taken, rows, rest = Taking(), 0, b""
        for piece in taken.chunks(peer):
            taken.body = b""
            rows += (rest + piece).count(b"</n0:Buchung>")
            rest = piece[-12:]
        counted.append(rows)
        peer.send(answer(DONE))

    others = []
    with served(script, tmp_path) as adapter:
        adapter.upload([GOOD] * 10)
        before = adapter.peak()

        def pieces() -> Iterator[bytes]:
            for number in range(MANY // 1000):
                if number == MANY // 2000:
                    with urllib.request.urlopen(f"http://127.0.0.1:{adapter.port}/healthz", timeout=PATIENCE) as other:
                        others.append(other.status)
                yield GOOD * 1000

        status, _ = adapter.upload(pieces())
        grown = adapter.peak() - before

    assert (200, [10, MANY], [200]) == (status, counted, others)
    assert grown < 16 * MIB
