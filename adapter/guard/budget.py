"""How many calls of an endpoint may be repeated: a token bucket that successes fill and repeats empty.

A success is worth a tenth of a repeat, so that an ERP which is asked 100 times is asked 110 times at most in the long
run. What may be saved up is what half a second of traffic asks (``FEWEST`` where there is little), so that the first
second of an outage does not become a storm. Jitter alone does not do that: clients that wait are clients still.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Final

FILL: Final = 0.1
"""Tokens for each success."""
SAVED_SECONDS: Final = 0.5
"""So many seconds of traffic may be saved up."""
FEWEST: Final = 2.0
"""Tokens that may be saved up where there is little traffic; there are as many at the start."""
MEMORY_SECONDS: Final = 10.0
"""How long traffic is remembered."""


class Budget:
    """The tokens of one endpoint, in this process. ``clock`` is in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens = FEWEST
        self._rate = 0.0
        self._seen = clock()

    def succeeded(self) -> None:
        """Fill in what a success is worth."""
        with self._lock:
            self._tokens = min(self._tokens + FILL, self._most())

    def asked(self) -> None:
        """Count a call, its repeats not among them."""
        now = self._clock()
        with self._lock:
            self._rate = self._rate * math.exp((self._seen - now) / MEMORY_SECONDS) + 1 / MEMORY_SECONDS
            self._seen = now

    def take(self) -> bool:
        """Pay for a repeat. False: there is nothing to pay with."""
        with self._lock:
            self._tokens = min(self._tokens, self._most())
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True

    def _most(self) -> float:
        return max(FEWEST, self._rate * SAVED_SECONDS)
