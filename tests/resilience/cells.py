"""The fault matrix: what is expected of each activity while a dependency has a fault, by hand in cells.yaml.

A line of an activity says, by ``; ``:

``read``      GET, not cached: the answer
``cached``    GET of what was read before and is no longer fresh: the answer; ``stale``: from the cache, and marked
``write``     POST (ERP) or PATCH (service) with Idempotency-Key: the answer, the row, effects at that time
``queued``    the same with ``Prefer: respond-async``
``delivery``  of a write that was promised (202) before: the row, effects at that time
``key``       the status of an answer to a good key, and to one that nobody has

Beside what stands there a law holds for every cell with a write: once the fault is over, and the caller has repeated
what failed with the same key, there is exactly one effect and the row is ``done``.

An activity without a line, and ``well`` for all, is as if nothing were wrong (``WELL``). ``left out`` says why a cell
makes no sense; it is not counted. ``|`` separates what may be seen where it depends on the moment of looking.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

ACTS: Final = ("read", "cached", "write", "queued", "delivery", "key")
DEPENDENCIES: Final = ("ERP", "HTTP service", "PostgreSQL", "Valkey", "disk")
FAULTS: Final = (
    "down", "slow", "reset", "truncated", "HTML", "wrong type", "slow drip", "full disk", "clock jump",
)  # fmt: skip
WELL: Final = {
    "read": "200",
    "cached": "200",
    "write": "201; done; 1",
    "queued": "202; queued|delivering|done; 0|1",
    "delivery": "queued|delivering|done; 0|1",
    "key": "200; 401",
}
LEFT_OUT: Final = "left out: "
_FILE: Final = Path(__file__).with_name("cells.yaml")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell, and what is expected in it."""

    dependency: str
    fault: str
    act: str
    expected: str

    @property
    def name(self) -> str:
        """For a person."""
        return f"{self.dependency} × {self.fault} × {self.act}"

    @property
    def counts(self) -> bool:
        """Whether it makes sense."""
        return not self.expected.startswith(LEFT_OUT)

    def fits(self, seen: str) -> bool:
        """Whether what was seen is what is expected."""
        wanted, found = self.expected.split("; "), seen.split("; ")
        return len(wanted) == len(found) and all(
            one in allowed.split("|") for one, allowed in zip(found, wanted, strict=True)
        )


def cells() -> Iterator[Cell]:
    """Yield all cells, those that are left out too. Raise ValueError where the table is not whole."""
    table = yaml.safe_load(_FILE.read_text("utf-8"))
    if list(table) != list(DEPENDENCIES):
        raise ValueError(f"the dependencies are {DEPENDENCIES}")
    for dependency, faults in table.items():
        if list(faults) != list(FAULTS):
            raise ValueError(f"{dependency}: the faults are {FAULTS}")
        for fault, said in faults.items():
            lines = {} if said == "well" else said
            if set(lines) - set(ACTS):
                raise ValueError(f"{dependency}, {fault}: the activities are {ACTS}")
            for act in ACTS:
                yield Cell(dependency, fault, act, str(lines.get(act, WELL[act])))
