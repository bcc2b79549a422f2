"""An ERP of the shape ``cache`` that counts what it is asked, and can be gone; on loopback, in a thread."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_ID = re.compile(rb"AuftragNr>([^<]*)<")
_ANSWER = (
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
    '<b:LeseAuftragAntwort xmlns:b="urn:belege"><b:Auftrag><b:AuftragNr>{}</b:AuftragNr><b:Hinweis>{}</b:Hinweis>'
    "</b:Auftrag></b:LeseAuftragAntwort></soap:Body></soap:Envelope>"
)


class Erp:
    """What it was asked for, by order; ``pause`` is what each answer waits for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.pause = threading.Event()
        self.pause.set()
        erp = self

        class Handler(BaseHTTPRequestHandler):
            """One connection for each call."""

            def do_POST(self) -> None:
                """Answer one order."""
                body = self.rfile.read(int(self.headers["Content-Length"]))
                found = _ID.search(body)
                order = found[1].decode() if found is not None else ""
                erp.asked.append(order)
                erp.pause.wait(10)
                answer = _ANSWER.format(order, f"answer {len(erp.asked)} " + "x" * 1200).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/xml; charset=utf-8")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *arguments: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def gone(self) -> None:
        """Listen no more, for good."""
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def answering() -> Iterator[Erp]:
    """Run it."""
    erp = Erp()
    try:
        yield erp
    finally:
        erp.gone()
