"""A microservice that owns customers: what takes over when the ERP lets go of them.

It speaks the JSON of ``/v1/customers``, so that an adapter may send an operation here instead of to the ERP. Standard
library only, state in SQLite, seeded from ``customers.json`` when the database is empty::

    python ops/demo/customers.py --port 8102 --database /tmp/customers.sqlite3

``GET /customers`` (``limit``, ``offset``, ``sort``, ``name``, ``status``), ``POST /customers``, ``GET``, ``PUT`` and
``PATCH /customers/{id}``. PATCH merges (RFC 7396), except that null is kept as a value. Errors are problems (RFC 9457).
"""

from __future__ import annotations

import argparse
import json
import signal
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

SEED = Path(__file__).with_name("customers.json")
ROOT = "/customers"
MAX_BODY_BYTES = 1_000_000
READ_ONLY = ("id", "created_on")
SORTABLE = ("name", "created_on")

Customer = dict[str, Any]


class Problem(Exception):
    """An answer that is not what was asked for: its status, the slug of its type, a title and a detail."""

    def __init__(self, status: int, slug: str, title: str, detail: str = "") -> None:
        super().__init__(slug)
        self.status = status
        self.body: dict[str, Any] = {
            "type": f"/problems/{slug}",
            "title": title,
            "status": status,
            "detail": detail or title,
        }


def no_such_customer(number: str) -> Problem:
    """The problem that answers for an id nobody has."""
    return Problem(404, "customer-not-found", "No such customer", f"There is no customer {number}.")


