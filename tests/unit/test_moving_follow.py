"""What a process knows of where features stand: soon, from before, and the brake without any store."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from adapter.background import process
from adapter.errors import StoreUnavailable
from adapter.moving.follow import Follower, Snapshot, pulled, stopped
from adapter.rollout.stages import Standing
from adapter.store import Store
from tests.resilience.stores import place
from tests.stack import ROOT
from tests.strangler.standing import stand

AWAY = StoreUnavailable("store-unavailable", 503, cause="away")


class Site:
    """A store with a feature, a brake, and what a follower tells."""

    def __init__(self, folder: Path) -> None:
        self.store, self.brake = place("sqlite", folder).store(), folder / "rollout.brake"
        self.failed: list[Exception] = []
        self.moved: list[Standing] = []
        self.ages: list[float] = []

    def follower(self, store: Callable[[], Any] | None = None, every: float = 0.01) -> Follower:
        """Return a follower of the store, or of another."""
        return Follower(
            store or (lambda: self.store), self.brake, self.failed.append, self.moved.append,
            lambda snapshot, age: self.ages.append(age), every,
        )  # fmt: skip


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site."""
    site = Site(tmp_path)
    yield site
    site.store.close()


def until(so: Callable[[], bool]) -> None:
    """Wait until something is so, as long as it takes a slow machine."""
    end = time.monotonic() + 30
    while not so():
        assert time.monotonic() < end
        threading.Event().wait(0.005)


class Away:
    """A store that does not answer while it is away."""

    def __init__(self, store: Store) -> None:
        self.store, self.away = store, True

    def read(self, act: Any, until: float | None = None) -> Any:
        """Read, where it is there."""
        if self.away:
            raise AWAY
        return self.store.read(act, until)


def test_a_move_is_seen_without_asking(site: Site) -> None:
    """The first who asks waits for the first look; later ones get what is there, and soon what is new."""
    stand(site.store, "customers", "shadow")
    follower = site.follower()
    before = follower.now()
    assert (True, "shadow", "legacy") == (before.known, before.of("customers").stage, before.of("orders").stage)
    stand(site.store, "customers", "canary", 100)
    until(lambda: follower.now().of("customers").share == 100)
    assert "shadow" == before.of("customers").stage
    assert [1, 2] == [each.epoch for each in site.moved]


def test_a_store_that_is_away_at_the_start(site: Site) -> None:
    """Nothing is known, which is not the same as legacy; once it is back all is."""
    stand(site.store, "customers", "live")
    away = Away(site.store)
    follower = site.follower(lambda: away)
    assert not follower.now().known
    assert [AWAY] == site.failed[:1]
    away.away = False
    until(lambda: follower.now().known)
    assert "live" == follower.now().of("customers").stage


def test_what_was_known_goes_on_to_count(site: Site) -> None:
    """While the store is away; its age grows, and the brake is read all the same."""
    stand(site.store, "customers", "live")
    away = Away(site.store)
    away.away = False
    follower = site.follower(lambda: away)
    assert follower.look().known
    away.away = True
    site.brake.write_text("customers\n", "utf-8")
    snapshot = follower.look()
    assert (True, "live", True) == (snapshot.known, snapshot.of("customers").stage, snapshot.braked("customers"))
    assert site.ages[-1] >= site.ages[0]
    site.brake.unlink()
    assert not follower.look().braked("customers")


def test_the_brake_counts_before_the_store_is_asked(site: Site) -> None:
    """A store that hangs keeps nobody from stopping: once it was known, a look takes less than a second."""
    seen: list[bool] = []

    class Hanging:
        def read(self, act: Any, until: float | None = None) -> Any:
            if until is None:
                return site.store.read(act)
            seen.append(follower._snapshot.braked("customers") and until - time.monotonic() < 0.75)
            raise AWAY

    follower = site.follower(Hanging)
    follower.look()
    site.brake.touch()
    follower.look()
    assert [True] == seen


def test_whatever_happens_it_looks_again(site: Site) -> None:
    """A setting that is wrong, or a row that nobody understands, must not leave what is known to grow old."""
    stand(site.store, "customers", "shadow")
    wrong = [LookupError("a row of another release")]

    def store() -> Store:
        if wrong:
            raise wrong.pop()
        return site.store

    follower = site.follower(store)
    until(lambda: follower.now().known)
    assert ["LookupError"] == [type(each).__name__ for each in site.failed]


