"""Finds how many calls at once an endpoint can take: from how much longer they take than they need to.

After Netflix's concurrency-limits (Gradient2, AIMD) with three changes for ERPs, which are few places and many kinds of
calls. It begins low and may end at 1, since an ERP may die at 8. What a call needs is known for each operation on its
own, so that a mix that changes is not taken for load. And it is measured again from time to time with few calls at
once, since under steady load nothing else tells a slow ERP from a full one.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Final

START: Final = 4
_TOLERATED: Final = 1.1
"""How much longer than it needs a call may take before there are too many."""
_MORE: Final = 0.5
"""What is tried beyond that, so that a limit never rests below what is good."""
_FASTER: Final = 0.85
_CLOSE: Final = 0.3
_SAMPLES: Final = 20
_MEASURED: Final = 24
_SMOOTH: Final = 0.4
_FIRST_SECONDS, _AGAIN_SECONDS = 5.0, 60.0
_DROP: Final = 0.9
_MOST_OPERATIONS: Final = 500
_LONGEST_SECONDS: Final = 30.0
"""How long it measures at most where nothing is known yet of what a call needs."""


class Finder:
    """The limit of one endpoint, at most ``most``. ``jitter`` gives a number from 0 to 1.

    All calls of an endpoint pass here as they end; it is not safe in threads, its user holds a lock.
    """

    def __init__(
        self, most: int, clock: Callable[[], float] = time.monotonic, jitter: Callable[[], float] = random.random
    ) -> None:
        self.most, self._clock, self._jitter = most, clock, jitter
        self._found = float(min(START, most))
        self._needs: dict[str, float] = {}
        self._growing = True
        self._measuring: dict[str, list[float]] | None = {}
        self._few = self._found
        self._alone: float | None = None
        self._longer = 1.0
        self._next, self._pause = clock(), _FIRST_SECONDS
        self._begun = clock()
        self._count, self._sum, self._busiest = 0, 0.0, 0

    @property
    def limit(self) -> float:
        """How many calls at once, at least 1. While it measures, few."""
        return self._few if self._measuring is not None else self._found

    @property
    def measuring(self) -> bool:
        """Whether few calls are made at present, to see what they need."""
        return self._measuring is not None

    @property
    def seconds(self) -> float:
        """How long a call needs that has the endpoint for itself, on average; 0 where that is not known yet."""
        return sum(self._needs.values()) / len(self._needs) if self._needs else 0.0

    def adopt(self, limit: float) -> None:
        """Take the limit that another worker found."""
        self._found = min(max(1.0, limit), float(self.most))

    def begin(self) -> None:
        """Measure what calls need before anything else, since another worker did so until now."""
        if self._measuring is None:
            self._measure(self._clock())

    def _measure(self, now: float) -> None:
        self._measuring, self._alone, self._begun = {}, None, now
        self._few = max(1.0, self._found / 4)

    def answered(self, operation: str, seconds: float, filled: int) -> bool:
        """Count a call that was answered, with so many at once at the most. Return whether the limit is a new one.

        ``filled`` is of all workers: while it measures, how many there may be, else how many were seen.
        """
        if self._measuring is not None:
            return self._measured(operation, seconds, filled)
        if operation not in self._needs and len(self._needs) < _MOST_OPERATIONS:
            self._needs[operation] = seconds
        need = self._needs.get(operation, seconds)
        self._count += 1
        self._sum += seconds / need if need > 0 else 1.0
        self._busiest = max(self._busiest, filled)
        now = self._clock()
        if now >= self._next:
            self._measure(now)
            return True
        if self._count < max(_SAMPLES, int(self._found)) or now - self._begun < self.seconds:
            return False
        self._follow()
        return True

    def go_on(self) -> None:
        """End to measure in time, also where no call comes that could be."""
        if self._measuring is not None and self._waited(now := self._clock()):
            self._learn(now, self._measuring)

    def failed(self) -> None:
        """Count a call without an answer: there were too many, whatever the others say."""
        self._found, self._few = max(1.0, self._found * _DROP), max(1.0, self._few * _DROP)
        self._growing = False

    def _follow(self) -> None:
        self._longer += (self._sum / self._count - self._longer) * _SMOOTH
        longer = self._longer
        if longer < _FASTER:
            self._needs = {name: need * longer for name, need in self._needs.items()}
            self._longer = longer = 1.0
        gradient = min(1.0, max(0.5, _TOLERATED / longer)) if longer > 0 else 1.0
        used = self._busiest * 2 > int(self._found)
        if gradient == 1.0:
            if used:
                self._found = self._found * 2 if self._growing else self._found + max(0.5, self._found**0.5 / 4)
        else:
            self._growing = False
            wanted = self._found * gradient + _MORE
            self._found += (wanted - self._found) * 0.5
        self._found = min(max(1.0, self._found), float(self.most))
        self._clear()

    def _measured(self, operation: str, seconds: float, filled: int) -> bool:
        """Count a call while few are made; those that began among many are not what is looked for."""
        assert self._measuring is not None
        now = self._clock()
        if filled > int(self.limit):
            self._alone, self._measuring = None, {}  # another worker's calls are there still, or came again
        elif self._alone is None:
            self._alone = now
        elif now - seconds >= self._alone:
            self._measuring.setdefault(operation, []).append(seconds)
        enough = sum(map(len, self._measuring.values())) >= _MEASURED
        if enough or self._waited(now):
            self._learn(now, self._measuring)
        return self._measuring is None

    def _waited(self, now: float) -> bool:
        known = bool(self._needs or self._measuring)
        return now - self._begun >= (max(1.0, 20 * self.seconds) if known else _LONGEST_SECONDS)

    def _learn(self, now: float, measured: dict[str, list[float]]) -> None:
        """Take what was measured, and end that."""
        for name, found in measured.items():
            need, known = sum(found) / len(found), self._needs.get(name)
            close = known is not None and abs(need - known) < _CLOSE * known
            self._needs[name] = (need + known) / 2 if close and known is not None else need
        self._measuring, self._longer = None, 1.0
        self._next = now + self._pause * (0.8 + 0.4 * self._jitter())
        self._pause = _AGAIN_SECONDS
        self._clear()

    def _clear(self) -> None:
        self._count, self._sum, self._busiest, self._begun = 0, 0.0, 0, self._clock()
