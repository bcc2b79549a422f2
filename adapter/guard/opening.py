"""Opens the guard of one endpoint from what mappings say about it."""

from __future__ import annotations

from adapter.guard import Guard
from adapter.guard.breaker import Breaker
from adapter.guard.budget import Budget
from adapter.guard.gates import Gate
from adapter.guard.told import NOBODY, Told
from adapter.guard.tries import Tries
from adapter.mapping.model.guard import GuardRule


def opened(rule: GuardRule, told: Told = NOBODY, *, watch: bool = False) -> Guard:
    """Return the guard of an endpoint. ``watch``: it refuses nothing, and tells what it would have refused.

    The breaker is asked twice: first, so that nobody waits for what is refused anyway, and last, since it may have
    opened meanwhile.
    """
    breaker = Breaker(rule.breaker, told.state) if rule.breaker is not None else None
    between: list[Gate] = []
    gates = [breaker.look, *between, breaker.enter] if breaker is not None else between
    return Guard(gates, Tries(Budget()), told, watch=watch)
