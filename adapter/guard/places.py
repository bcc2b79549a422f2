"""How many calls an endpoint has at once, and who waits for a place.

Rule 1: a place is free or filled; who waits is let in by the order of ``ORDER``, and within it in the order of coming.
Rule 2: the queue is bounded; where it is full, whoever is least important is sent away, be it the newcomer.
Rule 3: a place goes back however a call ends, and so does the turn of a waiting call that is killed.
"""

from __future__ import annotations

import itertools
import threading
import time
from bisect import insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from adapter.guard.gates import NOT_ASKED, Leave, Outcome, refused
from adapter.mapping.model.policy import Effect
from adapter.messages import Request

ORDER: Final = ("health", "write", "read", "shadow")
"""Whose calls come first."""
MOST_WAITING: Final = 1000


@dataclass(order=True, slots=True)
class _Waiting:
    rank: int
    number: int
    woken: threading.Event = field(default_factory=threading.Event, compare=False)
    inside: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Watcher:
    """Who is told of places: how many are filled and how many calls wait, and whose call was sent away."""

    counted: Callable[[int, int], None] = lambda filled, waiting: None
    shed: Callable[[str], None] = lambda kind: None


class Places:
    """A gate with ``most`` places, which may change. ``queue`` says how many may wait at so many places.

    ``short`` is asked before a call would have to wait: it may raise ``most``.
    """

    def __init__(
        self,
        most: int,
        queue: Callable[[int], int],
        watcher: Watcher = Watcher(),  # it holds nothing
        *,
        short: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most, self._queue, self._watcher, self._clock = most, queue, watcher, clock
        self.short = short
        self._lock = threading.Lock()
        self._numbers: Iterator[int] = itertools.count()
        self._queued: list[_Waiting] = []
        self.filled = 0

    @property
    def most(self) -> int:
        """How many places there are."""
        return self._most

    @property
    def waiting(self) -> int:
        """How many calls wait."""
        return len(self._queued)

    def change(self, most: int) -> None:
        """Have so many places from now on. Calls that are inside stay."""
        with self._lock:
            self._most = most
            self._let_in()

    def enter(self, request: Request, effect: Effect) -> Leave:
        """Fill a place, maybe after a while (``gates.Gate``)."""
        kind = kind_of(request, effect)
        if not self._filled():
            self.short()
            if not self._filled():
                self._wait(kind, request.deadline)
        self._watcher.counted(self.filled, len(self._queued))
        return self._leave

    def _filled(self) -> bool:
        """Fill a place that is free and nobody waits for."""
        with self._lock:
            free = not self._queued and self.filled < self._most
            if free:
                self._fill()
        return free

    def _fill(self) -> None:
        self.filled += 1

    def _wait(self, kind: str, deadline: float) -> None:
        waiting = _Waiting(ORDER.index(kind), next(self._numbers))
        with self._lock:
            insort(self._queued, waiting)
            over = self._queued.pop() if len(self._queued) > self._queue(self._most) else None
            self._let_in()
        if over is not None:
            self._watcher.shed(ORDER[over.rank])
            over.woken.set()
        self._watcher.counted(self.filled, len(self._queued))
        try:
            waiting.woken.wait(max(0.0, deadline - self._clock()))
        except BaseException:
            if not self._withdrawn(waiting):
                self._leave(NOT_ASKED)
            raise
        if self._withdrawn(waiting):
            raise refused("queue-full" if waiting.woken.is_set() else "no-place", 1.0)

    def _withdrawn(self, waiting: _Waiting) -> bool:
        """Take a call out of the queue that waits no longer; False where it was let in at the last moment."""
        with self._lock:
            if not waiting.inside and waiting in self._queued:
                self._queued.remove(waiting)
            return not waiting.inside

    def _let_in(self) -> None:
        while self._queued and self.filled < self._most:
            first = self._queued.pop(0)
            first.inside = True
            self._fill()
            first.woken.set()

    def _leave(self, outcome: Outcome) -> None:
        with self._lock:
            self.filled -= 1
            self._let_in()
        self._watcher.counted(self.filled, len(self._queued))


def kind_of(request: Request, effect: Effect) -> str:
    """Return which of ``ORDER`` a call is."""
    return request.kind or ("read" if effect == "read" else "write")
