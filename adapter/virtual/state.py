"""What the ERP remembers: one SQLite database, one connection, one lock.

Records are kept as the XML they are answered with, so that nil, empty and absent stay three things; the columns
beside them are there to search and sort by. Amounts in columns are whole cents.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from typing import Any

SCHEMA = """
CREATE TABLE partner (nr TEXT PRIMARY KEY, such TEXT, ort TEXT, status TEXT, sperr TEXT, merkmale TEXT, anldat TEXT,
                      umsatz INTEGER, document BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE artikel (nr TEXT PRIMARY KEY, such TEXT, warengrp TEXT, aktiv TEXT, document BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE stueckliste (artikel TEXT, posnr INTEGER, teil TEXT, menge TEXT, einheit TEXT,
                          PRIMARY KEY (artikel, posnr)) WITHOUT ROWID;
CREATE TABLE auftrag (nr TEXT PRIMARY KEY, partner TEXT, status TEXT, fremdref TEXT, datum TEXT, betrag INTEGER,
                      document BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE position (auftrag TEXT, posnr INTEGER, document BLOB NOT NULL, PRIMARY KEY (auftrag, posnr)) WITHOUT ROWID;
CREATE TABLE rechnung (nr TEXT PRIMARY KEY, partner TEXT, auftrag TEXT, offen TEXT, datum TEXT, brutto INTEGER,
                       pdf BLOB, document BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE sperre (nr TEXT PRIMARY KEY, von TEXT, seit TEXT) WITHOUT ROWID;
CREATE TABLE bestand (artikel TEXT, lagerort TEXT, menge TEXT, einheit TEXT, stand TEXT,
                      PRIMARY KEY (artikel, lagerort)) WITHOUT ROWID;
CREATE TABLE buchung (nr INTEGER PRIMARY KEY, artikel TEXT, lagerort TEXT, art TEXT, menge TEXT, beleg TEXT);
CREATE INDEX auftrag_fremdref ON auftrag (fremdref);
CREATE INDEX auftrag_partner ON auftrag (partner);
"""

Row = tuple[Any, ...]
Seed = Callable[["State"], None]


def opened(database: str, seed: Seed) -> State:
    """Open ``database`` (a path or ``:memory:``). An empty one is filled by ``seed``."""
    state = State(_connected(database), _image(seed))
    if not state.rows("SELECT 1 FROM sqlite_schema"):
        state.reset()
    return state


def _connected(database: str) -> sqlite3.Connection:
    return sqlite3.connect(database, check_same_thread=False, isolation_level=None)


@cache
def _image(seed: Seed) -> bytes:
    """Return the seeded database as bytes. It is made once in a process, since it takes a while."""
    with closing(_connected(":memory:")) as connection:
        connection.executescript(SCHEMA)
        seed(State(connection, b""))
        return connection.serialize()


class State:
    """The open database. Its methods are called inside ``transaction`` only."""

    def __init__(self, connection: sqlite3.Connection, image: bytes) -> None:
        """Take a connection, and what ``reset`` puts there."""
        self._lock = threading.Lock()
        self._connection = connection
        self._image = image

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the lock and a transaction: everything inside happens, or nothing."""
        with self._lock:
            self._connection.execute("BEGIN")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def reset(self) -> None:
        """Forget everything and start from the seed."""
        with self._lock, closing(_connected(":memory:")) as source:
            source.deserialize(self._image)
            source.backup(self._connection)

    def rows(self, query: str, *values: object) -> list[Row]:
        """Return every row of a query."""
        return self._connection.execute(query, values).fetchall()

    def row(self, query: str, *values: object) -> Row | None:
        """Return the first row of a query, if there is one."""
        first: Row | None = self._connection.execute(query, values).fetchone()
        return first

    def one(self, query: str, *values: object) -> Any:
        """Return the first value of the first row, or None."""
        first = self.row(query, *values)
        return None if first is None else first[0]

    def save(self, table: str, *values: object) -> None:
        """Insert a row, in the order of the table's columns; one with the same key is replaced."""
        marks = ", ".join("?" * len(values))
        self._connection.execute(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", values)

    def execute(self, statement: str, *values: object) -> None:
        """Run a statement that returns nothing."""
        self._connection.execute(statement, values)

    def next_number(self, table: str, first: int) -> str:
        """Return the next free number of ten digits, ``first`` in an empty table."""
        highest = self.one(f"SELECT max(nr) FROM {table}")
        return f"{first if highest is None else int(highest) + 1:010d}"

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._connection.close()
