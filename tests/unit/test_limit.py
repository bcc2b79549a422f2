"""Each caller may ask only so often: what is counted for whom, what answers tell, and what workers share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.errors import BackendTimeout, RequestError
from adapter.mapping.model.policy import LimitRule
from adapter.messages import Caller, Handler, Request, Response
from adapter.shared import Shared, quotas
from adapter.shared.gcra import Quota
from adapter.shared.link import Lost
from adapter.shared.quotas import Quotas
from adapter.shared.switch import Switch
from adapter.steps.limit import limit, who

MINUTE = LimitRule(3, 60, "minute")
HOUR = LimitRule(4, 3600, "hour")


@dataclass
class Clock:
    """A clock that goes on when it is told to."""

    now: float = 1000.0

    def __call__(self) -> float:
        """Return its time."""
        return self.now


@dataclass
class Limited:
    """A step with a clock of its own, and what it counted."""

    rules: tuple[LimitRule, ...]
    workers: int = 1
    clock: Clock = field(default_factory=Clock)
    refused: int = 0

    def __post_init__(self) -> None:
        """Make the step."""
        counted = Quotas("orders.read", [Quota(each.most, each.seconds) for each in self.rules], None, self.workers,
                         self.clock)  # fmt: skip
        self.step = limit(self.rules, counted.take, self._limited)

    def _limited(self) -> None:
        self.refused += 1

    def ask(self, caller: str = "me", then: Handler = lambda request: Response(204)) -> Response:
        """Send a request of a caller through it."""
        return self.step(then)(Request("orders.read", "1", 0.0, caller=Caller(caller)))

    def answers(self, caller: str = "me") -> int:
        """Ask until it is refused; return how many were answered."""
        for number in range(1000):
            try:
                self.ask(caller)
            except RequestError:
                return number
        raise AssertionError("nobody is refused")


class Store:
    """A shared store that a test loses, and gets back empty."""

    def __init__(self, shared: Shared) -> None:
        self.there, self._real, self._waiting = True, shared, list[Any]()
        self.shared = Shared(self._ask, switch=self._switch)

    def _ask(self, question: Any) -> Any:
        if not self.there:
            raise Lost("gone")
        return self._real._ask(question)

    def _switch(self, probe: Any, back: Any) -> Switch:
        return Switch(probe, back, begin=self._waiting.append, rest=lambda: None)

    def lose(self) -> None:
        """Answer nothing any more."""
        self.there = False

    def come_back(self) -> None:
        """Be there again, with nothing in it."""
        self._real.command("FLUSHALL")
        self.there = True
        for act in self._waiting:
            act()


def test_an_answer_tells_how_the_limits_stand() -> None:
    """All limits stand in the fields of the draft, the nearest one in those that older clients read."""
    limited = Limited((MINUTE, HOUR))
    limited.ask()
    assert {
        "RateLimit-Policy": '"minute";q=3;w=60, "hour";q=4;w=3600',
        "RateLimit": '"minute";r=1;t=40, "hour";r=2;t=1800',
        "X-RateLimit-Limit": "3",
        "X-RateLimit-Remaining": "1",
        "X-RateLimit-Reset": "40",
    } == limited.ask().headers


def test_who_asks_too_often_is_told_when_to_come_again() -> None:
    """429 names the limits that are used up; Retry-After is not before there is one more, nor is t after it."""
    limited = Limited((MINUTE, HOUR))
    assert 3 == limited.answers()
    limited.clock.now += 0.5
    with pytest.raises(RequestError) as raised:
        limited.ask()
    error = raised.value
    assert (429, "quota-exceeded", {"violated-policies": ["minute"]}) == (error.status, error.problem, error.members)
    assert ("20", '"minute";r=0;t=20, "hour";r=1;t=2700', "0", "20") == tuple(
        error.headers[name] for name in ("Retry-After", "RateLimit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
    )
    assert 2 == limited.refused


def test_what_was_refused_is_not_counted() -> None:
    """After Retry-After one request is let in, however often was asked meanwhile."""
    limited = Limited((MINUTE,))
    assert (3, 0, 0) == (limited.answers(), limited.answers(), limited.answers())
    limited.clock.now += 19.9
    assert 0 == limited.answers()
    limited.clock.now += 0.1
    assert 1 == limited.answers()


def test_callers_have_quotas_of_their_own() -> None:
    """What one has used another one still has."""
    limited = Limited((MINUTE,))
    assert (3, 3, 0) == (limited.answers("me"), limited.answers("you"), limited.answers("me"))


def test_errors_tell_it_too_and_stay_what_they_are() -> None:
    """An error of further down gets the fields; its own, which others may be given too, stays as it was."""
    raised_below = BackendTimeout("backend-timeout", 504, headers={"Retry-After": "7"}, sent="maybe")

    def fails(request: Request) -> Response:
        raise raised_below

    with pytest.raises(BackendTimeout) as raised:
        Limited((MINUTE,)).ask(then=fails)
    assert ("7", '"minute";r=2;t=20') == (raised.value.headers["Retry-After"], raised.value.headers["RateLimit"])
    assert "maybe" == raised.value.sent
    assert {"Retry-After": "7"} == raised_below.headers


@pytest.mark.parametrize(
    ("caller", "address", "expected"),
    [
        ("key:a", "192.0.2.1", "caller key:a"),
        ("", "192.0.2.1", "address 192.0.2.1"),
        ("", "::ffff:192.0.2.1", "address 192.0.2.1"),
        ("", "2001:db8:1:2:3::4", "address 20010db800010002::"),
        ("", "2001:db8:1:2::5", "address 20010db800010002::"),
        ("", "", "address "),
        ("", "unix:", "address unix:"),
    ],
)
def test_whose_quota_it_is(caller: str, address: str, expected: str) -> None:
    """Who says who they are is that caller; others are their address, of IPv6 the network that one customer has."""
    assert expected == who(Request("o", "1", 0.0, caller=Caller(caller), address=address))


@given(st.integers(1, 200), st.integers(1, 20))
def test_workers_that_cannot_ask_each_other_give_out_their_share(most: int, workers: int) -> None:
    """Together they give no more than there is, unless there is less than one for each."""
    given_out = sum(Limited((LimitRule(most, 60, "minute"),), workers).answers() for _ in range(workers))
    assert max(workers, most - most % workers) == given_out


def test_workers_share_what_there_is(shared: Shared) -> None:
    """Over two workers exactly the quota is given out, wherever a request arrives."""
    workers = [Quotas("orders.read", [Quota(50, 3600)], shared, 2) for _ in range(2)]
    allowed = [workers[number % 3 % 2].take("me")[0] for number in range(80)]
    assert [True] * 50 + [False] * 30 == allowed


def test_who_is_limited_cannot_be_read_in_the_store(shared: Shared) -> None:
    """Keys hold no address and no caller, and end by themselves."""
    Quotas("orders.read", [Quota(50, 60)], shared).take("address 192.0.2.1")
    (key,) = shared.command("KEYS", "*")
    assert key.startswith(b"adapter:quota:orders.read:60:")
    assert b"192" not in key
    assert 0 < shared.command("PTTL", key) <= 1300


def test_a_lost_store_gives_nobody_a_second_helping(shared: Shared) -> None:
    """A worker that is alone goes on from what it heard last, and what it gave out counts once the store is back."""
    store, clock = Store(shared), Clock()
    worker = Quotas("orders.read", [Quota(40, 3600)], store.shared, 2, clock)
    assert [True] * 30 == [worker.take("me")[0] for _ in range(30)]
    store.lose()
    alone = [worker.take("me")[0] for _ in range(20)]
    assert 5 == sum(alone)
    store.come_back()
    assert not store.shared.away
    back = [worker.take("me")[0] for _ in range(40)]
    assert 0 == sum(back)


def test_a_store_that_comes_back_empty_limits_others_as_before(shared: Shared) -> None:
    """Only what was given out alone is told to it; who did not ask meanwhile has all of his quota."""
    store = Store(shared)
    worker = Quotas("orders.read", [Quota(4, 3600)], store.shared, 1, Clock())
    store.lose()
    assert 4 == sum(worker.take("me")[0] for _ in range(6))
    store.come_back()
    assert (0, 4) == tuple(sum(worker.take(name)[0] for _ in range(6)) for name in ("me", "you"))


def test_a_worker_does_not_remember_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has not asked for the longest is forgotten first; who asks again and again is not."""
    monkeypatch.setattr(quotas, "MOST_KNOWN", 10)
    worker = Quotas("orders.read", [Quota(2, 3600)], None, 1, Clock())
    worker.take("me")
    for number in range(50):
        worker.take(f"other {number}")
        worker.take("me")
    assert 10 == len(worker._known)
    assert not worker.take("me")[0]
