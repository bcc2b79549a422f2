"""An ERP that sends as many rows as it is asked for: ``python -m tests.bench.streaming.erp PORT``.

``Ort`` of the request says what comes: ``rows 1000000`` sends them as fast as they are taken; ``drip 5`` sends five,
each with the moment of sending in ``Hinweis`` (seconds on the clock of ``time.monotonic``) and a pause behind it;
``drip-whole 5`` says before how long the answer is, in place of chunks.
"""

from __future__ import annotations

import re
import socketserver
import sys
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any, Final

from tests.bench.streaming.content import BLOCK, HEAD, TAIL, block, order, row

PAUSE: Final = 0.5
_ASKED = re.compile(rb"<[a-z0-9]*:?Ort>(?P<what>[a-z-]+) (?P<rows>[0-9]+)<")
_SIZE: Final = 64 * 1024


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Say that it is there."""
        self._begin(length=2)
        self.wfile.write(b"ok")

    def do_POST(self) -> None:
        """Send what was asked for."""
        asked = _ASKED.search(self.rfile.read(int(self.headers["Content-Length"])))
        if asked is None:
            raise ValueError("the request says nothing of rows")
        rows = int(asked["rows"])
        if asked["what"] == b"rows":
            self._rows(rows)
        else:
            self._drip(rows, whole=asked["what"] == b"drip-whole")

    def _rows(self, rows: int) -> None:
        self._begin()
        self._chunk(HEAD)
        one = memoryview(_BLOCK)
        for _ in range(rows // BLOCK):
            for start in range(0, len(one), _SIZE):
                self._chunk(one[start : start + _SIZE])
        self._chunk(TAIL)
        self._chunk(b"")

    def _drip(self, rows: int, whole: bool) -> None:
        send: Callable[[bytes], Any] = self.wfile.write if whole else self._chunk
        self._begin(len(HEAD) + rows * len(_dripped()) + len(TAIL) if whole else None)
        send(HEAD)
        for _ in range(rows):
            send(_dripped())
            time.sleep(PAUSE)
        send(TAIL)
        if not whole:
            send(b"")

    def _begin(self, length: int | None = None) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/xml; charset=utf-8")
        self.send_header(*(("Transfer-Encoding", "chunked") if length is None else ("Content-Length", str(length))))
        self.end_headers()

    def _chunk(self, data: bytes | memoryview) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(data), bytes(data)))

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def _dripped() -> bytes:
    return row({**order(1), "note": f"{time.monotonic():020.6f}"}).encode()


_BLOCK = block()

if __name__ == "__main__":
    with _Server(("127.0.0.1", int(sys.argv[1])), _Handler) as server:
        server.serve_forever()
