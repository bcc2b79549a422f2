"""Writing down what became of a row that is in our hands. Where that fails its lease runs out, and it is found out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from adapter.deliver.settle import Keeping
from adapter.deliver.way import Way
from adapter.errors import StoreUnavailable, VaultError
from adapter.store import Connection, claiming, due
from adapter.store.writes import Write


@dataclass(frozen=True, slots=True)
class Book:
    """The outcomes of one operation's writes."""

    keeping: Keeping
    way: Way

    def answer(self, row: Write, state: str, answer: bytes) -> None:
        """Keep the first answer of a row, by which it is done or refused."""
        keeping = self.keeping

        def act(connection: Connection) -> object:
            return claiming.settle(connection, row, keeping.now(), state, sealed)

        try:
            sealed = keeping.seal(row, "answer", answer)
        except (StoreUnavailable, VaultError):
            keeping.count(row.operation, "not_kept")
            return
        self._tell(row, state, act)

    def lost(self, row: Write, cause: str) -> None:
        """Say that nobody knows what became of a row."""
        keeping, after = self.keeping, self.way.after
        act = partial(
            claiming.lost, row=row, now=keeping.now(), after=after, cause=cause, rest=keeping.steady.rest(after)
        )
        self._tell(row, "unknown", act)

    def nothing(self, row: Write) -> None:
        """Say that nothing was done. One that was promised meanwhile is still to be done."""
        now = self.keeping.now()

        def act(connection: Connection) -> None:
            if not due.still_promised(connection, row, now):
                claiming.give_back(connection, row, now)

        self._tell(row, "nothing", act)

    def _tell(self, row: Write, outcome: str, act: Callable[[Connection], object]) -> None:
        try:
            self.keeping.store.run(act)
        except StoreUnavailable:
            outcome = "not_kept"
        self.keeping.count(row.operation, outcome)
