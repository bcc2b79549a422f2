"""A SOAP endpoint on loopback that answers with given bytes and keeps what it was sent."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Responder = Callable[[bytes], tuple[int, bytes]]


class Replay(ThreadingHTTPServer):
    """Answers every POST with ``status``, ``media_type`` and ``reply``, or by a responder (body in).

    ``sent`` are the bodies it received, ``broken`` those that ended before their last chunk.
    """

    daemon_threads = True

    def __init__(self, responder: Responder | None = None) -> None:
        self.responder = responder
        self.status, self.media_type, self.reply = 200, "text/xml; charset=utf-8", b""
        self.sent: list[bytes] = []
        self.broken: list[bytes] = []
        self.headers: list[Mapping[str, str]] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}/"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Replay

    def do_POST(self) -> None:
        """Keep the body, give the reply; none to a body that breaks off."""
        body, whole = self._body()
        if not whole:
            self.server.broken.append(body)
            self.close_connection = True
            return
        self.server.sent.append(body)
        self.server.headers.append(dict(self.headers))
        respond = self.server.responder
        status, reply = respond(body) if respond is not None else (self.server.status, self.server.reply)
        self.send_response(status)
        self.send_header("Content-Type", self.server.media_type)
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def _body(self) -> tuple[bytes, bool]:
        """Read a body with its length, or one in chunks; tell whether all of it came."""
        if "Content-Length" in self.headers:
            return self.rfile.read(int(self.headers["Content-Length"])), True
        body = bytearray()
        while line := self.rfile.readline():
            chunk = self.rfile.read(int(line, 16) + 2)
            if chunk == b"\r\n":
                return bytes(body), True
            body += chunk[:-2]
        return bytes(body), False

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def replaying(responder: Responder | None = None) -> Iterator[Replay]:
    """Serve in a thread for as long as the block lasts."""
    server = Replay(responder)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
