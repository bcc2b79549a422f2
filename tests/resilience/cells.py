"""The fault matrix: what is expected of each activity while one dependency has one fault, written by hand.

A line is a dependency and a fault, its columns are activities:

``read``      GET, not cached: the answer
``cached``    GET of what was read before and is no longer fresh: the answer; ``stale``: from the cache, and marked
``write``     POST (ERP) or PATCH (service) with Idempotency-Key: the answer, the row, effects at that time
``queued``    the same with ``Prefer: respond-async``
``delivery``  of a write that was promised (202) before: the row, effects at that time
``key``       the status of an answer to a good key, and to one that nobody has

Beside what stands here a law holds for every cell with a row or a write: once the fault is over, and the caller has
repeated what failed with the same key, there is exactly one effect, and the row is ``done``.

``.`` is what is expected where nothing is wrong. ``-``: left out, and not counted. ``|`` separates what may be seen
where it depends on the moment at which somebody looks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

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
_LATER: Final = "202; queued|delivering|unknown; 0|1"
_LEFT: Final = "queued|delivering|unknown; 0|1"
_REFUSED: Final = "503 store-unavailable; none; 0"

# fmt: off
_LINES: Final[dict[tuple[str, str], tuple[str, str, str, str, str, str]]] = {
    ("ERP", "down"): ("503 backend-unreachable", "200 stale", "503 backend-unreachable; open|none; 0",
                      "202; queued|delivering; 0", "queued|delivering; 0", "503; 401"),
    ("ERP", "slow"): ("504 backend-timeout", "200 stale", "504 outcome-unknown; unknown; 0|1", _LATER, _LEFT, "504; 401"),
    ("ERP", "reset"): ("502 backend-lost", "200 stale", "504 outcome-unknown; unknown; 1", _LATER, _LEFT, "502; 401"),
    ("ERP", "truncated"): ("502 backend-reply-invalid", "200 stale", "504 outcome-unknown; unknown; 1", _LATER, _LEFT, "502; 401"),
    ("ERP", "HTML"): ("502 backend-reply-invalid", "200 stale", "504 outcome-unknown; unknown; 0", _LATER, _LEFT, "502; 401"),
    ("ERP", "wrong type"): ("502 backend-reply-invalid", "200 stale", "504 outcome-unknown; unknown; 0", _LATER, _LEFT, "502; 401"),
    ("ERP", "slow drip"): ("504 backend-timeout", "200 stale", "504 outcome-unknown; unknown; 1", _LATER, _LEFT, "504; 401"),
    ("ERP", "full disk"): ("502 backend-fault", "200 stale", "504 outcome-unknown; unknown; 0", _LATER, _LEFT, "502; 401"),
    ("ERP", "clock jump"): (".", ".", ".", ".", ".", "."),
    ("HTTP service", "down"): ("503 backend-unreachable", "200 stale", "503 backend-unreachable; open|none; 0",
                               "202; queued|delivering; 0", "queued|delivering; 0", "503; 401"),
    ("HTTP service", "slow"): ("504 backend-timeout", "200 stale", "504 outcome-unknown; unknown|open; 0|1", _LATER, _LEFT, "504; 401"),
    ("HTTP service", "reset"): ("502 backend-lost", "200 stale", "504 outcome-unknown; unknown|open; 1", _LATER, _LEFT, "502; 401"),
    ("HTTP service", "truncated"): ("502 backend-reply-invalid", "200 stale", "504 outcome-unknown; unknown|open; 1", _LATER, _LEFT, "502; 401"),
    ("HTTP service", "HTML"): ("502 backend-reply-invalid", "200 stale", "504 outcome-unknown; unknown|open; 0", _LATER, _LEFT, "502; 401"),
    ("HTTP service", "wrong type"): ("502 backend-reply-invalid", "200 stale", "504 outcome-unknown; unknown|open; 0", _LATER, _LEFT, "502; 401"),
    ("HTTP service", "slow drip"): ("504 backend-timeout", "200 stale", "504 outcome-unknown; unknown|open; 1", _LATER, _LEFT, "504; 401"),
    ("HTTP service", "full disk"): ("502 backend-fault", "200 stale", "504 outcome-unknown; unknown|open; 0", _LATER, _LEFT, "502; 401"),
    ("HTTP service", "clock jump"): (".", ".", ".", ".", ".", "."),
    **{("PostgreSQL", fault): (".", ".", _REFUSED, _REFUSED, "queued|delivering; 0", ".") for fault in FAULTS},
    ("PostgreSQL", "clock jump"): (".", ".", ".", ".", ".", "."),
    **{("Valkey", fault): (".", ".", ".", ".", ".", ".") for fault in FAULTS},
    **{("disk", fault): (".", ".", _REFUSED, _REFUSED, "queued|delivering; 0", ".") for fault in FAULTS},
    ("disk", "clock jump"): (".", ".", ".", ".", ".", "."),
}
# fmt: on


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; ``expected`` as the module says, ``.`` replaced."""

    dependency: str
    fault: str
    act: str
    expected: str

    @property
    def name(self) -> str:
        """For a person."""
        return f"{self.dependency} × {self.fault} × {self.act}"

    def fits(self, seen: str) -> bool:
        """Whether what was seen is what was expected."""
        wanted, found = self.expected.split("; "), seen.split("; ")
        return len(wanted) == len(found) and all(
            one in allowed.split("|") for one, allowed in zip(found, wanted, strict=True)
        )


def cells() -> Iterator[Cell]:
    """Yield every cell that counts."""
    for (dependency, fault), line in _LINES.items():
        for act, expected in zip(ACTS, line, strict=True):
            if expected != "-":
                yield Cell(dependency, fault, act, WELL[act] if expected == "." else expected)


def lines() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield dependency, fault and columns as they stand here."""
    for (dependency, fault), line in _LINES.items():
        yield dependency, fault, line
