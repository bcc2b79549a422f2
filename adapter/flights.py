"""Of all who ask for the same at once in one process, one asks, and the others wait for what becomes of it.

What that is, and who may have it, is said by the rooms that use this: reads that are kept, writes with a key.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar


class Flight:
    """A question that is under way."""

    def __init__(self) -> None:
        self._ended = threading.Event()

    def wait(self, deadline: float) -> bool:
        """Wait until it has ended, or until a deadline on the clock of ``time.monotonic``. Return whether it has."""
        return self._ended.wait(max(0.0, deadline - time.monotonic()))

    def end(self) -> None:
        """Let go those who wait."""
        self._ended.set()


K = TypeVar("K", bound=Hashable)
F = TypeVar("F", bound=Flight)


class Flights(Generic[K, F]):
    """What is under way, by key."""

    def __init__(self) -> None:
        self._under_way: dict[K, F] = {}
        self._lock = threading.Lock()

    def join(self, key: K, make: Callable[[], F]) -> tuple[F, bool]:
        """Return the flight of a key, and whether it is ours: then it is to be ended, whatever happens."""
        with self._lock:
            found = self._under_way.get(key)
            if found is not None:
                return found, False
            made = self._under_way[key] = make()
            return made, True

    def end(self, key: K, flight: F) -> None:
        """End a flight of ours."""
        with self._lock:
            if self._under_way.get(key) is flight:
                del self._under_way[key]
        flight.end()

    def part(self, over: Callable[[F], bool]) -> None:
        """Let nobody join any more those that something is ``over`` for."""
        with self._lock:
            for key in [key for key, flight in self._under_way.items() if over(flight)]:
                del self._under_way[key]
