"""What tests of uploads share: an ERP on loopback that takes rows while they arrive, and a caller who sends them."""

from __future__ import annotations

import io
import json
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from adapter.app import create_app
from tests.cases import SHAPES, shape_project
from tests.unit.loopback import PATIENCE, Peer, Server

NDJSON = "application/x-ndjson"
GOOD = b'{"account": "1200", "amount": "12.50"}\n'
WRONG = b'{"account": "1200", "amount": "much"}\n'
ENVELOPE = (
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>{}</soap:Body></soap:Envelope>'
)
DONE = ENVELOPE.format('<BucheAntwort xmlns="urn:buchung"><Anzahl>7</Anzahl></BucheAntwort>').encode()
CLOSED = ENVELOPE.format(
    "<soap:Fault><faultcode>soap:GESPERRT</faultcode><faultstring>zu</faultstring></soap:Fault>"
).encode()


@dataclass
class Taking:
    """What came of one request in chunks. ``more`` is set whenever something came, ``ended`` at its end."""

    head: bytes = b""
    body: bytes = b""
    whole: bool = False
    more: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    def chunks(self, peer: Peer) -> Iterator[bytes]:
        """Yield the chunks of one request; it is whole when the last one came, and no bytes are left over."""
        file = peer.sock.makefile("rb")
        try:
            while (line := file.readline()) not in (b"\r\n", b""):
                self.head += line
            while line := file.readline():
                chunk = file.read(int(line, 16) + 2)
                if chunk == b"\r\n":
                    self.whole = True
                    return
                if not chunk.endswith(b"\r\n"):
                    return
                self.body += chunk[:-2]
                self.more.set()
                yield chunk[:-2]
        finally:
            file.close()
            self.ended.set()
            self.more.set()

    def until(self, text: bytes) -> None:
        """Wait until this has come."""
        while text not in self.body:
            assert self.more.wait(PATIENCE)
            self.more.clear()
            assert text in self.body or not self.ended.is_set()


def taking(taken: Taking, answer: bytes) -> Callable[[Peer], None]:
    """Return the script of an ERP that answers once it has all of a request."""

    def script(peer: Peer) -> None:
        for _ in taken.chunks(peer):
            pass
        if taken.whole:
            peer.send(answer)

    return script


def early(taken: Taking, answer: bytes, said: threading.Event, close: bool = False) -> Callable[[Peer], None]:
    """Return the script of an ERP that answers after the first chunk, and then reads no more or closes."""

    def script(peer: Peer) -> None:
        # Else it would wait until what TLS said first is acknowledged.
        peer.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in taken.chunks(peer):
            peer.send(answer)
            said.set()
            if close:
                break
            peer.stop.wait(PATIENCE)

    return script


class Pieces(io.RawIOBase):
    """A request body that gives one piece at a time, each when it is asked for."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._left = iter(pieces), b""

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Give what is left of a piece, else the next one."""
        self._left = self._left or next(self._pieces, b"")
        here, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(here)] = here
        return len(here)


def client(server: Server, folder: Path) -> FlaskClient:
    """The adapter in front of an ERP."""
    project = shape_project(SHAPES / "rows-in", folder / "project", server.url)
    return create_app(project, {"ADAPTER_TIMEOUT": "5"}).test_client()


def upload(adapter: FlaskClient, pieces: Iterable[bytes], path: str = "import", kind: str = NDJSON) -> TestResponse:
    """Send pieces of unknown length."""
    environ: dict[str, Any] = {"wsgi.input": Pieces(pieces), "wsgi.input_terminated": True}
    return adapter.post(f"/v1/postings/{path}", content_type=kind, environ_overrides=environ)


def problem(answered: TestResponse) -> tuple[int, str]:
    """The status of an answer, and its problem."""
    return answered.status_code, json.loads(answered.data)["type"].rpartition("/")[2]


def logged(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The log line of the only request."""
    (line,) = [json.loads(text) for text in capsys.readouterr().out.splitlines() if '"event":"request"' in text]
    return cast(dict[str, Any], line)
