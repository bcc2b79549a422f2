"""A microservice that owns customers: what takes over when the ERP lets go of them.

It speaks the JSON of ``/v1/customers``, so that an adapter may send an operation here instead of to the ERP. Standard
library only, state in SQLite, seeded from ``customers.json`` when the database is empty::

    python ops/demo/customers.py --port 9102 --database /tmp/customers.sqlite3

``/customers`` takes GET (``limit``, ``offset``, ``sort``, filters) and POST, ``/customers/{id}`` GET, PUT and PATCH.
In a PATCH absent stays untouched, null is kept as null, an address is merged. Errors are problems (RFC 9457).
A write with an ``Idempotency-Key`` is done once, and its first answer is given again. A POST that brings an ``id`` is a
customer from elsewhere, who keeps it. A request with ``Shadow: dry-run`` is answered as it would be, changes nothing,
and each answer to it says ``Shadow-Honoured: dry-run``, also one to OPTIONS.

It can be made to differ from its contract, from the start or while it runs (what each name does: ``deviations.py``)::

    python ops/demo/customers.py --deviate wrong-rounding --deviate failing=30
    curl -d '{"names": ["status-word", "slow=3"]}' http://127.0.0.1:9102/_deviate      # just these from now on
    curl -d '{"names": []}' http://127.0.0.1:9102/_deviate                             # none

Names: wrong-rounding, status-word, status-code, status-missing, phones-order, null-absent, wrong-shape, slow=SECONDS,
failing=PERCENT, html, huge, hang, no-dry-runs, dry-runs-lie.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Iterable, Mapping
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from deviations import NAMES, Deviations
from finding import Customer
from kept import Store
from refusals import Problem, unacceptable

ROOT = "/customers"
DEVIATE = "/_deviate"
MAX_BODY_BYTES = 1_000_000


class Handler(BaseHTTPRequestHandler):
    """HTTP around a store: paths and methods in, JSON out."""

    protocol_version = "HTTP/1.1"
    server_version = "customers"
    sys_version = ""
    wbufsize = -1  # one write for head and body
    timeout = 30
    store: Store
    deviations: Deviations

    def _answer(self) -> None:
        try:
            sent = self._body() if self.command in ("POST", "PUT", "PATCH") else {}
            if self.path == DEVIATE:
                self._send(200, self._deviate(sent), "application/json", {})
            elif self.deviations.hangs():
                self.close_connection = True
            else:
                self._as_asked(sent)
        except Problem as problem:
            self._send(problem.status, problem.body, "application/problem+json", {})

    def _as_asked(self, sent: Customer) -> None:
        if self.deviations.fails():
            raise Problem(500, "internal-error", "Internal error")
        status, body, headers = self._route(self.command, sent)
        content, media_type = self.deviations.instead() or (self.deviations.changed(body), "application/json")
        self._send(status, content, media_type, headers)

    def _deviate(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return {"names": self.deviations.switch(sent["names"]) if sent else self.deviations.names()}
        except (KeyError, TypeError, ValueError) as error:
            raise unacceptable(f'Send {{"names": [...]}}, each one of {", ".join(NAMES)}.') from error

    do_GET = do_POST = do_PUT = do_PATCH = do_OPTIONS = _answer  # noqa: N815

    def _dry(self) -> bool:
        """Whether this is a dry run that is one: it changes nothing, and its answer says so."""
        headers = getattr(self, "headers", None)  # a broken request has none
        asked = headers is not None and headers.get("Shadow", "").strip().lower() == "dry-run"
        return asked and self.deviations.honours(self.command)

    def _route(self, method: str, sent: Customer) -> tuple[int, Any, dict[str, str]]:
        url = urlsplit(self.path)
        number = unquote(url.path.removeprefix(ROOT).removeprefix("/"))
        if not (url.path == ROOT or url.path.startswith(f"{ROOT}/")) or "/" in number:
            raise Problem(404, "no-such-path", "No such path")
        store = self.store
        done = store.rehearsed if self._dry() else partial(store.once, self.headers.get("Idempotency-Key", ""))
        if method == "OPTIONS":
            return 204, {}, {"Allow": "GET, POST, PUT, PATCH, OPTIONS"}
        match method, bool(number):
            case "GET", False:
                return 200, self.store.page(dict(parse_qsl(url.query))), {}
            case "POST", False:
                created = done(lambda sql: store.create(sql, sent))
                return 201, created, {"Location": f"{ROOT}/{created['id']}"}
            case "GET", True:
                return 200, self.store.read(number), {}
            case "PUT", True:
                return 200, done(lambda sql: store.update(sql, number, sent)), {}
            case "PATCH", True:
                return 200, done(lambda sql: store.patch(sql, number, sent)), {}
        raise Problem(405, "method-not-allowed", "Method not allowed")

    def _body(self) -> Customer:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > MAX_BODY_BYTES:
            self.close_connection = True  # what was sent is still on the line, and nobody reads it
            raise Problem(413 if length.isdigit() else 411, "too-large", "Content-Length missing or too large")
        try:
            sent = json.loads(self.rfile.read(int(length)))
        except ValueError as error:
            raise Problem(400, "malformed-json", "Malformed JSON") from error
        if not isinstance(sent, dict):
            raise unacceptable("A customer is an object.")
        return sent

    def _send(self, status: int, body: Any, media_type: str, headers: Mapping[str, str]) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        if self._dry():
            self.send_header("Shadow-Honoured", "dry-run")
        if status == 204:
            content = b""
        else:
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what the library itself refuses (a broken request line, a method it has no do_ for) as a problem."""
        self.close_connection = True
        title = message or explain or "Refused"
        self._send(code, {"title": title, "status": code}, "application/problem+json", {"Connection": "close"})

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the adapter in front logs each call."""


def serve(port: int, database: str, deviate: Iterable[str] = ()) -> ThreadingHTTPServer:
    """Open the store and bind a server on loopback; port 0 takes a free one. The caller runs and closes it."""
    bound = type("BoundHandler", (Handler,), {"store": Store(database), "deviations": Deviations(deviate)})
    return ThreadingHTTPServer(("127.0.0.1", port), bound)


def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(description="A small JSON microservice that owns customers.")
    parser.add_argument("--port", type=int, default=9102)
    parser.add_argument("--database", default="customers.sqlite3", help="SQLite file, made and seeded when missing")
    parser.add_argument("--deviate", action="append", default=[], help="how it differs from its contract; see above")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with serve(asked.port, asked.database, asked.deviate) as server:
        print(f"customers on http://127.0.0.1:{server.server_address[1]}{ROOT}", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("customers stopped", flush=True)


if __name__ == "__main__":
    main()
