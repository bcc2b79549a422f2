"""One call that has passed the gates, until it is over: also where its answer is still arriving."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from adapter.errors import BackendError
from adapter.exchange import Opened
from adapter.guard.failures import verdict
from adapter.guard.gates import Leave, Outcome

_NONE: Mapping[str, str] = {}


class Turn:
    """What the gates hold for one call. It is given back once: when it ended, and what it opened is closed.

    ``share`` is which part of the request's time was left when it began: one that had little of it says nothing
    about the endpoint by running out of it.
    """

    def __init__(self, leaves: Sequence[Leave], share: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._leaves, self._share, self._clock = leaves, share, clock
        self._begin = clock()
        self._open = self._over = self._left = False
        self._error: BaseException | None = None
        self._status, self._headers = 0, _NONE
        self.opened = False

    def holds(self, opened: Opened) -> Opened:
        """Return an answer that keeps what the gates hold until it is closed."""
        self.opened = self._open = True

        def chunks() -> Iterator[bytes]:
            try:
                yield from opened.chunks
            except BackendError as error:
                self._error = self._error or error
                raise

        def close() -> None:
            try:
                opened.close()
            finally:
                self._open = False
                self._maybe()

        return replace(opened, chunks=chunks(), close=close)

    def heard(self, status: int, headers: Mapping[str, str]) -> None:
        """Say what the answer's status and header fields are, by their names in small letters."""
        self._status, self._headers = status, headers

    def ended(self, error: BaseException | None = None) -> None:
        """Say that the call is over; what it opened may go on."""
        self._over, self._error = True, error or self._error
        if error is not None:
            self._open = False
        self._maybe()

    def _maybe(self) -> None:
        if self._over and not self._open and not self._left:
            self._left = True
            error, self._error = self._error, None  # its frames hold this turn
            seconds = self._clock() - self._begin
            left(self._leaves, Outcome(verdict(error, self._share), seconds, error, self._status, self._headers))


def left(leaves: Sequence[Leave], outcome: Outcome) -> None:
    """Give back what gates hold, the last one first."""
    for leave in reversed(leaves):
        leave(outcome)
