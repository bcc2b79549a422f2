"""PostgreSQL by psycopg. Nothing waits longer than the transaction may take: neither connecting nor an answer.

psycopg waits with ``select``, which gevent knows, so transactions run in their own greenlets. A server that is there
but silent is left when the time is over; the connection is closed then, and the server gives its transaction up.
"""

from __future__ import annotations

import importlib
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from adapter.errors import BuildError, Mistake
from adapter.store.failures import unavailable

# Connections of one process and database. PostgreSQL allows 100 by default, to all.
CONNECTIONS = 8
# The server's own bounds, for a transaction whose client is gone.
_OPTIONS = (
    "-c statement_timeout=10s -c lock_timeout=10s -c idle_in_transaction_session_timeout=30s "
    "-c client_connection_check_interval=1s -c synchronous_commit=on -c TimeZone=UTC"
)

# Old segments are removed by a checkpoint, and are neither used again with what they held, nor anywhere else.
_NOTHING_KEPT = """
    SELECT current_setting('wal_recycle') = 'off' AND current_setting('archive_mode') = 'off'
    AND current_setting('wal_keep_size') = '0' AND NOT EXISTS (SELECT FROM pg_replication_slots)
"""


class Postgres:
    """Connections to one PostgreSQL database."""

    blocking = False
    most = CONNECTIONS

    def __init__(self, url: URL, password: str) -> None:
        self._url, self._password = url, password
        try:
            self._driver = importlib.import_module("adapter.store.bounded")
        except ModuleNotFoundError as error:
            remedy = "pip install 'strangler-adapter[postgres]'"
            raise BuildError([Mistake("adapter.env", 0, 0, "PostgreSQL needs psycopg", remedy)]) from error
        self._engine = create_engine(url.set(drivername="postgresql+psycopg"), creator=self._open, poolclass=NullPool)

    def connect(self, until: float) -> Connection:
        """Return a new connection. Raise StoreUnavailable or DBAPIError."""
        self._driver.UNTIL.set(until)
        return self._engine.connect()

    def begin(self, connection: Connection, until: float, *, writing: bool) -> None:
        """Begin a transaction that ends at ``until``. One that only reads sees one moment, as in SQLite."""
        if time.monotonic() >= until:
            raise unavailable("no time left")
        self._driver.UNTIL.set(until)
        self._driver.set_mode(connection.connection.driver_connection, writing=writing)
        connection.begin()

    def forget(self, connection: Connection, until: float) -> bool:
        """Take deleted rows out of the files: VACUUM FULL writes their table anew, a checkpoint lets go of the WAL.

        False: files may still hold them, since the server keeps or archives the WAL, is too busy to be done in time, or
        does not let us ask for a checkpoint (role ``pg_checkpoint``, and EXECUTE on ``pg_switch_wal``).
        """
        self._driver.UNTIL.set(until)
        apart = connection.execution_options(isolation_level="AUTOCOMMIT")
        try:
            for statement in ("VACUUM FULL subject_keys", "SELECT pg_switch_wal()", "CHECKPOINT"):
                apart.exec_driver_sql(statement)
            return bool(apart.exec_driver_sql(_NOTHING_KEPT).scalar())
        except DBAPIError:  # not allowed, or not in time: what is deleted is deleted, and more is not known
            return False

    def copy(self, connection: Connection, target: Path) -> None:
        """Raise StoreUnavailable: the server has tools for that."""
        raise unavailable("PostgreSQL is backed up with its own tools: pg_dump, or a base backup and its WAL")

    def _open(self) -> Any:
        given = dict[str, Any](self._url.translate_connect_args(username="user"))
        given["dbname"] = given.pop("database", "")
        given |= dict(self._url.query)
        given["options"] = f"{given.get('options', '')} {_OPTIONS}".strip()
        given.setdefault("application_name", "strangler-adapter")
        if self._password:
            given["password"] = self._password
        return self._driver.BoundedConnection.connect(**given)
