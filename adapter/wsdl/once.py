"""What is made of a whole contract, made once however many operations ask for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from adapter.wsdl.types import Contract

T = TypeVar("T")
KEPT = 8


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
