"""What workers share: quotas, cache entries, and what becomes of a request when the shared store goes away."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.shared import Shared, absent, open_shared
from adapter.shared.gcra import Quota, Standing, standing, take_shared, taken
from adapter.shared.link import Busy, Lost
from adapter.shared.switch import Switch
from adapter.shared.valkey import Client, _Timed
from tests.resilience import engines

MINUTE = Quota(60, 60)


class Steps:
    """Runs what a switch would do in the background when the test says so."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []
        self.rests = 0

    def switch(self, probe: Callable[[], bool], back: Callable[[], None]) -> Switch:
        """Return a switch that waits for the test."""
        return Switch(probe, back, begin=self.waiting.append, rest=self._rest)

    def _rest(self) -> None:
        self.rests += 1

    def go(self) -> None:
        """Run what is waiting."""
        self.waiting.pop()()


def test_nothing_is_opened_where_nothing_is_set() -> None:
    """Without ADAPTER_SHARED there is no shared store, and its library is not asked for."""
    assert open_shared("") is None
    assert [] == list(absent("", lambda name: None))


def test_the_extra_is_named_where_it_is_missing() -> None:
    """A setting that needs an extra which is not installed is a mistake that names the extra."""
    (mistake,) = absent("redis://valkey", lambda name: None)
    assert "'valkey'" in mistake.text
    assert "strangler-adapter[valkey]" in mistake.remedy


def test_an_entry_comes_back_as_it_was_put(shared: Shared) -> None:
    """Bytes are kept as they are, line ends and zeros too."""
    found = shared.entries.get("a", ["orders.read"])
    assert found is not None
    assert None is found.data
    assert shared.entries.put("a", b"\n1\x00\r\n2\n", 60, found.mark)
    again = shared.entries.get("a", ["orders.read"])
    assert again is not None
    assert b"\n1\x00\r\n2\n" == again.data


def test_a_tag_drops_its_entries_alone(shared: Shared) -> None:
    """What has another tag stays; everything goes where everything is dropped."""
    for key, tag in (("a", "one"), ("b", "two")):
        found = shared.entries.get(key, [tag])
        assert found is not None
        shared.entries.put(key, b"x", 60, found.mark)
    assert shared.entries.drop(["one"])
    assert (None, b"x") == tuple(_data(shared, key, tag) for key, tag in (("a", "one"), ("b", "two")))
    assert shared.entries.drop(["*"])
    assert None is _data(shared, "b", "two")


def test_an_answer_that_was_under_way_while_its_tag_was_dropped_does_not_count(shared: Shared) -> None:
    """A read that began before a write and ends after it is not kept as if it were new."""
    found = shared.entries.get("a", ["orders"])
    assert found is not None
    shared.entries.drop(["orders"])
    shared.entries.put("a", b"old", 60, found.mark)
    assert None is _data(shared, "a", "orders")


def test_an_entry_ends(shared: Shared) -> None:
    """An entry has its time at the store, in milliseconds, and at most that of a tag."""
    shared.entries.put("a", b"x", 1.5, b"")
    assert 0 < shared.command("PTTL", "adapter:entry:a") <= 1500
    shared.entries.put("a", b"x", 10**9, b"")
    assert shared.command("PTTL", "adapter:entry:a") <= 7 * 24 * 3600 * 1000


def _data(shared: Shared, key: str, tag: str) -> bytes | None:
    found = shared.entries.get(key, [tag])
    assert found is not None
    return found.data


def test_what_could_not_be_dropped_is_dropped_before_anything_is_read() -> None:
    """While the store is away a write's drop is remembered, and made before the next read."""
    store = Broken()
    steps = Steps()
    shared = Shared(store.ask, switch=steps.switch)
    store.broken = True
    assert not shared.entries.drop(["orders"])
    store.broken = False
    store.asked.clear()
    steps.go()
    assert ["PING", "SET"] == [name for name, _ in store.asked]
    assert "adapter:tag:orders" == store.asked[1][1][0]


class Broken:
    """A store that answers OK, or nothing."""

    def __init__(self) -> None:
        self.broken = False
        self.failure: type[Exception] = Lost
        self.asked: list[Any] = []

    def ask(self, question: Any) -> Any:
        """Answer as a store would."""
        self.asked.append(question)
        if self.broken:
            raise self.failure
        return b"OK"


def test_a_lost_store_is_asked_once_and_then_not() -> None:
    """After a failure each question has the answer None at once, until a probe beside the requests succeeds."""
    store, steps, told = Broken(), Steps(), []
    shared = Shared(store.ask, switch=steps.switch)
    shared.heard(told.append)
    store.broken = True
    assert [None, None, None] == [shared.command("GET", "a") for _ in range(3)]
    assert 1 == len(store.asked)
    assert shared.away
    store.broken = False
    steps.go()
    assert not shared.away
    assert b"OK" == shared.command("GET", "a")
    assert [False, True] == told


def test_a_probe_that_fails_is_repeated() -> None:
    """The store stays away as long as it does not answer the probe."""
    store, steps = Broken(), Steps()
    shared = Shared(store.ask, switch=steps.switch)
    store.broken = True
    shared.command("GET", "a")
    answers = iter([False, False, True])
    switch = Switch(lambda: next(answers), lambda: None, begin=steps.waiting.append, rest=steps._rest)
    switch.off()
    switch.off()
    assert 2 == len(steps.waiting)
    steps.go()
    assert 3 == steps.rests
    assert switch.on


