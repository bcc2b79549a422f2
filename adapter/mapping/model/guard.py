"""What a mapping says about how an endpoint is protected: ``guard:`` of ``soap:`` and ``http:``."""

from __future__ import annotations

from dataclasses import dataclass, field

from adapter.mapping.model import Place
from adapter.mapping.windows import Window


@dataclass(frozen=True, slots=True)
class BreakerRule:
    """When an endpoint is not asked any more, and when again.

    It opens after ``failures`` calls in a row, or where half of the last calls failed (``guard.breaker``). A call that
    takes longer than ``slow`` seconds (0: none does) counts as one that failed. It stays open for ``open`` seconds, and
    longer each time; then ``probes`` calls at once may try.
    """

    failures: int = 5
    slow: float = 0.0
    open: float = 1.0
    probes: int = 1


@dataclass(frozen=True, slots=True)
class ClosedRule:
    """When the system behind is closed, by a clock on a wall in ``zone`` (a name of the IANA time zone database)."""

    windows: tuple[Window, ...]
    zone: str


@dataclass(frozen=True, slots=True)
class GuardRule:
    """How one endpoint is protected. ``breaker`` is None where it is off. Two that say the same are equal.

    ``concurrency``: calls at once over all workers, 0 where nobody says; ``adaptive``: as many as are good, at most so
    many. Calls leave ``step`` seconds behind each other, 0: as they come.
    """

    place: Place | None = field(default=None, compare=False)
    breaker: BreakerRule | None = field(default_factory=BreakerRule)
    concurrency: int = 0
    adaptive: bool = False
    step: float = 0.0
    closed: ClosedRule | None = None
