"""An identity provider on loopback: serves a JWK set, counts who asks, and can be down."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.callers.issuing import jwk_set


class Provider:
    """What is served at ``url``, and when it was asked for (on the monotonic clock)."""

    def __init__(self) -> None:
        self.body, self.status = jwk_set(), 200
        self.asked: list[float] = []
        self.url = ""


@contextmanager
def providing() -> Iterator[Provider]:
    """Serve a JWK set."""
    made = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(time.monotonic())
            self.send_response(made.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(made.body)))
            self.end_headers()
            self.wfile.write(made.body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}/jwks"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
