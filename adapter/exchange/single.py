"""One asks, the others take what it got: for what many calls need at once and only one of them should fetch.

It is a failure that is shared too, so that an ERP that is down is asked once and not once for each call that waits.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from adapter.errors import BackendError, BackendTimeout

R = TypeVar("R")


class Single:
    """Lets one at a time ask. ``late`` makes the error of a call that waited until its deadline."""

    def __init__(self, late: Callable[[], BackendTimeout]) -> None:
        self._late = late
        self._turn = threading.Lock()  # looked up now, so that gevent's is used after its monkey-patching
        self._failure: tuple[int, BackendError] | None = None
        self._failures = 0

    def get(self, deadline: float, there: Callable[[], R | None], ask: Callable[[], R]) -> R:
        """Return what is ``there``, else what ``ask`` returns. Raises BackendError where neither is to be had in time.

        ``deadline`` is on the clock of ``time.monotonic``.
        """
        failures = self._failures
        if (found := there()) is not None:
            return found
        if not self._turn.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise self._late()
        try:
            if (found := there()) is not None:
                return found
            if self._failure is not None and self._failure[0] > failures:
                raise replace(self._failure[1])
            return self._asked(ask)
        finally:
            self._turn.release()

    def unless_asked(self, ask: Callable[[], object]) -> None:
        """Ask, unless another does so now. Raises what ``ask`` raises."""
        if self._turn.acquire(blocking=False):
            try:
                ask()
            finally:
                self._turn.release()

    def _asked(self, ask: Callable[[], R]) -> R:
        try:
            found = ask()
        except BackendError as error:
            self._failures += 1
            # Another's deadline says nothing about the next call's.
            self._failure = None if isinstance(error, BackendTimeout) else (self._failures, replace(error))
            raise
        self._failure = None
        return found
