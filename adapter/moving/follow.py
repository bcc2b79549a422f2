"""Where features stand, as one process knows it: a snapshot that is never changed, and a newer one in a moment.

Rule 1: a request takes the snapshot once, and keeps to it.
Rule 2: whoever asks never waits for the store, but for the first time: then for a moment, since it knows nothing yet.
Rule 3: while the store does not answer, the last snapshot counts. The brake is a file, and needs no store: it is read
before the store is asked, and a store that hangs keeps nobody from reading it again within a second.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from adapter.background import Background
from adapter.errors import StoreUnavailable
from adapter.rollout.stages import Standing
from adapter.store import Store, rollouts

EVERY = 0.25
"""Seconds between two looks."""
FIRST = 2.0
"""Seconds that whoever asks first waits. The look itself takes its time: it may be what makes the tables."""
PATIENCE = 0.6
"""Seconds that a look may take once the store has answered."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Where features stand. ``known``: the store has said so, once at least. ``brake``: None, or the names in it."""

    standings: Mapping[str, Standing] = field(default_factory=dict)
    known: bool = False
    brake: frozenset[str] | None = None

    def of(self, feature: str) -> Standing:
        """Return where a feature stands. One that never moved is at legacy."""
        return self.standings.get(feature) or _never_moved(feature)

    def braked(self, feature: str) -> bool:
        """Whether somebody pulled the brake for a feature: it is named in the file, or the file names none."""
        return stopped(self.brake, feature)


@lru_cache(maxsize=1024)
def _never_moved(feature: str) -> Standing:
    return Standing(feature)


class Follower:
    """Looks again and again, in a thread (a greenlet under gevent) of each process that asks.

    ``failed`` is told what the store could not say; ``moved`` each new epoch of a feature; ``looked`` what was seen,
    each time, and how many seconds ago the store last answered.
    """

    def __init__(
        self,
        store: Callable[[], Store],
        brake: Path,
        failed: Callable[[Exception], None],
        moved: Callable[[Standing], None] = lambda standing: None,
        looked: Callable[[Snapshot, float], None] = lambda snapshot, age: None,
        every: float = EVERY,
    ) -> None:
        self._store, self._brake, self._failed, self._moved, self._looked = store, brake, failed, moved, looked
        self._snapshot = Snapshot()
        self._background = Background(self._round, every, failed, FIRST)
        self._looking, self._pid = threading.Lock(), os.getpid()
        self._answered = time.monotonic()

    def now(self) -> Snapshot:
        """Return the snapshot of now."""
        self._background.begun()
        return self._snapshot

    def look(self) -> Snapshot:
        """Look now, and return what is seen: for whoever was told that his snapshot is an old one.

        Looks come one after the other, so that no older one takes the place of a newer one.
        """
        if self._pid != os.getpid():  # whoever had the lock before the fork is not here
            self._looking, self._pid = threading.Lock(), os.getpid()
        if self._looking.acquire(timeout=FIRST):
            try:
                self._look()
            finally:
                self._looking.release()
        return self._snapshot

    def _round(self) -> None:
        self.look()

    def _look(self) -> None:
        before = self._snapshot = replace(self._snapshot, brake=pulled(self._brake))
        until = time.monotonic() + PATIENCE if before.known else None
        try:
            found = self._store().read(rollouts.everything, until)
        except StoreUnavailable as error:
            self._failed(error)
        else:
            self._answered = time.monotonic()
            self._snapshot = replace(before, standings=found, known=True)
        self._looked(self._snapshot, time.monotonic() - self._answered)
        for name, standing in self._snapshot.standings.items():
            if before.of(name).epoch != standing.epoch:
                self._moved(standing)


def pulled(file: Path) -> frozenset[str] | None:
    """Return the names in the brake, None where it is not there. One that cannot be read is one for all."""
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        return frozenset()
    lines = (line.strip() for line in text.splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))


def stopped(brake: frozenset[str] | None, feature: str) -> bool:
    """Whether the brake is pulled for a feature."""
    return brake is not None and (not brake or feature in brake)
