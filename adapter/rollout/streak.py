"""The hard guard: so many different units that fail one after the other are no chance, and need no statistics.

Rule: of ``n`` calls of the new service the expected number of streaks of ``k`` failures is at most ``n * p**k``, where
``p`` is how often the ERP fails. The smallest ``k`` of at least 3 for which that is below 0.001 is enough. A fixed 3
would send a good service back at an ERP that fails in 2 % of calls (simulated: 3 to 6 % of hours).
"""

from __future__ import annotations

import math
from typing import Final

from adapter.rollout.evidence import Calls

LEAST: Final = 3
MOST: Final = 32
"""What processes remember (``moving.noting.STREAK``)."""
FEWEST_CALLS: Final = 1000
"""So many calls are assumed where fewer were seen."""
_BELOW: Final = 0.001
_Z: Final = 3.0
"""Standard errors that the ERP's share of failures is taken to be above what was seen."""


def careful(legacy: Calls, lately: Calls) -> float:
    """Return how often the ERP fails, 0 to 1, rather too high than too low.

    The upper end of a Wilson interval over all that was seen; or what it does lately, if that is worse: where the ERP
    has a bad minute, the new service that needs it has one too. 1 where nothing was seen.
    """
    now = lately.failures / lately.calls if lately.calls else 0.0
    return max(_wilson(legacy), now)


def enough(calls: int, p: float) -> int | None:
    """Return how many different units have to fail in a row, of so many calls. None: so many are not remembered."""
    n = max(FEWEST_CALLS, calls)
    return next((k for k in range(LEAST, MOST + 1) if n * p**k < _BELOW), None)


def _wilson(calls: Calls) -> float:
    n = calls.calls
    if n <= 0:
        return 1.0
    share, z2 = calls.failures / n, _Z * _Z
    spread = _Z * math.sqrt(share * (1.0 - share) / n + z2 / (4.0 * n * n))
    return min(1.0, (share + z2 / (2.0 * n) + spread) / (1.0 + z2 / n))
