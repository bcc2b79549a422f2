"""Of all who ask for the same at once, one asks, and the others wait for what becomes of it.

Who waits does so within its own deadline. Whoever asks may be killed, or have less time than another: then one of those
who wait asks in its place.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from typing import Final

from adapter.cache.entry import Entry
from adapter.cache.keys import Key
from adapter.cache.memory import EVERYTHING
from adapter.errors import BackendTimeout, RequestError

_WORTH: Final = 0.5
"""Who has this share of the time that was not enough asks once more; with less it would hardly be enough either."""


class Flight:
    """A question that is under way. It ends with an ``entry``, an ``error``, or neither (``alone``: no one may share).

    ``seconds`` is how long the one who asks may take.
    """

    __slots__ = ("_ended", "alone", "entry", "error", "seconds", "tags")

    def __init__(self, tags: Collection[str], seconds: float) -> None:
        self.tags, self.seconds = tags, seconds
        self.entry: Entry | None = None
        self.error: RequestError | None = None
        self.alone = False
        self._ended = threading.Event()

    def wait(self, deadline: float) -> bool:
        """Wait until it has ended, or until a deadline on the clock of ``time.monotonic``. Return whether it has."""
        return self._ended.wait(max(0.0, deadline - time.monotonic()))

    def shared_error(self, left: float) -> RequestError | None:
        """Return the error that holds for one who waited and has ``left`` seconds; None where it should ask itself."""
        if isinstance(self.error, BackendTimeout) and left > 0 and left >= self.seconds * _WORTH:
            return None
        return self.error

    def end(self) -> None:
        """Let go those who wait."""
        self._ended.set()


class Flights:
    """What is under way in this process, by key."""

    def __init__(self) -> None:
        self._under_way: dict[Key, Flight] = {}
        self._lock = threading.Lock()

    def join(self, key: Key, make: Callable[[], Flight]) -> tuple[Flight, bool]:
        """Return the flight of a key, and whether it is ours: then it is to be ended, whatever happens."""
        with self._lock:
            found = self._under_way.get(key)
            if found is not None:
                return found, False
            made = self._under_way[key] = make()
            return made, True

    def end(self, key: Key, flight: Flight) -> None:
        """End a flight of ours."""
        with self._lock:
            if self._under_way.get(key) is flight:
                del self._under_way[key]
        flight.end()

    def part(self, tags: Collection[str]) -> None:
        """Let nobody join any more what asks for something that has just become old."""
        with self._lock:
            for key, flight in list(self._under_way.items()):
                if EVERYTHING in tags or not set(tags).isdisjoint(flight.tags):
                    del self._under_way[key]
