"""``Store``: transactions in one database, from threads and from greenlets alike, and after a fork.

Nothing is opened before the first transaction of a process. A transaction ends within its time, or StoreUnavailable
says that the store could not be asked. Where a commit's answer was lost nobody knows whether it counted: whoever
writes something that must be right then reads it again.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, make_url
from sqlalchemy.exc import DBAPIError

from adapter.store.failures import failed, unavailable
from adapter.store.greenlets import Threads, lock, patched
from adapter.store.migrate import Schema, current, migrate
from adapter.store.postgres import Postgres
from adapter.store.sqlite import Replaced, Sqlite
from adapter.store.tables import STORE
from adapter.store.within import latest as bound

R = TypeVar("R")
Engine = Sqlite | Postgres

# How long a transaction may take where its caller has more time: longer than any that is well.
PATIENCE = 5.0
_inside: ContextVar[bool] = ContextVar("inside", default=False)


def open_store(
    url: str, schema: Schema = STORE, *, password: str = "", patience: float = PATIENCE, forgetful: bool = False
) -> Store:
    """Return the store at a path (SQLite) or a ``postgresql://`` URL. Nothing is opened yet.

    ``forgetful``: what is deleted must leave the disk (``Store.forget``).
    """
    if "://" not in url:
        return Store(
            lambda known: Sqlite(Path(url), known=known, forgetful=forgetful), schema, patience, Path(url).name
        )
    parsed = make_url(url)
    return Store(
        lambda known: Postgres(parsed, password), schema, patience, parsed.render_as_string(hide_password=True)
    )


class Store:
    """One database. Share it as you like: between threads, greenlets and, before its first use, processes."""

    def __init__(self, engine: Callable[[bool], Engine], schema: Schema, patience: float, name: str) -> None:
        self.name = name
        self._engine, self._schema, self._patience = engine, schema, patience
        self._opening = threading.Lock()
        self._opened: _Opened | None = None
        self._known = False
        self._others: list[_Opened] = []  # of the process that we were forked from: closing them is not ours

    def __repr__(self) -> str:
        """Name the database, never a password."""
        return f"Store({self.name!r})"

    def run(self, act: Callable[[Connection], R], until: float | None = None) -> R:
        """Return what ``act`` returns, when all that it wrote is on the disk. Whatever it raises undoes all of it.

        ``act`` gets the connection, and does nothing else that waits: other writers wait for it. It may be called
        twice, where a server was restarted. ``until``: when the caller's time is over, as ``Request.deadline``.
        Raise StoreUnavailable where the store cannot be asked, or not in time.
        """
        return self._transaction(act, until, writing=True)

    def read(self, act: Callable[[Connection], R], until: float | None = None) -> R:
        """Return what ``act`` returns, which only reads: it never waits for writers. Otherwise like ``run``."""
        return self._transaction(act, until, writing=False)

    def forget(self, until: float | None = None) -> bool:
        """Take what was deleted out of the files. Return whether nothing of it is left in any file of the database."""
        return self._apart(lambda engine, connection, until: engine.forget(connection, until), until)

    def copy(self, target: Path, until: float) -> None:
        """Write a copy of a SQLite database into a new file, while it is used. Raise FileExistsError where it is not.

        Raise StoreUnavailable where the database is in PostgreSQL.
        """
        self._apart(lambda engine, connection, until: engine.copy(connection, target), until, patience=float("inf"))

    def _apart(
        self, act: Callable[[Engine, Connection, float], R], until: float | None, patience: float | None = None
    ) -> R:
        """Do something on a connection of its own, outside of a transaction."""

        def apart(opened: _Opened, until: float) -> R:
            connection = opened.engine.connect(until)
            try:
                return act(opened.engine, connection, until)
            finally:
                connection.close()

        return self._run(apart, until, patience)

    def close(self) -> None:
        """Close what is idle. The store may be used again, and opens then."""
        with self._opening:
            opened, self._opened = self._opened, None
        if opened is not None and opened.pid == os.getpid():
            opened.close()

    def _transaction(self, act: Callable[[Connection], R], until: float | None, *, writing: bool) -> R:
        return self._run(lambda opened, until: opened.transaction(act, until, writing=writing), until)

    def _run(self, act: Callable[[_Opened, float], R], until: float | None, patience: float | None = None) -> R:
        if _inside.get():
            raise RuntimeError("a transaction inside of a transaction would wait for itself")
        latest = min(bound(), time.monotonic() + (self._patience if patience is None else patience))
        until = latest if until is None else min(until, latest)
        opened = self._open(until)
        try:
            return opened.run(lambda: act(opened, until), until)
        except Replaced:
            self._reopen(opened)
            raise
        except DBAPIError as error:
            told = failed(error)
            if told is None:
                raise
            try:
                raise told from error
            finally:
                del told  # it holds this frame, which would hold it

    def _open(self, until: float) -> _Opened:
        opened = self._opened
        if opened is not None and opened.pid == os.getpid():
            return opened
        if not self._opening.acquire(timeout=max(0.001, until - time.monotonic())):
            raise unavailable("still being opened")
        try:
            opened = self._opened
            if opened is not None and opened.pid == os.getpid():
                return opened
            if opened is not None:
                self._others.append(opened)
            self._opened = self._made(until)
            return self._opened
        finally:
            self._opening.release()

    def _made(self, until: float) -> _Opened:
        """Open the database, and see to its tables. What was there once is not made again."""
        made = _Opened(self._engine(self._known))
        try:
            made.run(lambda: made.prepare(self._schema, until), until)
        except DBAPIError as error:
            raise (failed(error) or error) from error
        self._known = True
        return made

    def _reopen(self, replaced: _Opened) -> None:
        with self._opening:
            if self._opened is replaced:
                self._opened = None
        replaced.close()


class _Opened:
    """What one process holds of a database: idle connections, and turns or threads that bound how many there are."""

    def __init__(self, engine: Engine) -> None:
        self.pid = os.getpid()
        self.engine = engine
        self._idle: deque[Connection] = deque()
        self._threads = Threads(engine.most) if engine.blocking and patched() else None
        self._turns = threading.BoundedSemaphore(engine.most)
        # SQLite's own queue is one of sleeps, up to 100 ms each; who waits for a thread of ours is woken at once.
        self._writer = lock() if engine.blocking else None

    def run(self, act: Callable[[], R], until: float) -> R:
        """Return what ``act`` returns, where there is a free connection for it in time."""
        if self._threads is not None:
            return self._threads.run(lambda: _marked(act), until)
        if self.engine.blocking:
            return _marked(act)
        if not self._turns.acquire(timeout=max(0.001, until - time.monotonic())):
            raise unavailable("all connections are busy")
        try:
            return _marked(act)
        finally:
            self._turns.release()

    def prepare(self, schema: Schema, until: float) -> None:
        """Make or migrate the tables, if they are not as this release needs them."""
        if not self.transaction(lambda connection: current(connection, schema), until, writing=False):
            self.transaction(lambda connection: migrate(connection, schema), until, writing=True)

    def transaction(self, act: Callable[[Connection], R], until: float, *, writing: bool) -> R:
        """Run one transaction, writing ones of this process one after the other where the engine has no queue."""
        if self._writer is None or not writing:
            return self._run(act, until, writing=writing)
        if not self._writer.acquire(timeout=max(0.001, until - time.monotonic())):
            raise unavailable("other writers took too long")
        try:
            return self._run(act, until, writing=writing)
        finally:
            self._writer.release()

    def _run(self, act: Callable[[Connection], R], until: float, *, writing: bool) -> R:
        """Run one transaction. One on a connection that was idle while its server was restarted is run again."""
        reused = self._taken()
        if reused is not None:
            try:
                result = self._begun(reused, act, until, writing=writing)
            except DBAPIError as error:
                if not error.connection_invalidated or time.monotonic() > until:
                    raise
                self.drop_idle()
            else:
                return self._ended(reused, result, until, writing=writing)
        connection = self.engine.connect(until)
        return self._ended(connection, self._begun(connection, act, until, writing=writing), until, writing=writing)

    def _begun(self, connection: Connection, act: Callable[[Connection], R], until: float, *, writing: bool) -> R:
        try:
            self.engine.begin(connection, until, writing=writing)
            return act(connection)
        except BaseException as error:
            self._after(connection, error)
            raise

    def _ended(self, connection: Connection, result: R, until: float, *, writing: bool) -> R:
        try:
            if writing and time.monotonic() > until:
                raise unavailable("no time left to commit")
            connection.commit()
        except BaseException as error:
            self._after(connection, error)
            raise
        self._idle.append(connection)
        return result

    def _after(self, connection: Connection, error: BaseException) -> None:
        """Undo. A connection that failed, or in which something was going on, is not used again."""
        if isinstance(error, Exception) and not isinstance(error, DBAPIError):
            try:
                connection.rollback()
            except DBAPIError:
                _discard(connection)
            else:
                self._idle.append(connection)
        else:
            _discard(connection)

    def _taken(self) -> Connection | None:
        with suppress(IndexError):
            return self._idle.pop()
        return None

    def drop_idle(self) -> None:
        """Close idle connections."""
        while (connection := self._taken()) is not None:
            _discard(connection)

    def close(self) -> None:
        """Close idle connections and end threads."""
        if self._threads is None:
            self.drop_idle()
        else:
            self._threads.run(self.drop_idle, time.monotonic() + PATIENCE)
            self._threads.close()


def _marked(act: Callable[[], R]) -> R:
    token = _inside.set(True)
    try:
        return act()
    finally:
        _inside.reset(token)


def _discard(connection: Connection) -> None:
    with suppress(DBAPIError):
        connection.invalidate()
    with suppress(DBAPIError):
        connection.close()
