"""The response cache of one process: its entries, what is under way, and what is fetched while nobody waits."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from adapter.cache.carried import Carried, Turn, shareable
from adapter.cache.entry import OVERHEAD, Entry, Standing, standing
from adapter.cache.flights import Flight, Flights
from adapter.cache.keys import Key, Way
from adapter.cache.memory import Memory
from adapter.errors import RequestError
from adapter.shared import Entries
from adapter.shared.entries import EVERYTHING

if TYPE_CHECKING:
    from adapter.cache.turns import Turns

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

    ``shared`` has what all workers know of drops, None where each is alone. ``turns`` has what they hand each other.
    ``clock`` is in seconds.
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
        turns: Turns | None = None,
        clock: Callable[[], float] = time.monotonic,
        begin: Begin | None = None,
    ) -> None:
        self.told = told or Told()
        self.clock, self.timeout = clock, timeout
        self.flights: Flights = Flights()
        self.memory = Memory(most, self.told.sized)
        self._begin, self._shared, self._turns = begin or _beside, shared, turns
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

    def turn(self, key: Key, flight: Flight, way: Way, deadline: float, *, old: bool) -> Turn:
        """Return whether it is for this worker to ask, or what another one got meanwhile.

        ``old``: an answer that is no longer fresh will do. Raise BackendTimeout where another took too long.
        """
        if self._turns is None:
            return Turn(mark=self.mark(flight.tags))

        def wanted(found: Carried) -> bool:
            counts = standing(way.life_of(found.error), found.age)
            return counts is Standing.FRESH or (
                old and counts is not Standing.GONE and self.memory.fits(len(found.body) + OVERHEAD)
            )

        return self._turns.take(key, _named(flight.tags), deadline, wanted)

    def handed(self, turn: Turn, found: Carried, flight: Flight, way: Way) -> Entry:
        """Return the entry that another worker's answer is here."""
        made = self.clock() - found.age
        life, tags = way.life_of(found.error), tuple(flight.tags)
        return Entry(
            found.body, found.content_type, found.status, made, life, tags, found.headers, found.error, turn.mark
        )

    def end(self, turn: Turn, flight: Flight) -> None:
        """Hand on what became of our turn, and let the next one have its own."""
        if self._turns is None or turn.lease is None:
            return
        entry, error = flight.entry, shareable(flight.error)
        if entry is not None:
            kept = entry.status == 200 or entry.error is not None
            age = self.clock() - entry.made
            carried = Carried(entry.status, entry.body, entry.content_type, entry.headers, entry.error, age)
            self._turns.hand_on(turn, carried, entry.life if kept else None)
        elif flight.error is not None or flight.alone:
            self._turns.hand_on(turn, Carried(error=error, seconds=flight.seconds), None)
        self._turns.end(turn)

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