class Store:
    """The customers, one JSON document a row. A connection for each use, so threads never share one."""

    def __init__(self, database: str) -> None:
        self._database = database
        with self._transaction() as sql:
            sql.execute("CREATE TABLE IF NOT EXISTS customers (id TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT")
            if not sql.execute("SELECT count(*) FROM customers").fetchone()[0]:
                for customer in json.loads(SEED.read_text(encoding="utf-8")):
                    _save(sql, customer)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        sql = sqlite3.connect(self._database, timeout=5, isolation_level=None)
        try:
            sql.execute("BEGIN IMMEDIATE")
            yield sql
            sql.execute("COMMIT")
        finally:
            sql.close()  # without a commit this rolls back

    def page(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Return one page of the customers that fit the query, and how many fit in all."""
        limit, offset = _whole(query, "limit", 50), _whole(query, "offset", 0)
        with self._transaction() as sql:
            everyone = [json.loads(row[0]) for row in sql.execute("SELECT document FROM customers ORDER BY id")]
        found = _sorted([customer for customer in everyone if _fits(customer, query)], query.get("sort", "name"))
        return {
            "items": found[offset : offset + limit],
            "page": {"limit": limit, "offset": offset, "total": len(found)},
        }

    def read(self, number: str) -> Customer:
        """Return one customer. Raise Problem 404."""
        with self._transaction() as sql:
            return _load(sql, number)

    def create(self, sent: Customer) -> Customer:
        """Keep a new customer under the next free id and return it."""
        with self._transaction() as sql:
            highest = sql.execute("SELECT max(CAST(id AS INTEGER)) FROM customers").fetchone()[0] or 0
            today = sql.execute("SELECT date('now', 'localtime')").fetchone()[0]
            customer = {"id": str(highest + 1), **_writable(sent), "created_on": today}
            _save(sql, customer)
        return customer

    def update(self, number: str, sent: Customer) -> Customer:
        """Replace a customer, all but what it may not change, and return it."""
        with self._transaction() as sql:
            old = _load(sql, number)
            customer = {**_writable(sent), **{name: old[name] for name in READ_ONLY if name in old}}
            _save(sql, customer)
        return customer

    def patch(self, number: str, sent: Customer) -> Customer:
        """Change what was sent, keep the rest, and return the customer."""
        with self._transaction() as sql:
            customer = _merged(_load(sql, number), _writable(sent))
            _save(sql, customer)
        return customer


def _load(sql: sqlite3.Connection, number: str) -> Customer:
    row = sql.execute("SELECT document FROM customers WHERE id = ?", [number]).fetchone()
    if row is None:
        raise no_such_customer(number)
    customer: Customer = json.loads(row[0])
    return customer


def _save(sql: sqlite3.Connection, customer: Customer) -> None:
    document = json.dumps(customer, ensure_ascii=False)
    sql.execute("INSERT OR REPLACE INTO customers (id, document) VALUES (?, ?)", [customer["id"], document])


def _writable(sent: Customer) -> Customer:
    return {name: value for name, value in sent.items() if name not in READ_ONLY}


def _merged(old: Customer, new: Customer) -> Customer:
    both = dict(old)
    for name, value in new.items():
        kept = both.get(name)
        both[name] = _merged(kept, value) if isinstance(kept, dict) and isinstance(value, dict) else value
    return both


def _fits(customer: Customer, query: Mapping[str, str]) -> bool:
    name, status = query.get("name", ""), query.get("status")
    return name.casefold() in str(customer.get("name", "")).casefold() and status in (None, customer.get("status"))


def _sorted(customers: list[Customer], order: str) -> list[Customer]:
    field = order.removeprefix("-")
    if field not in SORTABLE:
        raise Problem(
            422, "invalid-request", "Invalid request", f"sort is one of {', '.join(SORTABLE)}, or one with -."
        )
    return sorted(customers, key=lambda customer: str(customer.get(field) or ""), reverse=order.startswith("-"))


def _whole(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise Problem(422, "invalid-request", "Invalid request", f"{name} is a whole number from 0.")
    return int(text)


class Handler(BaseHTTPRequestHandler):
    """HTTP around a store: paths and methods in, JSON out."""

    protocol_version = "HTTP/1.1"
    server_version = "customers"
    sys_version = ""
    wbufsize = -1  # one write for head and body
    timeout = 30
    store: Store

    def do_GET(self) -> None:
        """Answer a list or one customer."""
        self._answer("GET")

    def do_POST(self) -> None:
        """Create a customer."""
        self._answer("POST")

    def do_PUT(self) -> None:
        """Replace a customer."""
        self._answer("PUT")

    def do_PATCH(self) -> None:
        """Change a part of a customer."""
        self._answer("PATCH")

    def _answer(self, method: str) -> None:
        try:
            sent = self._body() if method in ("POST", "PUT", "PATCH") else {}
            status, body, headers = self._route(method, sent)
        except Problem as problem:
            self._send(problem.status, problem.body, "application/problem+json", {})
        else:
            self._send(status, body, "application/json", headers)

    def _route(self, method: str, sent: Customer) -> tuple[int, Any, dict[str, str]]:
        url = urlsplit(self.path)
        number = unquote(url.path.removeprefix(ROOT).removeprefix("/"))
        if not (url.path == ROOT or url.path.startswith(f"{ROOT}/")) or "/" in number:
            raise Problem(404, "no-such-path", "No such path")
        match method, bool(number):
            case "GET", False:
                return 200, self.store.page(dict(parse_qsl(url.query))), {}
            case "POST", False:
                created = self.store.create(sent)
                return 201, created, {"Location": f"{ROOT}/{created['id']}"}
            case "GET", True:
                return 200, self.store.read(number), {}
            case "PUT", True:
                return 200, self.store.update(number, sent), {}
            case "PATCH", True:
                return 200, self.store.patch(number, sent), {}
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
            raise Problem(422, "invalid-request", "Invalid request", "A customer is an object.")
        return sent

    def _send(self, status: int, body: Any, media_type: str, headers: Mapping[str, str]) -> None:
        content = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
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


def serve(port: int, database: str) -> ThreadingHTTPServer:
    """Open the store and bind a server on loopback; port 0 takes a free one. The caller runs and closes it."""
    bound = type("BoundHandler", (Handler,), {"store": Store(database)})
    return ThreadingHTTPServer(("127.0.0.1", port), bound)


def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(description="A small JSON microservice that owns customers.")
    parser.add_argument("--port", type=int, default=8102)
    parser.add_argument("--database", default="customers.sqlite3", help="SQLite file, made and seeded when missing")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with serve(asked.port, asked.database) as server:
        print(f"customers on http://127.0.0.1:{server.server_address[1]}{ROOT}", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("customers stopped", flush=True)


if __name__ == "__main__":
    main()
