"""Where rows are kept, and what seals them: what everybody needs who has to do with one."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from adapter.deliver.steady import Steady
from adapter.deliver.way import Way
from adapter.problems import HOUSE, Problem
from adapter.store import Store
from adapter.store.claiming import Terms
from adapter.store.writes import Write
from adapter.vault import Subject, Vault

_LONGEST = 700.0


def _nothing(operation: str, outcome: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where rows are kept, for how many seconds once they are settled, and what their outcomes are told to.

    ``now`` is a wall clock, which may be set: before anything is sent again ``steady`` is asked too.
    ``known`` are the problem types whose titles answers have; ``callbacks`` the origins that
    may be told that a row has ended.
    """

    store: Store
    vault: Vault
    keep: float = 86400.0
    now: Callable[[], float] = time.time
    count: Callable[[str, str], None] = _nothing
    known: Mapping[str, Problem] = field(default_factory=lambda: HOUSE)
    callbacks: Collection[str] = ()
    steady: Steady = field(default_factory=Steady)

    def terms(self, way: Way) -> Terms:
        """Return the times that rows of an operation have."""
        return Terms(_LONGEST, way.after, self.keep, self.steady.rest(0.0))

    def seal(self, row: Write, column: str, data: bytes) -> bytes:
        """Return what a column of a row holds."""
        return self.vault.seal(Subject(row.subject), data, f"{row.id}/{column}")

    def open(self, row: Write, column: str) -> bytes:
        """Return what a column of a row was made from. Raise VaultError."""
        sealed = row.request if column == "request" else row.answer
        return self.vault.open(Subject(row.subject), sealed, f"{row.id}/{column}")
