"""What a mapping says about answers that may be given again, and about what makes them old."""

from __future__ import annotations

from dataclasses import dataclass

from adapter.mapping.model import Place


@dataclass(frozen=True, slots=True)
class CacheRule:
    """``cache:`` of a read. All numbers are seconds.

    An answer counts for ``fresh``. Then, for ``stale``, it is given once more while a newer one is fetched, and for
    ``stale_if_error`` where none is to be had (RFC 5861). "Not found" counts for ``not_found`` (0: never).
    ``shared``: it is the same for every caller.
    """

    place: Place
    fresh: int
    stale: int = 0
    stale_if_error: int = 0
    not_found: int = 0
    shared: bool = False


@dataclass(frozen=True, slots=True)
class TouchRule:
    """One line of ``touches:``: the name of a read whose answers a write makes old, and where it stands."""

    place: Place
    operation: str
