"""calm.breaker: how soon a guard opens at one call a second, what it costs, and that calls run beside each other.

It is measured on the guard as it is opened for an endpoint of which no mapping says anything; its cost is with the gate
that follows what operators take out of use.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable
from typing import NoReturn

from adapter.errors import BackendLost, BackendUnavailable
from adapter.guard import UNGUARDED, Guard, Turn
from adapter.guard.isolation import Isolation
from adapter.guard.opening import opened
from adapter.mapping.model.guard import GuardRule
from adapter.mapping.model.policy import ONCE
from adapter.messages import Request
from tests.evidence import Result

FAILURES, MICROSECONDS, SHARE = 5, 10.0, 0.95
THREADS, CALLS, SECONDS = 16, 25, 0.02
LOOPS, ROUNDS = 20_000, 7


def measure() -> Result:
    """Measure all three."""
    failures, refused = until_open()
    cost = statistics.median(per_call() for _ in range(ROUNDS))
    share = statistics.median(throughput(opened(GuardRule())) / throughput(UNGUARDED) for _ in range(ROUNDS))
    value = f"{failures} failures; {cost:.1f} us, refused in {refused:.1f} us; {share:.2f}"
    return Result(value, failures <= FAILURES and cost <= MICROSECONDS and share >= SHARE)


def _request() -> Request:
    return Request("orders.read", "id-1", time.monotonic() + 600)


def until_open() -> tuple[int, float]:
    """Let one call a second fail, by the wall; return how many were made, and the microseconds of a refusal."""
    guard, made = opened(GuardRule()), 0

    def lost(turn: Turn) -> NoReturn:
        raise BackendLost("backend-lost", 502)

    while made < 2 * FAILURES:
        try:
            guard.run(_request(), lost, ONCE)
        except BackendUnavailable:
            break
        except BackendLost:
            made += 1
        time.sleep(1 if made < FAILURES else 0)
    return made, 1e6 * _seconds(lambda: _refused(guard, lost), 200)


def _refused(guard: Guard, act: Callable[[Turn], NoReturn]) -> None:
    try:
        guard.run(_request(), act, ONCE)
    except BackendUnavailable:
        return
    raise AssertionError("it was let in")


def per_call() -> float:
    """Return how many microseconds a guard adds to a call."""
    guard = opened(GuardRule(), isolated=Isolation(lambda known: {}).gate({"erp"}))
    request = _request()

    def act(turn: Turn) -> None:
        return None

    bare = Turn((), 1.0)
    return 1e6 * (_seconds(lambda: guard.run(request, act, ONCE), LOOPS) - _seconds(lambda: act(bare), LOOPS))


def _seconds(act: Callable[[], object], times: int) -> float:
    begin = time.perf_counter()
    for _ in range(times):
        act()
    return (time.perf_counter() - begin) / times


def throughput(guard: Guard) -> float:
    """Return calls a second of threads that are all in a call that waits."""
    request = _request()

    def calls() -> None:
        for _ in range(CALLS):
            guard.run(request, lambda turn: time.sleep(SECONDS), ONCE)

    threads = [threading.Thread(target=calls) for _ in range(THREADS)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return THREADS * CALLS / (time.perf_counter() - begin)
