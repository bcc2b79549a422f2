"""What dies in the state machine of rollouts: processes with what they know, in the middle of a transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import text

from adapter.moving.follow import Follower, Snapshot
from adapter.store import Connection, Store
from adapter.store.writes import Write

R = TypeVar("R")


class Killed(BaseException):
    """A process died here."""


@dataclass
class Crashing:
    """A store whose process dies in its next transaction: before its commit, after it, or with its connection."""

    store: Store
    when: str

    def run(self, act: Callable[[Connection], R], until: float | None = None) -> R:
        """Run a transaction to its death."""
        if self.when == "after":
            self.store.run(act, until)
            raise Killed
        return self.store.run(lambda connection: self._dying(connection, act(connection)), until)

    def read(self, act: Callable[[Connection], R], until: float | None = None) -> R:
        """Read; nobody dies of that."""
        return self.store.read(act, until)

    def _dying(self, connection: Connection, done: R) -> R:
        if self.when == "before":
            raise Killed
        if self.when == "cut" and connection.dialect.name == "postgresql":
            self.when = ""  # the product may run it again, where its connection was an idle one
            connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return done


@dataclass
class Process:
    """A worker: what it knows of features. A new one knows nothing."""

    follower: Follower
    snapshot: Snapshot = field(default_factory=Snapshot)

    def look(self) -> Snapshot:
        """Look at the store."""
        self.snapshot = self.follower.look()
        return self.snapshot


@dataclass
class Flight:
    """A caller's write that a process has claimed: its row, and whether its side has it."""

    row: Write
    entity: str
    sent: bool = False
    alone: bool = False
    """Its process died: nobody goes on with it."""
