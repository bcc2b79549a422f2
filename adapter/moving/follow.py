"""Where features stand, as one process knows it: a snapshot that is never changed, and a newer one in a moment.

Rule 1: a request takes the snapshot once, and keeps to it.
Rule 2: whoever asks never waits for the store, but for the first time: then for a moment, since it knows nothing yet.
Rule 3: while the store does not answer, the last snapshot counts. The brake is a file, and needs no store.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from adapter.errors import StoreUnavailable
from adapter.rollout.stages import Standing
from adapter.store import Store, rollouts

EVERY = 0.25
"""Seconds between two looks."""
FIRST = 2.0
"""Seconds that the first look may take."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Where features stand. ``known``: the store has said so, once at least. ``brake``: None, or the names in it."""

    standings: Mapping[str, Standing] = field(default_factory=dict)
    known: bool = False
    brake: frozenset[str] | None = None

    def of(self, feature: str) -> Standing:
        """Return where a feature stands. One that never moved is at legacy."""
        return self.standings.get(feature) or Standing(feature)

    def braked(self, feature: str) -> bool:
        """Whether somebody pulled the brake for a feature: it is named in the file, or the file names none."""
        return self.brake is not None and (not self.brake or feature in self.brake)


class Follower:
    """Looks again and again, in a thread (a greenlet under gevent) of the process that asks first.

    ``failed`` is told what the store could not say; ``moved`` each new epoch of a feature.
    """

    def __init__(
        self,
        store: Callable[[], Store],
        brake: Path,
        failed: Callable[[Exception], None],
        moved: Callable[[Standing], None] = lambda standing: None,
        every: float = EVERY,
    ) -> None:
        self._store, self._brake, self._failed, self._moved, self._every = store, brake, failed, moved, every
        self._snapshot = Snapshot()
        self._starting = threading.Lock()
        self._looked, self._stopped = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def now(self) -> Snapshot:
        """Return the snapshot of now."""
        if self._thread is None:
            self._start()
        return self._snapshot

    def look(self) -> Snapshot:
        """Look now, and return what is seen: for whoever was told that his snapshot is an old one."""
        brake = _brake(self._brake)
        try:
            found = self._store().read(rollouts.everything)
        except StoreUnavailable as error:
            self._failed(error)
            self._snapshot = Snapshot(self._snapshot.standings, self._snapshot.known, brake)
            return self._snapshot
        before = self._snapshot
        self._snapshot = Snapshot(found, True, brake)
        for name, standing in found.items():
            if before.of(name).epoch != standing.epoch:
                self._moved(standing)
        return self._snapshot

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="rollouts", daemon=True)
                thread.start()
                self._looked.wait(FIRST)
                self._thread = thread

    def _run(self) -> None:
        while True:
            self.look()
            self._looked.set()
            if self._stopped.wait(self._every):
                return


def _brake(file: Path) -> frozenset[str] | None:
    """Return the names in the file, None where there is none. One that cannot be read is one for all."""
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        return frozenset()
    return frozenset(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))
