"""The virtual ERP in a process of its own, which remembers each effect for good: killed, it goes on where it was.

Its SQLite file is the journal: an order is there, with its reference and its customer, once the ERP has taken it, in
the order in which it was taken. ``die_after_effect`` makes the process end by SIGKILL between an effect and its answer.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import sys
import urllib.request
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from adapter.virtual import VirtualErp, serve
from adapter.virtual.envelope import Answer
from tests.killable import Killable
from tests.stack import ROOT

FIRST_PERSON: Final = 700_001
_PATHS: Final = {
    "ADAPTER_ENDPOINT_ERPSERVICE_ERPSOAP11": "/erp/soap11",
    "ADAPTER_ENDPOINT_ERPSERVICE_ERPSOAP12": "/erp/soap12",
    "ADAPTER_ENDPOINT_LAGERSERVICE": "/lager",
}


@dataclass(frozen=True, slots=True)
class Effect:
    """An order that the ERP took: its number, the customer's, the reference and the note that the request brought."""

    number: str
    customer: str
    reference: str
    note: str
    cancelled: bool


class Journal(Killable):
    """Starts, kills and restarts the ERP, always at the same port. Used in a ``with`` block."""

    def __init__(self, folder: Path) -> None:
        """Take the folder of its files."""
        super().__init__(folder, "erp", "tests.resilience.journal", "/erp/soap11?wsdl")

    @property
    def target(self) -> tuple[str, int]:
        """Where it listens."""
        return "127.0.0.1", self.port

    def misbehave(self, operation: str = "*", times: int | None = 1, **do: Any) -> None:
        """Add a rule of ``adapter.virtual.misbehave``."""
        self._control("POST", {"operation": operation, "times": times, "do": do})

    def behave(self) -> None:
        """Forget all rules and counts."""
        self._control("DELETE")

    def counts(self) -> dict[str, int]:
        """Return how often each operation was called since the start or the last ``behave``."""
        counts: dict[str, int] = self._control("GET")["counts"]
        return counts

    def effects(self, prefix: str = "") -> list[Effect]:
        """Return the orders whose reference or note begins with ``prefix``, first taken first. It may be down."""
        query = "SELECT nr, partner, fremdref, status = '90', document FROM auftrag ORDER BY nr"
        with closing(sqlite3.connect(self._database, timeout=20)) as connection:
            found = [
                Effect(number, customer, reference or "", _note(document), bool(gone))
                for number, customer, reference, gone, document in connection.execute(query)
            ]
        return [each for each in found if each.reference.startswith(prefix) or each.note.startswith(prefix)]

    def settle_people(self, count: int) -> list[str]:
        """Make ``count`` customers that may order, and return their numbers as the façade shows them."""
        with closing(sqlite3.connect(self._database, timeout=20)) as connection, connection:
            row = connection.execute("SELECT * FROM partner WHERE sperr = 'N' AND status = 'A' LIMIT 1").fetchone()
            first, *rest, document = row
            for number in range(FIRST_PERSON, FIRST_PERSON + count):
                padded = f"{number:010d}"
                own = document.replace(first.encode(), padded.encode())
                marks = ", ".join("?" * len(row))
                connection.execute(f"INSERT OR REPLACE INTO partner VALUES ({marks})", (padded, *rest, own))
        return [str(number) for number in range(FIRST_PERSON, FIRST_PERSON + count)]

    def _control(self, method: str, rule: dict[str, Any] | None = None) -> Any:
        data = None if rule is None else json.dumps(rule).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/_control", data, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())


def _note(document: bytes) -> str:
    found = re.search(rb":Hinweis>([^<]*)<", document)
    return found[1].decode() if found else ""


def endpoints(url: str) -> dict[str, str]:
    """Return the settings that point the example project at an ERP, or at a proxy before it."""
    return {name: url + path for name, path in _PATHS.items()}


class _Mortal(VirtualErp):
    """Ends its process after an effect when it is told to."""

    def __init__(self, project: Path, database: str, dying: Path) -> None:
        super().__init__(project, database)
        self._dying = dying

    def answer(self, call: Any) -> Answer:
        """Act, and die where it is time to."""
        answered = super().answer(call)
        if answered.status == 200 and call.operation.name.startswith(("Lege", "Ersetze", "Aendere", "Storniere")):
            self._die()
        return answered

    def _die(self) -> None:
        try:
            self._dying.unlink()  # whoever takes the order carries it out
        except FileNotFoundError:
            return
        os.kill(os.getpid(), signal.SIGKILL)


def main(database: str, port: int, dying: str) -> None:
    """Serve until killed. Each commit is on the disk before it is answered (WAL, synchronous=FULL)."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    serve(_Mortal(ROOT, database, Path(dying)), "127.0.0.1", port)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