def test_too_many_at_once_do_not_turn_it_off() -> None:
    """A store that is well stays on when this worker has no connection free."""
    store, steps = Broken(), Steps()
    shared = Shared(store.ask, switch=steps.switch)
    store.broken, store.failure = True, Busy
    assert None is shared.command("GET", "a")
    assert not shared.away


@pytest.fixture
def silent() -> Iterator[str]:
    """Yield the URL of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}"


def test_a_store_that_is_silent_is_lost(silent: str) -> None:
    """A server that takes the connection and says nothing is given up, without a repetition."""
    shared = open_shared(silent)
    assert shared is not None
    assert None is shared.command("GET", "a")
    assert shared.away


def test_a_store_that_drips_is_lost() -> None:
    """A reply whose bytes come one by one ends with the time of the call, though no single wait is long."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = threading.Event()
        dripping = threading.Thread(target=_drip, args=(server, done), daemon=True)
        dripping.start()
        try:
            shared = open_shared(f"redis://127.0.0.1:{server.getsockname()[1]}")
            assert shared is not None
            assert None is shared.command("GET", "a")
        finally:
            done.set()
            dripping.join()


def test_what_arrived_while_nobody_looked_counts() -> None:
    """Who looks too late takes what is there by then, once for each question; nothing is waited for any more."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        timed = _Timed(ours)
        theirs.sendall(b"+PONG")
        timed.begin(time.monotonic() - 1)
        assert b"+PO" == timed.recv(3)
        with pytest.raises(TimeoutError):
            timed.recv(3)
        timed.begin(time.monotonic() - 1)
        assert b"NG" == timed.recv(3)
        timed.begin(time.monotonic() - 1)
        with pytest.raises(TimeoutError):
            timed.recv(3)


def _drip(server: socket.socket, done: threading.Event) -> None:
    connection, _ = server.accept()
    with connection:
        while not done.wait(0.02):
            try:
                connection.sendall(b"$")
            except OSError:
                return


def test_a_quota_gives_exactly_what_it_has(shared: Shared) -> None:
    """All of a quota may be used at once; then nothing more, and both sides of the rule say so."""
    quota = Quota(50, 3600)
    answers = [take_shared(shared, ["k"], [quota], [0]) for _ in range(55)]
    assert [True] * 50 + [False] * 5 == [answer[0] for answer in answers if answer is not None]


def test_of_several_quotas_all_are_used_or_none(shared: Shared) -> None:
    """A request that the long window refuses takes nothing of the short one."""
    quotas = [Quota(10, 3600), Quota(3, 3600)]
    answers = [take_shared(shared, ["short", "long"], quotas, [0, 0]) for _ in range(6)]
    assert [True, True, True, False, False, False] == [answer[0] for answer in answers if answer is not None]
    left = [standing(quota, debt).left for quota, debt in zip(quotas, answers[-1][1], strict=True)]  # type: ignore[index]
    assert [7, 0] == left


def test_a_clock_that_was_set_back_does_not_lock_callers_out(shared: Shared) -> None:
    """A state from the future counts as a full one at most."""
    shared.command("SET", "k", "9" * 16)
    quota = Quota(2, 1)
    answer = take_shared(shared, ["k"], [quota], [0])
    assert (False, (quota.full,)) == answer


@given(st.integers(1, 5000), st.integers(1, 86400), st.integers(0, 6000))
def test_what_is_left_is_what_can_be_used(most: int, seconds: int, used: int) -> None:
    """After some uses at one moment, exactly as many are left as are then allowed."""
    quota, debt = Quota(most, seconds), (0,)
    debt = (min(used, most) * quota.step,)
    left = standing(quota, debt[0]).left
    assert most - min(used, most) == left
    assert (left > 0) == taken([quota], debt)[0]


def test_how_a_quota_stands() -> None:
    """Reset is when all is there again, or the next one where nothing is left; it is never after that wait."""
    assert Standing(60, 0.0, 0.0) == standing(MINUTE, 0)
    assert Standing(30, 30.0, 0.0) == standing(MINUTE, 30_000_000)
    assert Standing(0, 1.0, 1.0) == standing(MINUTE, 60_000_000)
    assert Standing(0, 0.5, 0.5) == standing(MINUTE, 59_500_000)


def test_a_share_is_at_least_one() -> None:
    """A worker that is alone with its part of a quota lets at least one through."""
    assert Quota(15, 60) == MINUTE.share(4)
    assert Quota(1, 60) == Quota(2, 60).share(4)


def test_connections_of_before_are_not_tried_one_by_one() -> None:
    """A store that was started anew answers the first question put to it, however many connections were open."""
    try:
        running = engines.valkey()
        server = running.__enter__()
    except engines.Absent as absent_wheel:
        pytest.skip(str(absent_wheel))
    try:
        client = Client(server.url)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda number: client.ask(("BLPOP", (f"nothing-{number}", 0.05))), range(4)))
        assert len(client._idle) > 1
        server.kill()
        with pytest.raises(Lost):
            client.ask(("PING", ()))
        server.start()
        assert client.ask(("PING", ())) is not None
        client.close()
    finally:
        running.__exit__(None, None, None)
