"""What becomes of a write that many ask for with one key at once: one goes ahead, the others get what comes of it.

So a thousand of them cost one claim and one call, and nobody polls for what happens next door.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace

from adapter import flights
from adapter.errors import RequestError
from adapter.messages import Response


class Flight(flights.Flight):
    """A request under way. What it ended with is what those get who waited: ``answer``, ``error``, or neither.

    With neither, the next of them goes ahead.
    """

    def __init__(self, fingerprint: str) -> None:
        super().__init__()
        self.fingerprint = fingerprint
        self.answer: Response | None = None
        self.error: RequestError | None = None


class Flights(flights.Flights[Hashable, Flight]):
    """What is under way, by caller, operation and key."""

    def fly(self, place: Hashable, flight: Flight, act: Callable[[], Response]) -> Response:
        """Go ahead with a flight of ours, and let those who wait for it have what comes of it."""
        try:
            answer = act()
            flight.answer = answer
            return answer
        except RequestError as error:
            # Nothing was done, and nothing stands in the way of asking again: so it is for all who ask at this moment.
            if flight.answer is None and error.sent == "no":
                flight.error = replace(error)  # without where it was raised, which holds this flight
            raise
        finally:
            self.end(place, flight)
