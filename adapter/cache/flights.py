"""What becomes of a read that many ask for at once, and who of those who waited may have it.

Whoever asks may be killed, or have less time than another: then one of those who wait asks in its place.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from adapter import flights
from adapter.cache.entry import Entry
from adapter.cache.keys import Key
from adapter.errors import BackendTimeout, RequestError
from adapter.shared.entries import EVERYTHING

_WORTH: Final = 0.5
"""Who has this share of the time that was not enough asks once more; with less it would hardly be enough either."""


class Flight(flights.Flight):
    """A question that is under way. It ends with an ``entry``, an ``error``, or neither (``alone``: no one may share).

    ``seconds`` is how long the one who asks may take.
    """

    def __init__(self, tags: Collection[str], seconds: float) -> None:
        super().__init__()
        self.tags, self.seconds = tags, seconds
        self.entry: Entry | None = None
        self.error: RequestError | None = None
        self.alone = False

    def shared_error(self, left: float) -> RequestError | None:
        """Return the error that holds for one who waited and has ``left`` seconds; None where it should ask itself."""
        return None if out_of_time(self.error, self.seconds, left) else self.error

    def touched(self, tags: Collection[str]) -> bool:
        """Whether what it asks for has become old."""
        return EVERYTHING in tags or not set(tags).isdisjoint(self.tags)


def out_of_time(error: RequestError | None, seconds: float, left: float) -> bool:
    """Whether an error only says that ``seconds`` were too short, and one who has ``left`` should ask once more."""
    return isinstance(error, BackendTimeout) and left > 0 and left >= seconds * _WORTH


def late() -> BackendTimeout:
    """Return the error of one who waited for another's call, and has no time left."""
    detail = "The answer did not arrive in time. Nothing was changed."
    return BackendTimeout("backend-timeout", 504, detail, cause="waited for another's call", sent="no")


Flights = flights.Flights[Key, Flight]
