"""The response cache of one process: its entries, what is under way, and what is fetched while nobody waits."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from adapter.cache.entry import Entry
from adapter.cache.flights import Flights
from adapter.cache.keys import Key
from adapter.cache.memory import Memory
from adapter.errors import RequestError
from adapter.shared import Entries
from adapter.shared.entries import EVERYTHING

MOST_BESIDE: Final = 16
"""How many newer answers are fetched at once while nobody waits for them."""

_NOTHING: Final = "-"
"""A key at which nothing stands: only generations are asked for."""

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

    ``shared`` has what all workers know of drops, None where each is alone. ``clock`` is in seconds.
    ``timeout``: how long a call may take where its mapping says nothing.
    ``begin`` runs a function beside the requests: a daemon thread, so that no worker waits for it when it stops, and a
    greenlet where gevent is patched in.
    """

    def __init__(
        self,
        most: int,
        told: Told | None = None,
        *,
        timeout: float = 10.0,
        shared: Entries | None = None,
        clock: Callable[[], float] = time.monotonic,
        begin: Begin | None = None,
    ) -> None:
        self.told = told or Told()
        self.clock, self.timeout = clock, timeout
        self.flights: Flights = Flights()
        self.memory = Memory(most, self.told.sized)
        self._begin, self._shared = begin or _beside, shared
        self._places = threading.BoundedSemaphore(MOST_BESIDE)

    def find(self, key: Key) -> Entry | None:
        """Return what is kept for a key, of whatever age, and was not made old by another worker."""
        entry = self.memory.get(key)
        if entry is None or self.counts(entry):
            return entry
        self.memory.discard(key, entry)
        return None

    def counts(self, entry: Entry) -> bool:
        """Whether no other worker has dropped what this is. While nobody can say so, it counts.

        What was asked for while nobody could say so ends once somebody can.
        """
        if self._shared is None:
            return True
        mark = self.mark(entry.tags)
        return mark is None or mark == entry.mark

    def mark(self, tags: Collection[str]) -> bytes | None:
        """Return the generation of some tags over all workers; None where that cannot be known."""
        found = self._shared.get(_NOTHING, _named(tags)) if self._shared is not None else None
        return None if found is None else found.mark

    def drop(self, tags: Collection[str]) -> None:
        """Drop what has one of some tags, in all workers, and let nobody have what is being asked for."""
        self.memory.drop(tags)
        self.flights.part(lambda flight: flight.touched(tags))
        if self._shared is not None:
            self._shared.drop(_named(tags))

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


def _named(tags: Collection[str]) -> tuple[str, ...]:
    """Return the names of tags in the shared store, where no id of a customer is to be read."""
    return tuple(
        tag if tag == EVERYTHING else hashlib.blake2b(tag.encode(), digest_size=16).hexdigest() for tag in tags
    )


def down(error: RequestError) -> bool:
    """Whether an error says that the ERP could not be asked or did not answer, and not what it answered."""
    return error.status >= 500 and error.problem != "internal-error"


def _beside(act: Callable[[], None]) -> None:
    threading.Thread(target=act, name="adapter-cache", daemon=True).start()
