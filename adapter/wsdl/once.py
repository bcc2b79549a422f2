"""What is made of a whole contract, or of a part of it, made once however many operations ask for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Generic, TypeVar

from adapter.wsdl.types import Contract

S = TypeVar("S")
T = TypeVar("T")
KEPT, PARTS_KEPT = 8, 20_000
# Of objects it is remembered so often what the names that are given mean.
NAMES_KEPT = 500


def once(make: Callable[[Contract], T]) -> Callable[[Contract], T]:
    """Return ``make`` with what it made of the last few contracts remembered. It may look at types and elements only.

    A contract with other prefixes for its namespaces has the same types, and so is the same one here.
    """
    known: dict[int, tuple[Contract, T]] = {}

    @wraps(make)
    def made(contract: Contract) -> T:
        found = known.get(id(contract.types))
        if found is None or found[0].types is not contract.types:
            if len(known) >= KEPT:
                known.pop(next(iter(known)))
            found = known[id(contract.types)] = (contract, make(contract))
        return found[1]

    return made


def by_identity(make: Callable[[S], T]) -> Callable[[S], T]:
    """Return ``make`` with what it made of parts of a contract remembered; a part never changes."""
    known: dict[int, tuple[S, T]] = {}

    @wraps(make)
    def made(part: S) -> T:
        found = known.get(id(part))
        if found is None or found[0] is not part:
            if len(known) >= PARTS_KEPT:
                known.clear()
            found = known[id(part)] = (part, make(part))
        return found[1]

    return made


class Known(Generic[S, T]):
    """What was made of parts of a contract so far, by identity. A part never changes."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[S, T]] = {}

    def of(self, part: S, make: Callable[[], T]) -> T:
        """Return what was made of a part; ``make`` makes it the first time."""
        found = self._made.get(id(part))
        if found is None or found[0] is not part:
            if len(self._made) >= PARTS_KEPT:
                self._made.clear()
            found = self._made[id(part)] = (part, make())
        return found[1]


def remember(known: dict[S, T], key: S, found: T) -> None:
    """Keep what was found out about the names that an object has. Callers give few sets of them, if they mean well."""
    if len(known) >= NAMES_KEPT:
        known.clear()
    known[key] = found
