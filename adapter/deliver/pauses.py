"""Operations whose side could not be asked a moment ago: none of their rows is looked at until a short time has passed.

So an ERP that is away is asked by a few rows now and then, and not by each of the thousands that wait for it; and once
it answers, all of them go on at once, the oldest first.
"""

from __future__ import annotations

from collections.abc import Callable

from adapter.rollout.rules import Side

LONGEST = 5.0
"""Seconds of one pause at most: so long it may take until somebody notices that an ERP is back."""


class Pauses:
    """The pauses of one process. Threads share it: what they read and write of it is one entry of a dict at a time."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until: dict[tuple[str, Side], float] = {}

    def begin(self, operation: str, target: Side, seconds: float) -> None:
        """Let the rows of an operation wait that go to a side."""
        self._until[operation, target] = self._clock() + min(seconds, LONGEST)

    def end(self, operation: str, target: Side) -> None:
        """Let them go on: it answered."""
        self._until.pop((operation, target), None)

    def now(self) -> list[tuple[str, Side]]:
        """Return the operations, and the sides of their rows, that wait at this moment."""
        if not self._until:
            return []
        now = self._clock()
        return [place for place, until in list(self._until.items()) if until > now]