def test_an_older_look_never_takes_the_place_of_a_newer_one(site: Site) -> None:
    """Looks come one after the other: who comes while another looks waits, and looks himself."""
    stand(site.store, "customers", "shadow")
    begun, go_on = threading.Event(), threading.Event()
    many: list[int] = []

    class Slow:
        def read(self, act: Any, until: float | None = None) -> Any:
            found = site.store.read(act)
            many.append(1)
            if len(many) == 1:
                begun.set()
                go_on.wait(30)
            return found

    slow = Slow()
    follower = site.follower(lambda: slow)
    first = threading.Thread(target=follower.look)
    first.start()
    begun.wait(30)
    stand(site.store, "customers", "live")
    seen: list[Snapshot] = []
    second = threading.Thread(target=lambda: seen.append(follower.look()))
    second.start()
    go_on.set()
    first.join(30)
    second.join(30)
    assert "live" == seen[0].of("customers").stage == follower._snapshot.of("customers").stage


def test_a_child_looks_for_itself(site: Site) -> None:
    """A thread does not survive a fork; who asks in the child begins one there, whoever had a lock before."""
    stand(site.store, "customers", "shadow")
    program = f"""
import os, sys, time
from pathlib import Path
from adapter.moving.follow import Follower
from adapter.store import open_store
from tests.strangler.standing import stand
store = open_store({str(site.brake.parent / "adapter.db")!r})
follower = Follower(lambda: store, Path({str(site.brake)!r}), lambda error: None, every=0.01)
assert follower.now().of("customers").stage == "shadow"
follower._looking.acquire()  # as if a thread of the parent were looking
store.close()
child = os.fork()
if child == 0:
    stand(store, "customers", "live")
    for _ in range(2000):
        if follower.now().of("customers").stage == "live":
            os._exit(0)
        time.sleep(0.01)
    os._exit(1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    ended = subprocess.run([sys.executable, "-W", "ignore", "-c", program], cwd=ROOT, timeout=60, capture_output=True)
    assert (0, b"") == (ended.returncode, ended.stderr)


def test_greenlets_follow_too(site: Site) -> None:
    """Under gevent the thread is a greenlet, and SQLite is read beside the loop."""
    stand(site.store, "customers", "shadow")
    program = f"""
from gevent import monkey; monkey.patch_all()
import gevent
from pathlib import Path
from adapter.moving.follow import Follower
from adapter.store import open_store
from tests.strangler.standing import stand
store = open_store({str(site.brake.parent / "adapter.db")!r})
follower = Follower(lambda: store, Path({str(site.brake)!r}), lambda error: None, every=0.01)
assert follower.now().of("customers").stage == "shadow"
stand(store, "customers", "live")
with gevent.Timeout(30):
    while follower.now().of("customers").stage != "live":
        gevent.sleep(0.01)
"""
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=60, capture_output=True)
    assert (0, b"") == (ended.returncode, ended.stderr)


@pytest.mark.parametrize(
    ("text", "names"),
    [("", set()), ("customers\n\n  orders \n", {"customers", "orders"}), ("# why\n  # and when\n", set())],
)
def test_what_the_brake_says(tmp_path: Path, text: str, names: set[str]) -> None:
    """A name on each line; none means all. Comments name nothing."""
    file = tmp_path / "rollout.brake"
    file.write_text(text, "utf-8")
    assert names == pulled(file)


def test_a_brake_that_cannot_be_read_is_one_for_all(tmp_path: Path) -> None:
    """Somebody wanted to stop something; where there is no file nobody does."""
    assert None is pulled(tmp_path / "nothing")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    assert [frozenset(), frozenset()] == [pulled(tmp_path / "bytes"), pulled(tmp_path)]


@pytest.mark.parametrize(
    ("brake", "so"), [(None, False), (frozenset(), True), (frozenset(["a"]), True), (frozenset(["b"]), False)]
)
def test_whom_the_brake_stops(brake: frozenset[str] | None, so: bool) -> None:
    """Those that it names, or all."""
    assert so == stopped(brake, "a")


def test_a_forked_process_knows_its_own_id() -> None:
    """Nobody asks the kernel for it at each call; the child knows it nevertheless."""
    assert os.getpid() == process()
    child = os.fork()
    if not child:
        os._exit(0 if os.getpid() == process() else 1)
    assert 0 == os.waitpid(child, 0)[1]
