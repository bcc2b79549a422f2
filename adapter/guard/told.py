"""What a guard tells: its metrics and log lines, all of them about one endpoint."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from adapter.guard.gates import ISOLATED
from adapter.messages import Request
from adapter.telemetry import Telemetry


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told of an endpoint: a breaker's new state, a call that is refused and why, one that is made again.

    ``counted``: places that are filled and calls that wait for one; ``shed``: whose call was sent away from a full
    queue; ``limit``: how many calls at once were found to be good.
    """

    state: Callable[[str], None] = lambda state: None
    refused: Callable[[str, Request], None] = lambda reason, request: None
    tried: Callable[[str], None] = lambda problem: None
    counted: Callable[[int, int], None] = lambda filled, waiting: None
    shed: Callable[[str], None] = lambda kind: None
    limit: Callable[[float], None] = lambda limit: None


NOBODY = Told()


def telling(telemetry: Telemetry, *, watch: bool) -> Callable[[str], Told]:
    """Return what makes the metrics and lines of an endpoint by its name. ``watch``: calls are not refused really."""
    guards, lines = telemetry.metrics.guards, telemetry.lines

    def told(endpoint: str) -> Told:
        def state(state: str) -> None:
            guards.state(endpoint, state)
            lines.event("breaker", endpoint=endpoint, state=state)

        def refused(reason: str, request: Request) -> None:
            enforced = not watch or reason == ISOLATED
            guards.refused(endpoint, reason, enforced)
            if not enforced:
                lines.event("guard-would-refuse", endpoint=endpoint, cause=reason, operation=request.operation)

        places = guards.places(endpoint)
        return Told(state, refused, partial(guards.tried, endpoint), places.counted, places.shed, places.limit)

    return told


def telling_isolated(telemetry: Telemetry) -> Callable[[str, str], None]:
    """Return what shows that an endpoint is isolated, and why, or is not any more ("")."""

    def told(endpoint: str, reason: str) -> None:
        telemetry.metrics.guards.isolated(endpoint, bool(reason))
        telemetry.lines.event("isolated" if reason else "released", endpoint=endpoint, cause=reason)

    return told
