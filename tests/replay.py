"""A SOAP endpoint on loopback that answers with given bytes and keeps what it was sent."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Responder = Callable[[bytes], tuple[int, bytes]]


class Replay(ThreadingHTTPServer):
    """Answers every POST with ``status``, ``media_type`` and ``reply``, or by a responder (body in).

    ``sent`` are the bodies it received.
    """

    daemon_threads = True

    def __init__(self, responder: Responder | None = None) -> None:
        self.responder = responder
        self.status, self.media_type, self.reply = 200, "text/xml; charset=utf-8", b""
        self.sent: list[bytes] = []
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
        """Keep the body, give the reply."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.sent.append(body)
        self.server.headers.append(dict(self.headers))
        respond = self.server.responder
        status, reply = respond(body) if respond is not None else (self.server.status, self.server.reply)
        self.send_response(status)
        self.send_header("Content-Type", self.server.media_type)
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

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
