"""A SOAP endpoint on loopback that answers with given bytes and keeps what it was sent."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Replay(ThreadingHTTPServer):
    """Answers every POST with ``status``, ``media_type`` and ``reply``; ``sent`` are the bodies it received."""

    daemon_threads = True

    def __init__(self) -> None:
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
        self.server.sent.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.headers.append(dict(self.headers))
        self.send_response(self.server.status)
        self.send_header("Content-Type", self.server.media_type)
        self.send_header("Content-Length", str(len(self.server.reply)))
        self.end_headers()
        self.wfile.write(self.server.reply)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def replaying() -> Iterator[Replay]:
    """Serve in a thread for as long as the block lasts."""
    server = Replay()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
