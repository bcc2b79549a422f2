"""What one process saw of features that move: noted without waiting, written to the store in batches.

Rule 1: noting takes a lock for an instant, never the store.
Rule 2: what the store does not take now is kept for later, as one batch that grows in counts and not in entries: of a
        longer outage all is counted in its first hour, and units beyond ``MOST`` are told of when they come again.
Rule 3: what belongs to an older run than the newest that was seen is of no use, and is not noted.
"""

from __future__ import annotations

import bisect
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from adapter.background import Background, process
from adapter.errors import StoreUnavailable
from adapter.rollout.evidence import First
from adapter.rollout.rules import WHOLE, Side
from adapter.store import Store
from adapter.store.observed import Batch, Streak, add, failed_at, merged

EVERY: Final = 0.5
"""Seconds between two batches."""
BOUNDS: Final = (5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 60000)
"""Milliseconds that calls stayed below; slower ones are counted with the last."""
_UP_TO: Final = (*BOUNDS, BOUNDS[-1])
MOST: Final = 50_000
"""Units that a process remembers to have told of, and those that one batch may have."""
STREAK: Final = 32
"""Failures in a row that are told of."""
MINUTES: Final = 60
"""Minutes that one batch tells apart."""


@dataclass(slots=True)
class _Seen:
    """What was seen of one run of a feature: what is not written yet, and of whom was told. ``minute``: the first."""

    batch: Batch
    minute: int
    streak: Streak
    told: set[tuple[str, str]] = field(default_factory=set)


class Notes:
    """The notes of one process and all that it forks; each writes its own. ``failed`` is told what was not written."""

    def __init__(
        self, store: Callable[[], Store], failed: Callable[[Exception], None], now: Callable[[], float] = time.time
    ) -> None:
        self._store, self._failed, self._now = store, failed, now
        self._process, self._name = 0, ""
        self._lock = threading.Lock()
        self._seen: dict[str, _Seen] = {}
        self._writing = Background(self.write, EVERY, failed)

    def called(
        self, feature: str, run: int, operation: str, side: Side, unit: str, share: int, seconds: float, ok: bool
    ) -> None:
        """Note a call that counts for a side. ``unit``: the entity's pseudonym, "" where there is none."""
        now = self._now()
        bound = _UP_TO[bisect.bisect_left(BOUNDS, seconds * 1000)]
        if self._process != process():
            self._begun()
        with self._lock:
            seen = self._seen.get(feature)
            if seen is None or seen.batch.run != run:
                seen = self._of(feature, run, now)
            if seen is not None:
                key = operation, side, _minute(seen, now), "ok" if ok else "failed", bound
                seen.batch.calls[key] = seen.batch.calls.get(key, 0) + 1
                if unit:
                    self._unit(seen, unit, side, share, now, ok)

    def opened(self, feature: str, run: int) -> None:
        """Note that the breaker of the new service is open."""
        now = self._now()
        self._begun()
        with self._lock:
            seen = self._of(feature, run, now)
            if seen is not None:
                old = seen.streak
                seen.batch.streak = seen.streak = Streak(self._name, old.succeeded, old.failed, now)

    def compared(
        self,
        feature: str,
        run: int,
        operation: str,
        differences: Iterable[tuple[str, str, str]],
        *,
        dropped: bool = False,
    ) -> None:
        """Note a comparison: each difference as fingerprint, pointer and kind. ``dropped``: there was no room."""
        now, found = self._now(), list(differences)
        self._begun()
        with self._lock:
            seen = self._of(feature, run, now)
            if seen is None:
                return
            many = seen.batch.compared.setdefault((operation, _minute(seen, now)), [0, 0, 0])
            many[0] += not dropped
            many[1] += bool(found)
            many[2] += dropped
            for fingerprint, pointer, kind in found:
                group = seen.batch.mismatches.setdefault((fingerprint, operation, pointer, kind), [0, now, now])
                group[0], group[2] = group[0] + 1, now

    def noise(self, feature: str, run: int, operation: str, pointer: str, *, candidate: bool, legacy: bool) -> None:
        """Note a pair in which the legacy was asked twice: which of the two others differed from it at a pointer."""
        now = self._now()
        self._begun()
        with self._lock:
            seen = self._of(feature, run, now)
            if seen is not None:
                many = seen.batch.noise.setdefault((operation, pointer), [0, 0, 0])
                many[0] += 1
                many[1] += candidate and not legacy
                many[2] += legacy and not candidate

    def write(self) -> None:
        """Write what there is. What the store does not take is noted again."""
        for feature in list(self._seen):
            with self._lock:
                seen = self._seen[feature]
                batch, seen.batch = seen.batch, Batch(feature, seen.batch.run)
            try:
                if batch != Batch(feature, batch.run):
                    self._store().run(lambda connection, batch=batch: add(connection, batch))  # type: ignore[misc]
            except StoreUnavailable as error:
                self._failed(error)
                with self._lock:
                    self._again(batch)
            else:
                seen.minute = int(self._now() // 60)

    def _begun(self) -> None:
        """See to it that this process has notes of its own, and writes them from the first one on."""
        if self._process != process():
            self._lock, self._seen = threading.Lock(), {}
            self._name = f"{socket.gethostname()} {process()} {uuid.uuid4().hex[:8]}"
            self._writing.begin()
            self._process = process()

    def _of(self, feature: str, run: int, now: float) -> _Seen | None:
        """Return what was seen of a run; None of one that is over."""
        found = self._seen.get(feature)
        if found is None or found.batch.run < run:
            found = self._seen[feature] = _Seen(Batch(feature, run), int(now // 60), Streak(self._name))
        return found if found.batch.run == run else None

    def _unit(self, seen: _Seen, unit: str, side: Side, share: int, now: float, ok: bool) -> None:
        batch, told = seen.batch, seen.told
        if len(told) >= 3 * MOST:
            told.clear()
        if (unit, side) not in told and len(batch.units) < MOST:
            told.add((unit, side))
            batch.units.add((unit, side))
        there = unit, failed_at(share)
        if not ok and 0 < share < WHOLE and there not in told and len(batch.firsts) < MOST:
            told.add(there)
            batch.firsts.append(First(unit, side, share, now))
        if side == "http":
            failed = () if ok else (*seen.streak.failed, (now, unit))[-STREAK:]
            succeeded, opened = now if ok else seen.streak.succeeded, seen.streak.opened
            batch.streak = seen.streak = Streak(self._name, succeeded, failed, opened)

    def _again(self, old: Batch) -> None:
        """Note a batch again, where its run goes on. Units that find no room are told of when they come again."""
        seen = self._seen[old.feature]
        if seen.batch.run != old.run:
            return
        for lost in merged(seen.batch, old, MOST):
            seen.told.discard(lost)


def _minute(seen: _Seen, now: float) -> int:
    """Return the minute that something is counted in."""
    minute, last = int(now // 60), seen.minute + MINUTES
    return minute if minute < last else last
