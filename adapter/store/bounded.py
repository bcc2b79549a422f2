"""psycopg connections that wait no longer than somebody has time. Loaded only where a store is in PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextvars import ContextVar
from typing import Any, TypeVar

import psycopg
from psycopg import IsolationLevel

R = TypeVar("R")
UNTIL: ContextVar[float] = ContextVar("until")


class BoundedConnection(psycopg.Connection[Any]):
    """A connection whose every wait ends at ``UNTIL`` (on the monotonic clock). One that waited in vain is closed.

    A server that is gone without a word keeps its sockets open, and no time-out of its own comes from it.
    """

    def wait(self, gen: Generator[Any, Any, R], interval: float = 0.1, timeout: float | None = None) -> R:
        """Wait as psycopg does, but not longer than there is time."""
        left = max(0.0, UNTIL.get() - time.monotonic())
        try:
            return super().wait(gen, interval, left if timeout is None else min(left, timeout))
        except psycopg.Error:
            if time.monotonic() >= UNTIL.get():
                self.pgconn.finish()
            raise
        except BaseException:  # a greenlet was killed: what the server still answers is nobody's
            self.pgconn.finish()
            raise

    @classmethod
    def _connect_gen(cls, conninfo: str = "") -> Any:
        """Connect, looking at the clock whenever psycopg does (each tenth of a second); its own time-out is >= 2 s."""
        return _timed(super()._connect_gen(conninfo), UNTIL.get())


def set_mode(connection: BoundedConnection, *, writing: bool) -> None:
    """Say what the next transaction is: psycopg sends it together with BEGIN."""
    connection.read_only = not writing
    connection.isolation_level = IsolationLevel.READ_COMMITTED if writing else IsolationLevel.REPEATABLE_READ


def _timed(steps: Generator[Any, Any, R], until: float) -> Generator[Any, Any, R]:
    ready: Any = None
    while True:
        try:
            wanted = steps.send(ready)
        except StopIteration as end:
            result: R = end.value
            return result
        if time.monotonic() > until:
            steps.close()
            raise psycopg.errors.ConnectionTimeout("no connection in time")
        ready = yield wanted
