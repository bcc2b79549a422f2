"""Whether the new service fails more often than the ERP: an e-process that may be looked at whenever one likes.

If it fails no more often, each failing unit is one of its own by chance alone: with the share of buckets that it has.
``E`` bets against that, for several sizes of "more often" at once, and has the expectation 1 while it is not so; so it
reaches 100 in one case of a hundred at most, however often somebody looks (Ville's inequality). It needs to know
neither how often the ERP fails nor that this stays the same.

Howard, Ramdas et al., "Time-uniform Chernoff bounds" (2020); Lindon and Malek, arXiv 2011.03567.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from adapter.rollout.evidence import Failed
from adapter.rollout.rules import WHOLE

RISKS: Final = (1.5, 2.0, 4.0, 8.0, 16.0, 64.0)
"""How many times as often it fails: what is bet on."""
ALPHA: Final = 0.01
"""How often one that is as good may be called worse."""
METRICS: Final = 1
"""What is tested at a time. A call that is too slow counts as one that failed, so failures are all there is."""
LIMIT: Final = math.log(METRICS / ALPHA)
"""The logarithm of E from which on it fails more often."""
SUSPECT: Final = math.log(METRICS / 0.1)
"""The logarithm of E from which on nothing goes forward, though it is too little to go back."""
_NOBODY, _CANDIDATE = 0, -1


class ErrorShare:
    """E, in logarithms: one for each size of "more often". Events may come in any order."""

    __slots__ = ("_logs",)

    def __init__(self) -> None:
        self._logs = [0.0] * len(RISKS)

    def event(self, candidate: bool, rho: float, times: int = 1) -> None:
        """Add units that failed at a side. ``rho`` in 0 to 1: how likely it was that one is at the new service.

        Where that was sure the event says nothing.
        """
        if 0.0 < rho < 1.0:
            grown = _growth(rho)[candidate]
            self._logs = [log + times * more for log, more in zip(self._logs, grown, strict=True)]

    def log_e(self) -> float:
        """Return the natural logarithm of E: always a number, however much was seen."""
        most = max(self._logs)
        return most + math.log(sum(math.exp(log - most) for log in self._logs) / len(RISKS))

    def worse(self) -> bool:
        """Whether it fails more often, beyond reasonable doubt."""
        return max(self._logs) >= LIMIT and self.log_e() >= LIMIT


class Known:
    """What is known of the buckets of units that failed before, so that each failure counts for what it says.

    One that failed at the ERP while the new service had 10 % is not in those 10 %: at 50 % it is at the new service in
    4 of 9 cases. One that failed at the new service stays there, and says nothing any more.
    """

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[object, int] = {}

    def before(self, unit: object, candidate: bool, share: int) -> int | None:
        """Return the buckets that a unit is known not to be in; None where its failure says nothing.

        ``share`` is that of the moment, which never shrinks while evidence is collected.
        """
        known = self._known.get(unit, _NOBODY)
        if known == _CANDIDATE or not known < share < WHOLE:
            return None
        self._known[unit] = _CANDIDATE if candidate else share
        return known


def rho(share: int, known: int) -> float:
    """Return how likely a unit is at the new service, that is not in the first ``known`` buckets; 0 where it is not."""
    return (share - known) / (WHOLE - known) if known < share else 0.0


def error_share(failed: Iterable[Failed]) -> ErrorShare:
    """Return E of what was counted. The sum is made in one order, so that it is the same to the bit."""
    made = ErrorShare()
    for each in sorted(failed):
        made.event(each.side == "http", rho(each.share, each.known), each.units)
    return made


@lru_cache(maxsize=4096)
def _growth(rho: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return what one event adds: at the ERP, and at the new service."""
    at_legacy = tuple(-math.log1p((risk - 1.0) * rho) for risk in RISKS)
    return at_legacy, tuple(math.log(risk) + log for risk, log in zip(RISKS, at_legacy, strict=True))
