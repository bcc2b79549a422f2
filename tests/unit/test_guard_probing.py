"""Breakers of several workers: so many probes over all of them, and what one found out holds for all."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapter.errors import BackendUnavailable
from adapter.guard.breaker import Breaker
from adapter.guard.gates import Leave, Outcome
from adapter.guard.probing import Together
from adapter.mapping.model.guard import BreakerRule
from adapter.messages import Request
from adapter.shared import Shared
from adapter.shared.link import Lost

REQUEST = Request("orders.read", "id-1", 1030.0)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the time, in seconds."""
        return self.now


class Worker:
    """The breaker of one worker. All of them have one clock; that of the store is set forward by ``later``."""

    def __init__(self, shared: Shared, clock: Clock, probes: int = 1) -> None:
        self.shared, self.clock, self.states = shared, clock, list[str]()
        together = Together(shared, "erp", probes, clock)
        self.breaker = Breaker(BreakerRule(failures=1, probes=probes), self.states.append, clock, together)

    def enter(self) -> Leave:
        """Let one call in. Raises BackendUnavailable."""
        return self.breaker.enter(REQUEST, "read")

    def fails(self) -> None:
        """Let one call in, which fails."""
        self.enter()(Outcome("failed"))

    def refused(self) -> str:
        """Return why a call is not let in."""
        with pytest.raises(BackendUnavailable) as caught:
            self.enter()
        return caught.value.cause


def workers(shared: Shared, count: int, probes: int = 1) -> list[Worker]:
    """Return workers whose breakers have all opened, and that may try now."""
    clock = Clock()
    found = [Worker(shared, clock, probes) for _ in range(count)]
    for each in found:
        each.fails()
    later(shared, clock)
    return found


def later(shared: Shared, clock: Clock) -> None:
    """Let so much time go by that what is open may be tried, here and at the store."""
    clock.now += 5
    if shared.command("EXISTS", "adapter:breaker:erp"):
        shared.command("HSET", "adapter:breaker:erp", "until", 0)


def test_one_probe_is_in_flight_over_all_workers(shared: Shared) -> None:
    """While one worker tries, no other does; its success closes all of them without another probe."""
    one, two, three = workers(shared, 3)
    probe = one.enter()
    assert "guard: probing" == two.refused()
    assert "guard: probing" == three.refused()
    assert "guard: probing" == one.refused()
    probe(Outcome("answered"))
    two.clock.now += 1
    for each in (two, three):
        each.enter()(Outcome("answered"))
    assert ["open", "half-open", "closed"] == one.states
    assert ["open", "closed"] == two.states == three.states


def test_several_probes_are_counted_over_all_workers(shared: Shared) -> None:
    """Two may try, wherever they are, and both have to succeed."""
    one, two, three = workers(shared, 3, probes=2)
    first, second = one.enter(), two.enter()
    assert "guard: probing" == three.refused()
    first(Outcome("answered"))
    three.clock.now += 1
    assert "guard: probing" == three.refused()
    second(Outcome("answered"))
    assert ["open", "half-open", "closed"] == two.states
    assert ["open", "half-open"] == one.states
    one.enter()(Outcome("answered"))
    assert "closed" == one.states[-1]


def test_a_probe_that_fails_keeps_all_of_them_open(shared: Shared) -> None:
    """The others wait as long as the one that tried, and what was under way then counts no more."""
    one, two, three = workers(shared, 3, probes=2)
    first, second = one.enter(), two.enter()
    first(Outcome("failed"))
    assert "guard: breaker" == three.refused()
    second(Outcome("answered"))
    assert "guard: breaker" == two.refused()
    assert ["open", "half-open", "open"] == two.states
    later(shared, two.clock)
    three.enter()
    two.enter()
    assert "guard: probing" == one.refused()


def test_a_probe_that_says_nothing_or_never_ends_gives_its_permit_back(shared: Shared) -> None:
    """Another worker may try at once; a permit of a worker that was killed runs out with its call's deadline."""
    one, two = workers(shared, 2)
    one.enter()(Outcome("unknown"))
    two.enter()
    assert "guard: probing" == one.refused()
    (token,) = shared.command("ZRANGE", "adapter:probes:erp", 0, -1)
    shared.command("ZADD", "adapter:probes:erp", 1, token)
    one.clock.now += 1
    one.enter()


def test_what_was_found_before_it_opened_says_nothing(shared: Shared) -> None:
    """A worker whose breaker opens after all was well has to try."""
    one, two = workers(shared, 2)
    one.enter()(Outcome("answered"))
    one.fails()
    later(shared, one.clock)
    two.enter()
    assert "half-open" == two.states[-1]
    assert "guard: probing" == one.refused()


def test_nobody_is_asked_while_it_is_closed() -> None:
    """A closed breaker puts no question to the store, whatever calls say."""

    def store(question: object) -> object:
        raise AssertionError("it was asked")

    worker = Worker(Shared(store), Clock())
    for _ in range(30):
        worker.enter()(Outcome("answered"))
    worker.enter()(Outcome("unknown"))


def test_without_the_store_each_worker_counts_its_own() -> None:
    """While the store is away each worker may try, and is well again by what it found out itself."""

    def store(question: object) -> object:
        raise Lost

    clock = Clock()
    one, two = Worker(Shared(store), clock), Worker(Shared(store), clock)
    one.fails()
    two.fails()
    clock.now += 5
    first, second = one.enter(), two.enter()
    assert "guard: probing" == one.refused()
    first(Outcome("answered"))
    second(Outcome("answered"))
    assert ["open", "half-open", "closed"] == one.states == two.states


def test_an_opening_nobody_heard_of_is_told_before_somebody_tries(shared: Shared) -> None:
    """What others found before it does not close a breaker that opened while the store was away."""
    one, two = workers(shared, 2)
    one.enter()(Outcome("answered"))
    assert two.breaker._together is not None
    two.breaker._together._untold = True
    two.enter()
    assert ["open", "half-open"] == two.states


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    probes=st.integers(1, 3),
    steps=st.lists(
        st.tuples(
            st.integers(0, 2), st.sampled_from(["enter", "answered", "failed", "unknown", "wait"]), st.integers(0, 9)
        ),
        max_size=40,
    ),
)
def test_workers_never_get_stuck_nor_probe_too_much(
    shared: Shared, probes: int, steps: list[tuple[int, str, int]]
) -> None:
    """Whatever ends in whatever order: never more probes than may be, and an ERP that answers is asked again by all."""
    shared.command("FLUSHALL")
    found = workers(shared, 3, probes)
    inside = list[Leave]()
    for who, step, number in steps:
        worker = found[who]
        if step == "wait":
            later(shared, worker.clock)
        elif step == "enter":
            with suppress(BackendUnavailable):
                inside.append(worker.enter())
            assert shared.command("ZCARD", "adapter:probes:erp") <= probes
        elif inside:
            inside.pop(number % len(inside))(Outcome(step))  # type: ignore[arg-type]
    for leave in inside:
        leave(Outcome("failed"))
    for each in found:
        for _ in range(2 * probes + 2):
            later(shared, each.clock)
            each.enter()(Outcome("answered"))
        assert "closed" == each.breaker.state
