"""A process that dies at a chosen step: of its store, of its vault, before or after the ERP acts. Nothing runs then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

from adapter.deliver.settle import Keeping, settle
from adapter.messages import Request, Response
from adapter.steps.once import once
from adapter.store import Connection, Store, claiming, writes
from adapter.store.writes import UNKNOWN, Write
from adapter.vault import Keyring, Vault
from tests.resilience.stores import SECRET, Place
from tests.unit.keeping import Clock, Erp, asked, way

R = TypeVar("R")


class Killed(BaseException):
    """The process was killed, with -9."""


@dataclass
class Life:
    """How many steps are left; None: it lives. ``taken`` counts them."""

    left: int | None = None
    taken: int = 0

    def step(self) -> None:
        """Take one step, or die. Who is dead stays so, whatever tidies up."""
        if self.left == 0:
            raise Killed
        self.taken += 1
        if self.left is not None:
            self.left -= 1


class Mortal:
    """A store of such a process: it may die before a transaction, and after it was committed."""

    def __init__(self, store: Store, life: Life) -> None:
        self._store, self._life = store, life

    def run(self, act: Callable[[Connection], R], until: float | None = None) -> R:
        """Run a transaction that writes."""
        return self._between(lambda: self._store.run(act, until))

    def read(self, act: Callable[[Connection], R], until: float | None = None) -> R:
        """Run a transaction that reads."""
        return self._between(lambda: self._store.read(act, until))

    def _between(self, act: Callable[[], R]) -> R:
        self._life.step()
        found = act()
        self._life.step()
        return found


class Process:
    """One process before an ERP: it answers requests, and settles what it finds."""

    def __init__(
        self, stores: tuple[Store, Store], erp: Erp, clock: Clock, life: Life, machine: str = "here", **more: Any
    ) -> None:
        self.life, self.erp = life, erp
        store, keys = (cast(Store, Mortal(each, life)) for each in stores)
        self.keeping = Keeping(store, Vault(keys, Keyring(SECRET), now=lambda: 1000.0), 86400.0, clock)
        self.keeping = replace(self.keeping, steady=clock.steady(machine, len(machine) * 1000.0))
        self.way = way(erp, **more)
        self._handle = once(self.way, self.keeping)(self._send)

    def _send(self, request: Request) -> Response:
        self.life.step()
        response = self.erp.create(request)
        self.life.step()
        return response

    def ask(self, key: str, **more: Any) -> Response:
        """Answer a request."""
        return self._handle(asked(f'"{key}"', **more))

    def look_after(self, deadline: float) -> None:
        """Do what ``adapter work`` does about what others left behind."""
        keeping, now = self.keeping, self.keeping.now()
        terms = keeping.terms(self.way)
        found = keeping.store.read(lambda connection: writes.expired(connection, now, 100))
        for row in found:
            keeping.store.run(lambda connection, row=row: claiming.look(connection, row, now, terms))
        for row in keeping.store.read(lambda connection: writes.due(connection, UNKNOWN, now, 100)):
            settle(keeping, self.way, row, deadline)


def stores(place: Place) -> tuple[Store, Store]:
    """Return the two databases of a place, opened once for all processes of a test."""
    return place.store(), place.subjects()


def row_of(store: Store, reference: str) -> Write | None:
    """Return the row with a reference."""
    query = writes.WRITES.select().where(writes.WRITES.c.reference == reference)
    rows = store.read(lambda connection: [writes.write_of(each) for each in connection.execute(query)])
    return rows[0] if rows else None
