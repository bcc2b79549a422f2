"""What one process saw of features that move: noted without waiting, written to the store in batches.

Rule 1: noting takes a lock for an instant, never the store. Rule 2: what the store does not take now is kept for
later, as one batch that grows in counts and not in entries; what does not fit is dropped and counted.
"""

from __future__ import annotations

import bisect
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterable

from adapter.errors import StoreUnavailable
from adapter.rollout.evidence import First
from adapter.rollout.rules import WHOLE, Side
from adapter.store import Store
from adapter.store.observed import Batch, Streak, add

EVERY = 0.5
"""Seconds between two batches."""
BOUNDS = (5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 60000)
"""Milliseconds that calls stayed below."""
MOST = 50_000
"""Units that a process remembers to have told of, and those that one batch may have."""
STREAK = 32
"""Failures in a row that are told of."""


class Notes:
    """The notes of one process and all that it forks; each writes its own. ``failed`` is told what was not written."""

    def __init__(
        self, store: Callable[[], Store], failed: Callable[[Exception], None], now: Callable[[], float] = time.time
    ) -> None:
        self._store, self._failed, self._now = store, failed, now
        self._lock = threading.Lock()
        self._process = 0
        self._name = ""
        self._batches: dict[str, Batch] = {}
        self._told: dict[str, set[tuple[str, str]]] = {}
        self._streaks: dict[tuple[str, int], Streak] = {}
        self._thread: threading.Thread | None = None

    def called(
        self, feature: str, run: int, operation: str, side: Side, unit: str, share: int, seconds: float, ok: bool
    ) -> None:
        """Note a call that counts for a side. ``unit``: the entity's pseudonym, "" where there is none."""
        now = self._now()
        bound = BOUNDS[min(bisect.bisect_left(BOUNDS, seconds * 1000), len(BOUNDS) - 1)]
        with self._lock:
            batch = self._batch(feature, run)
            key = operation, side, int(now // 60), "ok" if ok else "failed", bound
            batch.calls[key] = batch.calls.get(key, 0) + 1
            if unit:
                self._unit(batch, unit, side, share, now, ok)
        self._writing()

    def opened(self, feature: str, run: int) -> None:
        """Note that the breaker of the new service is open."""
        with self._lock:
            old = self._streaks.get((feature, run), Streak(self._name))
            self._batch(feature, run).streak = self._streaks[feature, run] = Streak(
                self._name, old.succeeded, old.failed, self._now()
            )
        self._writing()

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
        with self._lock:
            batch = self._batch(feature, run)
            many = batch.compared.setdefault((operation, int(now // 60)), [0, 0, 0])
            many[0] += not dropped
            many[1] += bool(found)
            many[2] += dropped
            for fingerprint, pointer, kind in found:
                group = batch.mismatches.setdefault((fingerprint, operation, pointer, kind), [0, now, now])
                group[0], group[2] = group[0] + 1, now
        self._writing()

    def noise(self, feature: str, run: int, operation: str, pointer: str, *, candidate: bool, legacy: bool) -> None:
        """Note a pair in which the legacy was asked twice: which of the two others differed from it at a pointer."""
        with self._lock:
            many = self._batch(feature, run).noise.setdefault((operation, pointer), [0, 0, 0])
            many[0] += 1
            many[1] += candidate and not legacy
            many[2] += legacy and not candidate
        self._writing()

    def write(self) -> None:
        """Write what there is. What the store does not take is noted again."""
        with self._lock:
            batches, self._batches = self._batches, {}
        for batch in batches.values():
            try:
                self._store().run(lambda connection, batch=batch: add(connection, batch))  # type: ignore[misc]
            except StoreUnavailable as error:
                self._failed(error)
                self._again(batch)

    def _batch(self, feature: str, run: int) -> Batch:
        """Return the batch of now. What was seen of an older run is of no use any more."""
        if self._process != os.getpid():
            self._process, self._name = os.getpid(), f"{socket.gethostname()} {os.getpid()} {uuid.uuid4().hex[:8]}"
            self._batches, self._told, self._streaks, self._thread = {}, {}, {}, None
        found = self._batches.get(feature)
        if found is None or found.run != run:
            found = self._batches[feature] = Batch(feature, run)
            if not any(key == (feature, run) for key in self._streaks):
                self._told.pop(feature, None)
        return found

    def _unit(self, batch: Batch, unit: str, side: Side, share: int, now: float, ok: bool) -> None:
        told = self._told.setdefault(batch.feature, set())
        if (unit, side) not in told:
            if len(told) >= MOST:
                told.clear()
            told.add((unit, side))
            batch.units.add((unit, side))
        there = unit, f"failed at {share}"
        if not ok and 0 < share < WHOLE and there not in told:
            told.add(there)
            batch.firsts.append(First(unit, side, share, now))
        if side == "http":
            place = batch.feature, batch.run
            old = self._streaks.get(place, Streak(self._name))
            failed = () if ok else (*old.failed, (now, unit))[-STREAK:]
            self._streaks[place] = batch.streak = Streak(self._name, now if ok else old.succeeded, failed, old.opened)

    def _again(self, old: Batch) -> None:
        with self._lock:
            batch = self._batch(old.feature, old.run)
            for key, many in old.calls.items():
                batch.calls[key] = batch.calls.get(key, 0) + many
            if len(batch.units) + len(old.units) <= MOST:
                batch.units |= old.units
                batch.firsts[:0] = old.firsts
            batch.streak = batch.streak or old.streak
            for place, counts in old.compared.items():
                there = batch.compared.setdefault(place, [0, 0, 0])
                there[:] = [a + b for a, b in zip(there, counts, strict=True)]
            for group, (number, first, last) in old.mismatches.items():
                known = batch.mismatches.setdefault(group, [0, first, last])
                known[:] = [known[0] + number, min(known[1], first), max(known[2], last)]
            for pair, numbers in old.noise.items():
                pairs = batch.noise.setdefault(pair, [0, 0, 0])
                pairs[:] = [a + b for a, b in zip(pairs, numbers, strict=True)]

    def _writing(self) -> None:
        """See to it that this process writes, from the first note on."""
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="notes", daemon=True)
                    self._thread.start()

    def _run(self) -> None:
        while True:
            time.sleep(EVERY)
            self.write()
