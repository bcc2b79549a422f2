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
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import repeated
from deviations import NAMES, Deviations
from finding import Customer, fits, ordered, whole
from refusals import Problem, unacceptable

SEED = Path(__file__).with_name("customers.json")
ROOT = "/customers"
DEVIATE = "/_deviate"
MAX_BODY_BYTES = 1_000_000
FIELDS = (
    "kind", "id", "name", "name_suffix", "status", "blocked", "credit_limit", "discount", "payment_days", "email",
    "note", "address", "phones", "tags", "last_contact_on", "created_on", "changed_at", "account_number", "revenue",
    "version", "first_name", "born_on", "vat_id", "legal_form",
)  # fmt: skip
READ_ONLY = ("id", "created_on", "changed_at", "account_number", "revenue", "version")
REQUIRED = {"person": ("name", "first_name"), "company": ("name", "legal_form")}


class Store:
    """The customers, one JSON document a row. A connection for each use, so threads never share one."""

    def __init__(self, database: str) -> None:
        self._database = database
        with self._transaction() as sql:
            sql.execute("CREATE TABLE IF NOT EXISTS customers (id INTEGER PRIMARY KEY, document TEXT NOT NULL) STRICT")
            repeated.prepare(sql)
            if not sql.execute("SELECT count(*) FROM customers").fetchone()[0]:
                for customer in json.loads(SEED.read_text(encoding="utf-8")):
                    _save(sql, customer)

    @contextmanager
    def _transaction(self, end: str = "COMMIT") -> Iterator[sqlite3.Connection]:
        sql = sqlite3.connect(self._database, timeout=5, isolation_level=None)
        try:
            sql.execute("BEGIN IMMEDIATE")
            yield sql
            sql.execute(end)
        finally:
            sql.close()  # without a commit this rolls back

    def page(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Return one page of the customers that fit the query, and how many fit in all."""
        limit, offset = whole(query, "limit", 50), whole(query, "offset", 0)
        with self._transaction() as sql:
            everyone = [json.loads(row[0]) for row in sql.execute("SELECT document FROM customers ORDER BY id")]
        found = ordered([customer for customer in everyone if fits(customer, query)], query.get("sort", "id"))
        return {
            "items": found[offset : offset + limit],
            "page": {"limit": limit, "offset": offset, "total": len(found)},
        }

    def read(self, number: str) -> Customer:
        """Return one customer. Raise Problem 404."""
        with self._transaction() as sql:
            return _load(sql, number)

    def rehearsed(self, act: Callable[[sqlite3.Connection], Customer]) -> Customer:
        """Return what a write would make. It is made, and taken back."""
        with self._transaction("ROLLBACK") as sql:
            return act(sql)

    def once(self, key: str, act: Callable[[sqlite3.Connection], Customer]) -> Customer:
        """Return what a write made; one with a key (not "") is done once."""
        with self._transaction() as sql:
            return repeated.once(sql, key, act)

    def create(self, sql: sqlite3.Connection, sent: Customer) -> Customer:
        """Keep a new customer and return it: under its own id with all it has where it comes from elsewhere."""
        if "id" in sent:
            known = str(sent["id"]).isascii() and str(sent["id"]).isdigit()
            if not known or sql.execute("SELECT 1 FROM customers WHERE id = ?", [int(sent["id"])]).fetchone():
                raise Problem(409, "customer-there", "There already", f"{sent['id']} is no id, or one is there.")
            number = int(sent["id"])
        else:
            number = 1 + (sql.execute("SELECT max(id) FROM customers").fetchone()[0] or 0)
        own = {
            "id": str(number),
            "created_on": datetime.now(UTC).strftime("%Y-%m-%d"),
            "changed_at": _now(),
            "account_number": str(9_100_000_000_000_000_000 + number),
            "revenue": {"value": "0.00", "currency": "EUR"},
            "version": 1,
        }
        if "id" in sent:
            own |= {name: sent[name] for name in READ_ONLY if name in sent}
        return _save(sql, {"status": "active", "blocked": False, **sent, **own})

    def update(self, sql: sqlite3.Connection, number: str, sent: Customer) -> Customer:
        """Replace a customer, all but what it may not change, and return it. The version has to be the current one."""
        old = _load(sql, number)
        if "version" not in sent:
            raise unacceptable("version is missing.")
        _guard(old, sent)
        kept = {name: old[name] for name in READ_ONLY if name in old}
        return _save(sql, _touched({"status": "active", "blocked": False, **sent, **kept}))

    def patch(self, sql: sqlite3.Connection, number: str, sent: Customer) -> Customer:
        """Change what was sent, keep the rest, and return the customer. A version sent has to be the current one."""
        old = _load(sql, number)
        _guard(old, sent)
        new = {**old, **{name: value for name, value in sent.items() if name not in READ_ONLY}}
        if isinstance(old.get("address"), dict) and isinstance(new["address"], dict):
            new["address"] = {**old["address"], **new["address"]}
        return _save(sql, _touched(new))


def _load(sql: sqlite3.Connection, number: str) -> Customer:
    known = number.isascii() and number.isdigit() and len(number) <= 10
    row = sql.execute("SELECT document FROM customers WHERE id = ?", [int(number)]).fetchone() if known else None
    if row is None:
        raise Problem(404, "customer-not-found", "No such customer", f"There is no customer {number}.")
    customer: Customer = json.loads(row[0])
    return customer


def _save(sql: sqlite3.Connection, wanted: Customer) -> Customer:
    customer = {name: wanted[name] for name in FIELDS if name in wanted}
    required = REQUIRED.get(str(customer.get("kind")))
    if required is None:
        raise unacceptable(f"kind is {' or '.join(REQUIRED)}.")
    if missing := [name for name in required if not customer.get(name)]:
        raise unacceptable(f"{missing[0]} is missing.")
    if (limit := customer.get("credit_limit")) is not None:
        customer["credit_limit"] = _cents(limit)
    document = json.dumps(customer, ensure_ascii=False)
    sql.execute("INSERT OR REPLACE INTO customers (id, document) VALUES (?, ?)", [int(customer["id"]), document])
    return customer


def _cents(amount: Any) -> str:
    try:
        return f"{Decimal(str(amount)):.2f}"
    except InvalidOperation as error:
        raise unacceptable("credit_limit is an amount.") from error


def _guard(old: Customer, sent: Customer) -> None:
    if "version" in sent and sent["version"] != old["version"]:
        raise Problem(409, "version-conflict", "The record was changed meanwhile")
    if sent.get("kind", old["kind"]) != old["kind"]:
        raise unacceptable("kind cannot change.")


def _touched(customer: Customer) -> Customer:
    return {**customer, "version": customer["version"] + 1, "changed_at": _now()}


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


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
