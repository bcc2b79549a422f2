"""How often somebody may try to log in: some failures in a minute from one address, and more from all together.

A key has 256 random bits, so nobody guesses one; this keeps whoever tries from costing us anything.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

from adapter import problems

FAILURES: Final = 10
ALL: Final = 200
SECONDS: Final = 60.0
_ADDRESSES: Final = 5_000


class Attempts:
    """The failures of the last minute, as one process saw them. ``now`` is a clock that never jumps."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._all: deque[float] = deque(maxlen=ALL)
        self._by: OrderedDict[str, deque[float]] = OrderedDict()

    def must_be_few(self, address: str) -> None:
        """Raise 429 where an address, or all together, failed too often."""
        now = self._now()
        with self._lock:
            for failed, most in ((self._by.get(address, deque()), FAILURES), (self._all, ALL)):
                if len(failed) >= most and now - failed[0] < SECONDS:
                    wait = max(1, round(SECONDS - (now - failed[0])))
                    said = "Too many attempts to log in. Wait a minute."
                    raise problems.house("quota-exceeded", said, headers={"Retry-After": str(wait)})

    def failed(self, address: str) -> None:
        """Count a failure."""
        now = self._now()
        with self._lock:
            self._all.append(now)
            self._by.setdefault(address, deque(maxlen=FAILURES)).append(now)
            self._by.move_to_end(address)
            while len(self._by) > _ADDRESSES:
                self._by.popitem(last=False)
