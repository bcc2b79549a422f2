"""The response cache of one process: its entries, what is under way, and what is fetched while nobody waits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from adapter.cache.entry import Entry
from adapter.cache.flights import Flights
from adapter.cache.keys import Key
from adapter.cache.memory import EVERYTHING, Memory
from adapter.errors import RequestError

MOST_BESIDE: Final = 16
"""How many newer answers are fetched at once while nobody waits for them."""

Begin = Callable[[Callable[[], None]], None]


def _no_counter(operation: str, result: str) -> Callable[[], None]:
    return lambda: None


def _no_failure(operation: str, request_id: str, error: BaseException) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told: ``counter`` returns what counts one result of an operation, ``sized`` is given the bytes kept.

    ``failed`` is given the operation, the request id and the error where a newer answer could not be fetched.
    """

    counter: Callable[[str, str], Callable[[], None]] = _no_counter
    sized: Callable[[int], None] = lambda size: None
    failed: Callable[[str, str, BaseException], None] = _no_failure


class Cache:
    """Entries of all operations, at most ``most`` bytes.

    ``clock`` is in seconds. ``timeout``: how long a call may take where its mapping says nothing.
    ``begin`` runs a function beside the requests: a daemon thread, so that no worker waits for it when it stops, and a
    greenlet where gevent is patched in. ``purged`` says whether somebody has had everything dropped from outside.
    """

    def __init__(
        self,
        most: int,
        told: Told | None = None,
        *,
        timeout: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
        begin: Begin | None = None,
        purged: Callable[[], bool] = lambda: False,
    ) -> None:
        self.told = told or Told()
        self.clock, self.timeout = clock, timeout
        self.flights = Flights()
        self.memory = Memory(most, self.told.sized)
        self._begin, self._purged = begin or _beside, purged
        self._places = threading.BoundedSemaphore(MOST_BESIDE)

    def find(self, key: Key) -> Entry | None:
        """Return what is kept for a key, of whatever age."""
        if self._purged():
            self.drop((EVERYTHING,))
        return self.memory.get(key)

    def drop(self, tags: Collection[str]) -> None:
        """Drop what has one of some tags, and let nobody have what is being asked for."""
        self.memory.drop(tags)
        self.flights.part(tags)

    def beside(self, act: Callable[[], None]) -> bool:
        """Run a function while nobody waits for it. Return whether there is room for one more."""
        if not self._places.acquire(blocking=False):
            return False

        def run() -> None:
            try:
                act()
            finally:
                self._places.release()

        try:
            self._begin(run)
        except RuntimeError:  # no thread can be started
            self._places.release()
            return False
        return True


def down(error: RequestError) -> bool:
    """Whether an error says that the ERP could not be asked or did not answer, and not what it answered."""
    return error.status >= 500 and error.problem != "internal-error"


def _beside(act: Callable[[], None]) -> None:
    threading.Thread(target=act, name="adapter-cache", daemon=True).start()
