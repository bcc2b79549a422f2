"""The embedded engine: rows that are due, delivered by a few threads, until it is told to stop.

It knows neither SQL nor SOAP: ``due`` names rows, ``deliver`` does one. Both may be asked for the same row by several
processes at once; the claim of a row decides (``store.due``).
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

PAUSE = 0.25
"""Seconds between two looks at rows that are due, where nothing happens meanwhile."""
_AHEAD = 4  # a look is for so many rounds of rows, since it costs the more the longer the line is
_FRESH = 1.0  # seconds after which what was found is looked for anew: an older row may be due by now
TROUBLE = 1.0
"""Seconds until the store is asked again that did not answer."""


class Due(NamedTuple):
    """A row that has something to be done now, and the entity whose writes keep their order ("" for none)."""

    id: str
    entity: str = ""


class Loop:
    """Delivers what is due, ``at_once`` at most at the same time. ``wake`` makes it look at once."""

    def __init__(
        self,
        due: Callable[[int], Sequence[Due]],
        deliver: Callable[[str], object],
        at_once: int,
        failed: Callable[[str, Exception], None],
    ) -> None:
        self._due, self._deliver, self._at_once, self._failed = due, deliver, at_once, failed
        self._changed = threading.Condition()
        self._busy: dict[str, Future[None]] = {}
        self._found = deque[str]()
        self._stale = 0.0
        self._looked = False
        self._stopping = False

    def wake(self) -> None:
        """Look for rows now."""
        with self._changed:
            self._looked = False
            self._changed.notify_all()

    def stop(self) -> None:
        """Begin nothing more. ``run`` returns once what was begun has ended."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def run(self) -> None:
        """Deliver until ``stop``."""
        with ThreadPoolExecutor(self._at_once, thread_name_prefix="deliver") as threads:
            while not self._stopping:
                pause = self._look(threads)
                with self._changed:
                    if not self._looked and not self._stopping:
                        continue
                    self._changed.wait_for(lambda: self._stopping or not self._looked, pause)

    def _look(self, threads: ThreadPoolExecutor) -> float:
        """Begin what is due and can be begun; return how long nothing more has to be looked for."""
        with self._changed:
            self._looked = True
            busy = set(self._busy)
        if len(busy) >= self._at_once:
            return PAUSE
        if not self._found or time.monotonic() > self._stale:
            try:
                found = self._due(self._at_once * _AHEAD)
            except Exception as error:  # the store is away, most likely: nothing is lost, and it is asked again soon
                self._failed("due", error)
                return TROUBLE
            self._found = deque(row.id for row in found if row.id not in busy)
            self._stale = time.monotonic() + _FRESH
        with self._changed:
            while self._found and len(self._busy) < self._at_once and not self._stopping:
                row = self._found.popleft()
                self._busy[row] = threads.submit(self._one, row)
        return PAUSE

    def _one(self, row: str) -> None:
        looked = False
        try:
            self._deliver(row)
        except Exception as error:  # its lease runs out, and then somebody finds out what became of it
            self._failed("deliver", error)
            looked = True  # what failed before it was claimed is still due: not at once again
        with self._changed:
            del self._busy[row]
            self._looked = self._looked and looked
            self._changed.notify_all()
