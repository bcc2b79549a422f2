"""A customer of one test at a whole installation: his orders, and what the store and the ERP have of them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from adapter.store import Connection, writes
from adapter.store.tables import WRITES
from adapter.store.writes import Write
from tests.resilience.stand import Seen, Stand

PATIENCE: Final = 40.0
LATER: Final = {"Prefer": "respond-async"}


@dataclass
class Case:
    """One test's customer at the installation. ``name`` begins the notes of its orders."""

    stand: Stand
    name: str
    customer: str

    def order(self, key: str = "", note: str = "", **headers: str) -> Seen:
        """Ask for an order of this test."""
        fields = {"X-API-Key": self.stand.key, **({"Idempotency-Key": f'"{self.name}{key}"'} if key else {})}
        return self.asked({**fields, **{name.replace("_", "-"): value for name, value in headers.items()}}, note)

    def asked(self, fields: Mapping[str, str], note: str = "") -> Seen:
        """Ask for an order of this test with these header fields alone."""
        lines = [{"item_id": "A-00001", "quantity": "1"}]
        body = {"customer_id": self.customer, "note": self.name + note, "lines": lines}
        return self.stand.anonymous("POST", "/v1/orders", body, fields)

    def later(self, key: str = "", note: str = "") -> str:
        """Have an order promised; return its id."""
        answer = self.order(key, note, **LATER)
        assert 202 == answer.status, answer.body
        return str(json.loads(answer.body)["id"])

    @property
    def effects(self) -> int:
        """How many orders of this test the ERP has."""
        return len([each for each in self.stand.journal.effects(self.name) if each.note.startswith(self.name)])

    def rows(self) -> int:
        """How many rows the store has, of whomever."""
        return len(self._read(lambda connection: connection.execute(WRITES.select()).all()))

    def row(self, id: str) -> Write:
        """Return a row."""
        found = self._read(lambda connection: writes.by_id(connection, id))
        assert isinstance(found, Write)
        return found

    def id_of(self, answer: Seen) -> str:
        """Return the id of the row whose answer was ``answer``; it is the last that was made."""
        assert answer.status < 300, answer.body
        query = WRITES.select().order_by(WRITES.c.sequence.desc()).limit(1)
        return writes.write_of(self._read(lambda connection: connection.execute(query).one())).id

    def set(self, id: str, **values: Any) -> None:
        """Change a row behind everybody's back."""
        store = self.stand.place.store()
        try:
            store.run(lambda connection: connection.execute(WRITES.update().where(WRITES.c.id == id).values(**values)))
        finally:
            store.close()

    def until(self, id: str, *states: str) -> Write:
        """Return a row once it is in one of some states."""
        end = time.monotonic() + PATIENCE
        while (row := self.row(id)).state not in states:
            assert time.monotonic() < end, row
            threading.Event().wait(0.05)
        return row

    def shown(self, id: str) -> Any:
        """Return an operation as its caller sees it."""
        answer = self.stand.call("GET", f"/v1/operations/{id}")
        assert 200 == answer.status, answer.body
        return json.loads(answer.body)

    def _read(self, act: Callable[[Connection], Any]) -> Any:
        store = self.stand.place.store()
        try:
            return store.read(act)
        finally:
            store.close()


def problem(answer: Seen, status: int, slug: str) -> Mapping[str, Any]:
    """Return the problem document that an answer has to be (RFC 9457), with words for who reads it."""
    assert (status, "application/problem+json") == (answer.status, answer.headers["content-type"]), answer.body
    found: Mapping[str, Any] = json.loads(answer.body)
    assert (f"/problems/{slug}", status) == (found["type"], found["status"])
    assert found["title"]
    assert found["instance"]
    return found
