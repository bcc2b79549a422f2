"""SQLite: one file, WAL, each commit on the disk before it returns.

A writer begins with ``BEGIN IMMEDIATE``: it waits for its turn before it reads anything, so that it never has to give
up in the middle. A file that was moved away or replaced while it is open is noticed before each transaction, since
SQLite would go on writing to what nobody will ever read.
"""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.pool import NullPool

from adapter.errors import StoreUnavailable
from adapter.store.failures import unavailable

# A thread each; more would only wait for each other.
THREADS = 8
# KiB of pages that each connection keeps; SQLite's own measure is four times as much, and a worker has many connections
# that each look at a few rows. The rest is in the memory of the operating system, once.
CACHE = 512


class Replaced(StoreUnavailable):
    """The file that is open is not the one that has its name now, or nothing has."""


class Sqlite:
    """Connections to one SQLite file. ``forgetful``: what is deleted is overwritten; ``known``: the file is there.

    A file that was there and is gone is not made again: an empty one would have forgotten every write.
    """

    blocking = True  # its calls wait without telling gevent
    most = THREADS

    def __init__(self, path: Path, *, known: bool, forgetful: bool) -> None:
        self._path, self._known, self._forgetful = path, known, forgetful
        self._found: tuple[int, int] | None = None
        self._engine = create_engine("sqlite://", creator=self._open, poolclass=NullPool)
        event.listen(self._engine, "begin", _begin)

    def connect(self, until: float) -> Connection:
        """Return a new connection. Raise StoreUnavailable or DBAPIError."""
        if self._found is None:
            self._create(until)
        self.check()
        return self._engine.connect()

    def check(self) -> None:
        """Raise StoreUnavailable where the file is not the one that was opened: gone, or replaced by another."""
        try:
            found = os.stat(self._path)
        except OSError as error:
            raise _replaced(f"{self._path.name}: {error.strerror}") from error
        if (found.st_dev, found.st_ino) != self._found:
            raise _replaced(f"{self._path.name} was replaced by another file")

    def begin(self, connection: Connection, until: float, *, writing: bool) -> None:
        """Begin a transaction that waits for others at most until then."""
        self.check()
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.execute(f"PRAGMA busy_timeout = {_milliseconds(until)}")
        driver.execute(f"PRAGMA query_only = {not writing:d}")
        connection.info["writing"] = writing
        connection.begin()

    def forget(self, connection: Connection, until: float) -> bool:
        """Move the WAL into the file and empty it, outside of a transaction. False: somebody still reads from it."""
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.execute(f"PRAGMA busy_timeout = {_milliseconds(until)}")
        busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def copy(self, connection: Connection, target: Path) -> None:
        """Write a copy of the database, as it is at one moment, into a new file."""
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.execute("VACUUM INTO ?", (str(target),))

    def _create(self, until: float) -> None:
        """Make the file if there is none, for its owner alone, and switch it to WAL, which stays so."""
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CLOEXEC | (0 if self._known else os.O_CREAT), 0o600)
            found = os.fstat(handle)
            os.close(handle)
        except OSError as error:
            raise unavailable(f"{self._path.name}: {error.strerror}") from error
        self._found = (found.st_dev, found.st_ino)
        try:
            with self._engine.connect() as connection:
                self._to_wal(connection, until)
        except BaseException:
            self._found = None
            raise

    def _to_wal(self, connection: Connection, until: float) -> None:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        while True:
            driver.execute(f"PRAGMA busy_timeout = {_milliseconds(until)}")
            try:
                (mode,) = driver.execute("PRAGMA journal_mode = WAL").fetchone()
            except sqlite3.OperationalError:
                # Another process switches at this moment, and this pragma does not wait: a transaction does.
                if time.monotonic() > until:
                    raise
                driver.execute("BEGIN IMMEDIATE")
                driver.execute("ROLLBACK")
                continue
            if mode != "wal":
                raise unavailable(f"{self._path.name}: no WAL here, but {mode}")
            return

    def _open(self) -> sqlite3.Connection:
        # rw: a file that is gone is not made again, or all writes in it would be forgotten without a word
        uri = f"file:{quote(str(self._path))}?mode=rw"
        driver = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=1.0)
        driver.execute("PRAGMA synchronous = FULL")
        driver.execute(f"PRAGMA cache_size = -{CACHE}")
        if self._forgetful:
            driver.execute("PRAGMA secure_delete = ON")
        return driver


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.info.pop("writing", True) else "BEGIN")


def _replaced(cause: str) -> Replaced:
    told = unavailable(cause)
    return Replaced(told.problem, told.status, told.detail, headers=told.headers, cause=told.cause, sent=told.sent)


def _milliseconds(until: float) -> int:
    return max(1, int((until - time.monotonic()) * 1000))
