"""Requests with the same key in one process: the first one goes ahead, the others wait for what becomes of it.

So a thousand of them cost one claim and one call, and nobody polls for what happens next door.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from adapter.errors import RequestError
from adapter.messages import Response


@dataclass(slots=True)
class Flight:
    """A request under way. What it ended with is what those get who waited: ``answer``, ``error``, or neither.

    With neither, the next of them goes ahead.
    """

    fingerprint: str
    answer: Response | None = None
    error: RequestError | None = None
    ended: bool = False
    # Made when it is needed, so that gevent's is used after its monkey-patching.
    changed: threading.Condition = field(default_factory=lambda: threading.Condition())

    def wait(self, deadline: float) -> bool:
        """Wait until it has ended, or until the deadline. Return whether it has."""
        with self.changed:
            return self.changed.wait_for(lambda: self.ended, max(0.0, deadline - time.monotonic()))


class Flights:
    """What is under way in this process, by caller, operation and key."""

    def __init__(self) -> None:
        self._under_way: dict[Hashable, Flight] = {}

    def begin(self, place: Hashable, fingerprint: str) -> tuple[Flight, bool]:
        """Return the flight of a place, and whether it is ours: then ``fly`` it."""
        mine = Flight(fingerprint)
        found = self._under_way.setdefault(place, mine)
        return found, found is mine

    def fly(self, place: Hashable, flight: Flight, act: Callable[[], Response]) -> Response:
        """Go ahead with a flight of ours, and let those who wait for it have what comes of it."""
        try:
            answer = act()
            flight.answer = answer
            return answer
        except RequestError as error:
            # Nothing was done, and nothing stands in the way of asking again: so it is for all who ask at this moment.
            if flight.answer is None and error.sent == "no":
                flight.error = error
            raise
        finally:
            self._under_way.pop(place, None)
            with flight.changed:
                flight.ended = True
                flight.changed.notify_all()
