"""The circuit breaker: when it opens, for how long, how many may probe, and that nothing gets stuck."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest
from gevent import Greenlet, GreenletExit, event
from hypothesis import given
from hypothesis import strategies as st

from adapter.errors import BackendLost, BackendUnavailable
from adapter.guard import Guard
from adapter.guard.breaker import Breaker
from adapter.guard.gates import Leave, Outcome, Verdict
from adapter.mapping.model.guard import BreakerRule
from adapter.mapping.model.policy import ONCE
from adapter.messages import Request

REQUEST = Request("orders.read", "id-1", 1e9)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the time, in seconds."""
        return self.now


class Watched:
    """A breaker on a clock of its own, and the states it was in."""

    def __init__(self, rule: BreakerRule | None = None) -> None:
        self.clock, self.states = Clock(), list[str]()
        self.breaker = Breaker(rule or BreakerRule(), self.states.append, self.clock)

    def enter(self) -> Leave:
        """Let one call in. Raises BackendUnavailable."""
        return self.breaker.enter(REQUEST, "read")

    def call(self, verdict: Verdict, seconds: float = 0.1) -> None:
        """Let one call in and end it."""
        self.enter()(Outcome(verdict, seconds))

    def calls(self, verdicts: str) -> None:
        """Make calls: ``a`` answered, ``f`` failed, ``u`` unknown."""
        for letter in verdicts:
            self.call({"a": "answered", "f": "failed", "u": "unknown"}[letter])  # type: ignore[arg-type]

    def refused(self) -> str:
        """Return the seconds of Retry-After of a call that is refused."""
        with pytest.raises(BackendUnavailable) as caught:
            self.enter()
        assert (503, "backend-unavailable", "no") == (caught.value.status, caught.value.problem, caught.value.sent)
        return caught.value.headers["Retry-After"]


def test_it_opens_after_failures_in_a_row() -> None:
    """Five are enough, at whatever rate; four and an answer are not."""
    watched = Watched()
    watched.calls("ffffaffff")
    assert [] == watched.states
    watched.calls("f")
    assert ["open"] == watched.states
    assert "1" == watched.refused()


def test_it_opens_once_half_of_the_last_calls_failed() -> None:
    """Not in a row: ten of the last twenty; nine of them are not enough, and old ones are forgotten."""
    watched = Watched()
    watched.calls("aaaf" * 10 + "af" * 8)
    assert [] == watched.states
    watched.calls("af")
    assert ["open"] == watched.states


def test_slow_answers_are_failures_too() -> None:
    """An answer that took longer than it may counts, one that took just as long does not."""
    watched = Watched(BreakerRule(failures=2, slow=4.0))
    watched.call("answered", 4.0)
    watched.call("answered", 4.1)
    watched.call("answered", 9.0)
    assert ["open"] == watched.states
    unbounded = Watched(BreakerRule(failures=1))
    unbounded.call("answered", 500.0)
    assert [] == unbounded.states


def test_what_says_nothing_changes_nothing() -> None:
    """Calls that say nothing of the endpoint neither open it nor begin the row anew."""
    watched = Watched()
    watched.calls("ffuffuuf")
    assert ["open"] == watched.states


def test_it_stays_open_longer_each_time_and_not_for_ever() -> None:
    """Two seconds, four, six, eight, and no more than that; an answer begins anew."""
    watched = Watched(BreakerRule(failures=1, open=2.0))
    for seconds in (2, 4, 6, 8, 8, 8):
        watched.call("failed")
        assert str(seconds) == watched.refused()
        watched.clock.now += seconds
    watched.call("answered")
    watched.call("failed")
    assert "2" == watched.refused()


def test_exactly_so_many_probes_are_in_flight() -> None:
    """Two may try at once, a third is refused; both have to succeed, and until then no more are let in."""
    watched = Watched(BreakerRule(failures=1, probes=2))
    watched.call("failed")
    watched.clock.now += 1
    first, second = watched.enter(), watched.enter()
    assert "1" == watched.refused()
    first(Outcome("answered"))
    assert "1" == watched.refused()
    second(Outcome("answered"))
    assert ["open", "half-open", "closed"] == watched.states
    watched.calls("aaa")


def test_one_probe_that_fails_opens_it_again() -> None:
    """What the other probe says then counts no more."""
    watched = Watched(BreakerRule(failures=1, probes=2))
    watched.call("failed")
    watched.clock.now += 1
    first, second = watched.enter(), watched.enter()
    first(Outcome("failed"))
    second(Outcome("answered"))
    assert ["open", "half-open", "open"] == watched.states
    assert "2" == watched.refused()


