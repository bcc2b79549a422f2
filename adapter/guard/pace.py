"""When calls leave: one after another at a rate, and not before the other side wants to be asked again."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from adapter.guard.gates import Leave, Outcome, refused
from adapter.mapping.model.policy import Effect
from adapter.messages import Request
from adapter.shared import Shared
from adapter.shared.pace import pause_shared, turn_shared

LONGEST_SECONDS: Final = 3600.0
"""The longest pause that the other side may ask for; what asks for more is not believed."""
_EPOCH: Final = 10**8


def _utc() -> datetime:
    return datetime.now(UTC)


class Pace:
    """A gate through which calls leave ``step`` seconds behind each other, over all workers (0: without a rate).

    A call waits for its turn within its deadline, else it is refused. ``wait`` waits, ``now`` is the wall clock.
    """

    def __init__(
        self,
        endpoint: str,
        step: float = 0.0,
        *,
        shared: Shared | None = None,
        workers: int = 1,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = _utc,
    ) -> None:
        self._endpoint, self._step, self._shared, self._workers = endpoint, step, shared, workers
        self._clock, self._wait, self._now = clock, wait, now
        self._lock = threading.Lock()
        self._turn = self._pause = float("-inf")

    def enter(self, request: Request, effect: Effect) -> Leave:
        """Wait for the turn of a call (``gates.Gate``)."""
        now = self._clock()
        paused = self._pause - now
        if paused > max(0.0, request.deadline - now):
            raise refused("paused", paused, detail=_PAUSED)
        taken, seconds = self._taken(request.deadline - now)
        if not taken:
            raise refused("rate", seconds, detail=_RATE)
        if (seconds := max(seconds, paused)) > 0:
            self._wait(seconds)
        return self._leave

    def _taken(self, most: float) -> tuple[bool, float]:
        if not self._step:
            return True, 0.0
        found = turn_shared(self._shared, self._endpoint, step=self._step, most=most) if self._shared else None
        if found is not None:
            return found
        with self._lock:
            now = self._clock()
            turn = max(self._turn, now)
            if turn - now > most:
                return False, turn - now
            self._turn = turn + self._step * self._workers
        return True, turn - now

    def _leave(self, outcome: Outcome) -> None:
        seconds = asked_to_wait(outcome.status, outcome.headers, self._now())
        if 0 < seconds <= LONGEST_SECONDS:
            self._pause = max(self._pause, self._clock() + seconds)
            if self._shared is not None and self._step:
                pause_shared(self._shared, self._endpoint, seconds)


def asked_to_wait(status: int, headers: Mapping[str, str], now: datetime) -> float:
    """Return for how many seconds the other side wants to be left alone, 0 where it does not say so.

    ``Retry-After`` counts with 429 and 503 (RFC 9110, section 10.2.3: seconds or a date), ``X-RateLimit-Remaining: 0``
    with any status; its ``X-RateLimit-Reset`` is in seconds, or a time since 1970.
    """
    seconds = 0.0
    if status in (429, 503):
        seconds = _after(headers.get("retry-after", ""), now)
    if _number(headers.get("x-ratelimit-remaining", "")) == 0:
        reset = _number(headers.get("x-ratelimit-reset", "")) or 0.0
        seconds = max(seconds, reset - now.timestamp() if reset > _EPOCH else reset)
    return max(0.0, seconds)


def _after(text: str, now: datetime) -> float:
    if (seconds := _number(text)) is not None:
        return seconds
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    return (date if date.tzinfo is not None else date.replace(tzinfo=UTC)).timestamp() - now.timestamp()


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", text.strip()) else None


_RATE = "The system behind this service is asked only so often, and it is not this call's turn. Nothing was sent."
_PAUSED = "The system behind this service asked to be left alone for a while. Nothing was sent."
