"""Service windows: while the system behind is closed by its own timetable, nobody asks it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from adapter.guard.gates import Gate, Leave, Outcome, refused
from adapter.mapping.model.guard import ClosedRule
from adapter.mapping.model.policy import Effect
from adapter.mapping.windows import opens
from adapter.messages import Request


def _utc() -> datetime:
    return datetime.now(UTC)


def closed(rule: ClosedRule, now: Callable[[], datetime] = _utc) -> Gate:
    """Return the gate that lets nobody in while it is closed; whoever comes then is told when it opens."""
    zone = ZoneInfo(rule.zone)

    def enter(request: Request, effect: Effect) -> Leave:
        moment = now()
        until = opens(rule.windows, zone, moment)
        if until is not None:
            raise refused("closed", (until - moment).total_seconds(), "closed-now", _DETAIL)
        return _nothing

    return enter


def _nothing(outcome: Outcome) -> None:
    """Give back nothing."""


_DETAIL = "The system behind this service is closed at this time. Nothing was sent."
