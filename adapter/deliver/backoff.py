"""When a write that could not be sent is tried again. Jitter keeps those apart that failed together."""

from __future__ import annotations

import random
from collections.abc import Callable

FIRST, LONGEST = 1.0, 300.0
_UNSENT = 5.0
_STEPS = 10

Jitter = Callable[[], float]
"""Returns a number from 0 to 1."""


def after_attempt(attempts: int, said: float, jitter: Jitter = random.random) -> float:
    """Return seconds until the next attempt: twice as long each time, half of it by chance; at least what was ``said``.

    ``attempts`` is how many there were, ``said`` what the ERP or a guard asked for (0: nothing).
    """
    whole = min(LONGEST, FIRST * 2.0 ** min(attempts, _STEPS))
    return said + FIRST * jitter() if said else whole * (0.5 + 0.5 * jitter())


def while_unsent(age: float, said: float, jitter: Jitter = random.random) -> float:
    """Return seconds until it is looked again whether the ERP can be asked: a tenth of how long this has waited.

    Nothing was sent meanwhile, so nothing is counted; a few seconds at most, so that it goes on soon after the ERP is
    back. Thousands that wait so do not ask for it each by itself: see ``pauses``.
    """
    whole = min(_UNSENT, max(FIRST, age / 10))
    return said + FIRST * jitter() if said else whole * (0.5 + 0.5 * jitter())