def test_a_probe_that_says_nothing_gives_its_permit_back() -> None:
    """Another one may try at once."""
    watched = Watched(BreakerRule(failures=1))
    watched.call("failed")
    watched.clock.now += 1
    watched.call("unknown")
    watched.call("answered")
    assert ["open", "half-open", "closed"] == watched.states


def test_a_killed_probe_gives_its_permit_back() -> None:
    """A greenlet that is killed while it waits for the ERP leaves the breaker ready for the next probe."""
    watched = Watched(BreakerRule(failures=1))
    guard = Guard([watched.breaker.look, watched.breaker.enter], clock=watched.clock)
    watched.call("failed")
    watched.clock.now += 1
    waiting, ended = event.Event(), list[BaseException]()

    def act(turn: object) -> None:
        try:
            waiting.set()
            event.Event().wait()
        except GreenletExit as error:
            ended.append(error)
            raise

    probe = Greenlet.spawn(guard.run, REQUEST, act, ONCE)
    waiting.wait()
    assert "1" == watched.refused()
    probe.kill()
    assert 1 == len(ended)
    assert "answer" == guard.run(REQUEST, lambda turn: "answer", ONCE)
    assert ["open", "half-open", "closed"] == watched.states


def test_late_failures_do_not_open_it_again() -> None:
    """Calls that began before it opened say nothing of what is now."""
    watched = Watched(BreakerRule(failures=1))
    late = [watched.enter() for _ in range(3)]
    late[0](Outcome("failed"))
    watched.clock.now += 1
    watched.call("answered")
    late[1](Outcome("failed"))
    late[2](Outcome("failed"))
    assert ["open", "half-open", "closed"] == watched.states


def test_it_is_refused_before_anybody_waits() -> None:
    """The first gate refuses what the last one would, and lets everything else on; it takes no permit."""
    watched = Watched(BreakerRule(failures=1))
    watched.breaker.look(REQUEST, "read")(Outcome("answered"))
    watched.call("failed")
    with pytest.raises(BackendUnavailable):
        watched.breaker.look(REQUEST, "read")
    watched.clock.now += 1
    watched.breaker.look(REQUEST, "read")
    watched.breaker.look(REQUEST, "read")
    watched.call("answered")
    assert ["open", "half-open", "closed"] == watched.states


def test_calls_do_not_wait_for_each_other() -> None:
    """Sixteen threads are inside the guarded call at once: no lock is held while a call is made."""
    guard = Guard([Breaker(BreakerRule()).enter])
    together = threading.Barrier(16, timeout=30)
    threads = [
        threading.Thread(target=guard.run, args=(REQUEST, lambda turn: together.wait(), ONCE)) for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not together.broken


def test_threads_race_for_one_permit() -> None:
    """However many threads come when it may be tried, one probe is in flight."""
    watched = Watched(BreakerRule(failures=1))
    watched.call("failed")
    watched.clock.now += 1
    together, inside = threading.Barrier(16, timeout=30), list[Leave]()

    def come() -> None:
        together.wait()
        with suppress(BackendUnavailable):
            inside.append(watched.enter())

    threads = [threading.Thread(target=come) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert 1 == len(inside)


@given(
    rule=st.builds(BreakerRule, failures=st.integers(1, 4), probes=st.integers(1, 3)),
    steps=st.lists(st.tuples(st.sampled_from(["enter", "answered", "failed", "unknown", "wait"]), st.integers(0, 9))),
)
def test_it_never_gets_stuck(rule: BreakerRule, steps: list[tuple[str, int]]) -> None:
    """Whatever ends in whatever order: once all calls are over and time went by, an ERP that answers is asked again."""
    watched, inside = Watched(rule), list[Leave]()
    for step, number in steps:
        if step == "wait":
            watched.clock.now += number
        elif step == "enter":
            with suppress(BackendUnavailable):
                inside.append(watched.enter())
            assert watched.breaker.state == "closed" or watched.breaker._probing <= rule.probes
        elif inside:
            inside.pop(number % len(inside))(Outcome(step))  # type: ignore[arg-type]
    for leave in inside:
        leave(Outcome("failed"))
    watched.clock.now += 100
    watched.calls("a" * rule.probes)
    assert "closed" == watched.breaker.state


def test_a_failure_is_told_and_the_call_ends_as_it_would() -> None:
    """The guard adds nothing to what a caller gets of a call that failed."""
    watched = Watched(BreakerRule(failures=1))
    error = BackendLost("backend-lost", 502)

    def act(turn: object) -> None:
        raise error

    with pytest.raises(BackendLost) as caught:
        Guard([watched.breaker.enter], clock=watched.clock).run(
            Request("orders.read", "1", watched.clock.now + 9), act, ONCE
        )
    assert error is caught.value
    assert ["open"] == watched.states
