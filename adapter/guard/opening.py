"""Opens the guard of one endpoint from what mappings say about it."""

from __future__ import annotations

from typing import Final

from adapter.guard import Guard
from adapter.guard.breaker import Breaker
from adapter.guard.budget import Budget
from adapter.guard.closed import closed
from adapter.guard.gates import Gate
from adapter.guard.pace import Pace
from adapter.guard.places import Watcher
from adapter.guard.probing import Together
from adapter.guard.sharing import Sharing
from adapter.guard.told import NOBODY, Told
from adapter.guard.tries import Tries
from adapter.mapping.model.guard import BreakerRule, GuardRule
from adapter.shared import Shared

MOST: Final = 1000
"""How many calls at once a worker makes where no mapping says so: as many as its pool has connections."""


def opened(
    rule: GuardRule,
    told: Told = NOBODY,
    *,
    watch: bool = False,
    name: str = "",
    shared: Shared | None = None,
    workers: int = 1,
    isolated: Gate | None = None,
) -> Guard:
    """Return the guard of an endpoint. ``watch``: it refuses nothing, and tells what it would have refused.

    ``name`` is what ``workers`` call it that share its limits through ``shared``.

    ``isolated`` is the gate of what operators say (``isolation``).

    The breaker is asked twice: first, so that nobody waits for what is refused anyway, and last, since it may have
    opened meanwhile.
    """
    breaker = _breaker(rule.breaker, told, name, shared) if rule.breaker is not None else None
    between: list[Gate] = [closed(rule.closed)] if rule.closed is not None else []
    if rule.concurrency or rule.adaptive:
        watcher, most = Watcher(told.counted, told.shed), rule.concurrency or MOST
        sharing = Sharing(
            name, most, adaptive=rule.adaptive, shared=shared, workers=workers, watcher=watcher, found=told.limit
        )
        between.append(sharing.enter)
    if rule.step or rule.adaptive:
        between.append(Pace(name, rule.step, shared=shared, workers=workers).enter)
    gates = [breaker.look, *between, breaker.enter] if breaker is not None else between
    gates = [isolated, *gates] if isolated is not None else gates
    return Guard(gates, Tries(Budget()), told, watch=watch)


def _breaker(rule: BreakerRule, told: Told, name: str, shared: Shared | None) -> Breaker:
    together = Together(shared, name, rule.probes) if shared is not None else None
    return Breaker(rule, told.state, together=together)
