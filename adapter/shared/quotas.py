"""What callers have used of the quotas of one operation: over all workers, or of the share of one that is on its own.

Rule 1: the shared store counts where it is there, so the sum over all workers is exact.
Rule 2: without it, or while it is away, each worker gives out its share (``Quota.share``), and goes on from what it
        heard last: a debt is a time, the same in the share as in the whole. So a store that is lost, or comes back
        empty, gives nobody a second helping.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from adapter.shared.gcra import MICRO, Quota, Standing, standing, take_shared, taken
from adapter.shared.link import Shared

MOST_KNOWN: Final = 20_000
"""Callers of an operation that one worker remembers; who has not asked for the longest is forgotten first."""


@dataclass(slots=True)
class _Known:
    """When the debts of one caller end, in microseconds of our clock; ``alone``: the shared store was not asked."""

    ends: Sequence[int]
    alone: bool


class Quotas:
    """The quotas of one operation. ``clock`` is monotonic, in seconds. Safe in threads and greenlets."""

    def __init__(
        self,
        operation: str,
        quotas: Sequence[Quota],
        shared: Shared | None = None,
        workers: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._quotas, self._shared, self._clock = tuple(quotas), shared, clock
        self._shares = tuple(quota.share(workers) for quota in quotas)
        self._prefixes = tuple(f"adapter:quota:{operation}:{quota.seconds}:" for quota in quotas)
        self._known: dict[str, _Known] = {}
        self._lock = threading.Lock()

    def take(self, who: str) -> tuple[bool, tuple[Standing, ...]]:
        """Use one of each quota, unless one is used up: whether it was, and how each of them stands from then on."""
        if self._shared is not None and not self._shared.away:
            found = self._together(self._shared, who)
            if found is not None:
                return found
        return self._alone(who)

    def _together(self, shared: Shared, who: str) -> tuple[bool, tuple[Standing, ...]] | None:
        before = self._now()
        known = self._known.get(who)
        debts = self._debts(known, self._quotas, before) if known is not None and known.alone else self._none
        name = hashlib.blake2b(who.encode(), digest_size=12).hexdigest()
        answer = take_shared(shared, [prefix + name for prefix in self._prefixes], self._quotas, debts)
        if answer is None:
            return None
        allowed, debts = answer
        with self._lock:
            self._remember(who, _Known([before + debt for debt in debts], alone=False))
        return allowed, tuple(map(standing, self._quotas, debts))

    def _alone(self, who: str) -> tuple[bool, tuple[Standing, ...]]:
        with self._lock:
            now = self._now()
            allowed, debts = taken(self._shares, self._debts(self._known.get(who), self._shares, now))
            self._remember(who, _Known([now + debt for debt in debts], alone=True))
        return allowed, tuple(map(standing, self._shares, debts))

    @property
    def _none(self) -> tuple[int, ...]:
        return (0,) * len(self._quotas)

    def _debts(self, known: _Known | None, quotas: Sequence[Quota], now: int) -> tuple[int, ...]:
        if known is None:
            return self._none
        return tuple(min(max(0, end - now), quota.full) for end, quota in zip(known.ends, quotas, strict=True))

    def _remember(self, who: str, known: _Known) -> None:
        self._known.pop(who, None)
        self._known[who] = known  # the last one now
        if len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]

    def _now(self) -> int:
        return int(self._clock() * MICRO)
