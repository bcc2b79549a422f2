"""The customers of the demonstration's microservice: one JSON document a row, in SQLite, and what may be written."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import repeated
from finding import Customer, fits, ordered, whole
from refusals import Problem, unacceptable

SEED = Path(__file__).with_name("customers.json")
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
