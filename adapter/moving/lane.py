"""Work beside the requests of a process: a queue with an end, and a few threads (greenlets under gevent) that take it.

Rule 1: whoever offers work never waits; what there is no room for is refused, by number and by bytes.
Rule 2: nothing is begun before the first work, so a process may fork; what was waiting stays with the parent.
Rule 3: the threads are daemons: a process that ends does not wait for them.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final, Generic, Protocol, TypeVar

T = TypeVar("T")
FEW: Final = 4
"""Threads of one lane."""
BYTES: Final = 8 * 1024 * 1024
"""What may wait in one lane."""
LATEST: Final = 5.0
"""Seconds after which waiting work is of no use: what it would look at has changed."""


class Work(Protocol):
    """What waits in the lane of a feature."""

    def go(self) -> None:
        """Do it."""

    def dropped(self) -> None:
        """Count that it was not done."""


class Lane(Generic[T]):
    """A queue of at most ``most``. ``act`` does one piece of work, ``late`` is told of one that waited too long.

    At most ``threads`` pieces are under way at once.
    """

    def __init__(
        self,
        most: int,
        act: Callable[[T], None],
        late: Callable[[T], None],
        clock: Callable[[], float] = time.monotonic,
        threads: int = FEW,
    ) -> None:
        self._most, self._act, self._late, self._clock, self._few = most, act, late, clock, threads
        self._emptied()

    def offer(self, work: T, size: int) -> bool:
        """Leave work of so many bytes; False: there is no room."""
        if self._process != os.getpid():
            self._emptied()
        with self._there:
            if len(self._waiting) >= self._most or self._bytes + size > BYTES:
                return False
            self._waiting.append((work, size, self._clock()))
            self._bytes += size
            beginning = len(self._waiting) > self._idle and self._threads < self._few
            self._threads += beginning
            self._there.notify()
        if beginning:
            threading.Thread(target=self._run, name="beside", daemon=True).start()
        return True

    def _emptied(self) -> None:
        self._process = os.getpid()
        self._there = threading.Condition(threading.Lock())
        self._waiting: deque[tuple[T, int, float]] = deque()
        self._bytes = self._threads = self._idle = 0

    def _run(self) -> None:
        there = self._there
        try:
            while True:
                work, since = self._next()
                if self._clock() - since > LATEST:
                    self._late(work)
                else:
                    self._act(work)
                del work
        finally:  # one that something ended is begun again by the next work
            with there:
                self._threads -= 1

    def _next(self) -> tuple[T, float]:
        with self._there:
            self._idle += 1
            try:
                while not self._waiting:
                    self._there.wait()
            finally:
                self._idle -= 1
            work, size, since = self._waiting.popleft()
            self._bytes -= size
            return work, since


class Lanes:
    """The lanes of a process, one for each feature, so that one whose new service hangs takes nothing from another."""

    def __init__(self, threads: int = FEW) -> None:
        self._threads = threads
        self._lanes: dict[str, Lane[Work]] = {}
        self._making = threading.Lock()

    def of(self, feature: str, most: int) -> Lane[Work]:
        """Return the lane of a feature. It is asked for while building."""
        with self._making:
            return self._lanes.setdefault(
                feature, Lane(most, lambda work: work.go(), lambda work: work.dropped(), threads=self._threads)
            )
