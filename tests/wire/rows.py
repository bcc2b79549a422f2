"""An ERP whose answers a test sends piece by piece, in front of it the adapter under a real gunicorn, and its callers.

The test itself is the ERP, so what is there at which moment is known without waiting for a clock.
"""

from __future__ import annotations

import csv
import http.client
import io
import json
import re
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.cases import SHAPES, shape_project
from tests.stack import gunicorn

HEAD = (
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    b'<SucheAuftraegeAntwort xmlns="urn:jahr"><Status>OK</Status><Auftraege>'
)
TAIL = b"</Auftraege></SucheAuftraegeAntwort></s:Body></s:Envelope>"
CHUNKED = {"Transfer-Encoding": "chunked"}
MOST_BYTES = 300_000
FORMS = ("application/json", "application/x-ndjson", "text/csv")


def row(number: int, note: str = "") -> bytes:
    """Return one order as the ERP writes it."""
    return (
        f"<Auftrag><Nr>{number}</Nr><Kunde>K</Kunde><Datum>2026-01-31</Datum><Betrag>1.50</Betrag><Menge>3</Menge>"
        f"<Offen>true</Offen><Hinweis>{note}</Hinweis></Auftrag>"
    ).encode()


class Exchange:
    """One call of the adapter's, as the ERP sees it."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._chunked = True
        request = b""
        while b"\r\n\r\n" not in request:
            request += connection.recv(65536)
        head, _, body = request.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: ([0-9]+)", head)
        while length is not None and len(body) < int(length[1]):
            body += connection.recv(65536)

    def begin(self, headers: Mapping[str, str] = CHUNKED, status: str = "200 OK") -> None:
        """Send the header. Pieces go as chunks, unless it says otherwise."""
        self._chunked = headers.get("Transfer-Encoding") == "chunked"
        fields = {"Content-Type": "text/xml; charset=utf-8", **headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self.connection.sendall(f"HTTP/1.1 {status}\r\n{lines}\r\n".encode())

    def send(self, data: bytes) -> None:
        """Send a piece of the body."""
        self.connection.sendall(b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data)

    def end(self) -> None:
        """Say that this was all."""
        if self._chunked:
            self.connection.sendall(b"0\r\n\r\n")
        self.connection.close()

    def gone(self) -> bool:
        """Wait until the adapter has closed its side, and say whether it did."""
        try:
            return self.connection.recv(1) == b""
        except ConnectionResetError:
            return True


@dataclass(frozen=True)
class Setting:
    """The adapter's address, where the ERP listens, and the file of the adapter's log lines."""

    url: str
    erp: socket.socket
    log: Path
    pid: int
    opened: list[Any] = field(default_factory=list)

    def close(self) -> None:
        """Close all connections of a test."""
        for each in self.opened:
            each.close()
        self.opened.clear()

    def exchange(self) -> Exchange:
        """Take the next call."""
        connection, _ = self.erp.accept()
        connection.settimeout(20)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.opened.append(connection)
        return Exchange(connection)

    def ask(
        self, path: str = "/v1/orders/export", accept: str = "application/json", method: str = "GET"
    ) -> http.client.HTTPConnection:
        """Begin a call of a caller's, whose answer is not waited for."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=20)
        self.opened.append(connection)
        connection.request(method, path, headers={"Accept": accept})
        return connection

    def raw(self, protocol: str) -> socket.socket:
        """Begin a call in a version of HTTP, such as ``HTTP/1.0``."""
        parts = urlsplit(self.url)
        connection = socket.create_connection((parts.hostname, parts.port), timeout=20)
        self.opened.append(connection)
        connection.sendall(f"GET /v1/orders/export {protocol}\r\nHost: localhost\r\n\r\n".encode())
        return connection

    def line(self, number: int) -> dict[str, Any]:
        """Return the log line of the so-many-th request, counted from 0, as soon as it is written."""
        while True:
            lines = [json.loads(each) for each in self.log.read_text().splitlines(keepends=True) if each[-1] == "\n"]
            requests = [each for each in lines if each["event"] == "request"]
            if len(requests) > number:
                return dict(requests[number])
            time.sleep(0.005)

    def lines(self) -> int:
        """Return how many requests have their line."""
        return self.log.read_text().count('"event":"request"')


@contextmanager
def standing(folder: Path) -> Iterator[Setting]:
    """Run the adapter on the shape ``streamed-list`` with operations of its own for narrow limits."""
    with socket.socket() as erp:
        erp.bind(("127.0.0.1", 0))
        erp.listen()
        erp.settimeout(20)
        url = f"http://127.0.0.1:{erp.getsockname()[1]}/"
        project = shape_project(SHAPES / "streamed-list", folder / "project", url)
        mapping = project / "mappings" / "mapping.yaml"
        text = mapping.read_text("utf-8").replace("operations:\n", f"operations:\n{_NARROW}")
        mapping.write_text(text, "utf-8")
        with gunicorn(project, {"ADAPTER_MAX_REPLY_BYTES": str(MOST_BYTES)}) as (address, process, log):
            yield Setting(address, erp, log, process.pid)


def numbers(form: str, body: bytes) -> list[int]:
    """Return the numbers of the orders in a whole answer."""
    if form == "application/json":
        return [each["number"] for each in json.loads(body)["items"]]
    if form == "application/x-ndjson":
        return [json.loads(line)["number"] for line in body.splitlines()]
    return [int(each["number"]) for each in csv.DictReader(io.StringIO(body.decode(), newline=""))]


def until(answer: http.client.HTTPResponse, pattern: bytes) -> bytes:
    """Read until something is there."""
    body = b""
    while not re.search(pattern, body):
        piece = answer.read1(65536)
        assert piece, f"the answer ended with {body[-200:]!r}"
        body += piece
    return body


_NARROW = """  quick:
    request: GET /quick
    call: SucheAuftraege
    timeout: 1
    reply: {each: Order, from: Auftraege.Auftrag, stream: true}
  impatient:
    request: GET /impatient
    call: SucheAuftraege
    reply: {each: Order, from: Auftraege.Auftrag, stream: {idle: 1}}
  short:
    request: GET /short
    call: SucheAuftraege
    reply: {each: Order, from: Auftraege.Auftrag, stream: {max_bytes: 5000}}
"""
