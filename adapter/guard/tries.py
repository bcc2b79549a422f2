"""Which calls are made again, and after how long.

A call is made again where nothing was sent (``sent: no``, once, whatever it does), and where its operation may be
repeated (``effect: read`` or ``idempotent``) and says how often (``tries``). Each repeat is paid for (``budget``). All
of them have one deadline. What the caller is still sending, or we are still reading, is never asked for again.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from adapter.errors import BackendError, BackendLost, BackendTimeout, BackendUnavailable, BackendUnreachable
from adapter.guard.budget import Budget
from adapter.guard.failures import verdict
from adapter.mapping.model.policy import Policy
from adapter.messages import Request

BASE_SECONDS = 0.1
"""The longest wait before the first repeat; it doubles with each."""
LONGEST_SECONDS = 2.0
_UNSENT = 2
_NO_ANSWER = (BackendUnreachable, BackendTimeout, BackendLost)
_REPEATABLE = ("read", "idempotent")


class Tries:
    """Decides for one endpoint. ``jitter`` returns a number from 0 to 1: of the wait, what is waited (full jitter)."""

    def __init__(
        self,
        budget: Budget,
        jitter: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.budget, self._jitter, self._clock = budget, jitter, clock

    def wait(self, error: BackendError, request: Request, policy: Policy, made: int) -> float | None:
        """Return after how many seconds a call that was ``made`` so often is made again; None where it is not."""
        if made >= _most(error, policy) or request.upload is not None:
            return None
        pause = self._jitter() * min(LONGEST_SECONDS, BASE_SECONDS * 2.0 ** (made - 1))
        if self._clock() + pause >= request.deadline or not self.budget.take():
            return None
        return pause


def _most(error: BackendError, policy: Policy) -> int:
    """Return how often a call may be made that ended so."""
    if isinstance(error, BackendUnavailable) or error.elsewhere:
        return 1
    unsent = _UNSENT if error.sent == "no" and isinstance(error, _NO_ANSWER) else 1
    again = policy.tries if policy.effect in _REPEATABLE and verdict(error) == "failed" else 1
    return max(unsent, again)
