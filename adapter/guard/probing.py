"""Who may try an endpoint whose breaker is open, over all workers. Nobody asks while it is closed."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Final

from adapter.messages import Request
from adapter.shared import Shared
from adapter.shared.probes import Answered, open_shared, tried_shared, try_shared

_LONGEST_SECONDS: Final = 900.0
_LATE_SECONDS: Final = 1.0
"""How much longer than its deadline a call may take to end."""


class Together:
    """The probes of one endpoint over all workers, ``most`` of them. Each answers None while the store is away."""

    def __init__(self, shared: Shared, endpoint: str, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._shared, self._endpoint, self._most, self._clock = shared, endpoint, most, clock
        self._untold = False

    def opened(self, seconds: float) -> None:
        """Say that a worker's breaker has opened for so long."""
        self._untold = not open_shared(self._shared, self._endpoint, seconds)

    def ask(self, request: Request) -> tuple[str, Answered | None]:
        """Ask whether a call may try; return the name of its try too."""
        if self._untold:  # what others found before that is not about now
            self.opened(0.0)
        token = uuid.uuid4().hex
        seconds = min(max(0.0, request.deadline - self._clock()) + _LATE_SECONDS, _LONGEST_SECONDS)
        return token, try_shared(self._shared, self._endpoint, token, most=self._most, seconds=seconds)

    def over(self, token: str, *, well: bool) -> bool | None:
        """Say that a try is over; return whether it closes the breaker of all workers."""
        return tried_shared(self._shared, self._endpoint, token, most=self._most, well=well)
