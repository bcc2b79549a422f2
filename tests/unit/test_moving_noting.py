"""What a process notes of features: in batches, exact, through outages of the store, forks and changes of the run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapter.errors import StoreUnavailable
from adapter.moving import noting
from adapter.moving.noting import MINUTES, MOST, STREAK, Notes
from adapter.rollout.evidence import Calls, Evidence, Failed, Noise
from adapter.store import Store, observed
from tests.resilience.stores import ENGINES, place

NOW = 6_000_000.0
ONE = Failed(100, 0, "http", 1)
"""One unit that failed at the new service, at 1 %."""


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store on each engine."""
    store = place(request.param, tmp_path).store()
    yield store
    store.close()


class Desk:
    """Notes of a process whose store can be away. They are written when a test says so."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(noting, "Background", lambda act, period, failed: _Never())
        self.now, self.away, self.failed = NOW, False, 0
        self._store = store
        self.notes = Notes(self._there, self._told, lambda: self.now)

    def _there(self) -> Store:
        if self.away:
            raise StoreUnavailable("store-unavailable", 503)
        return self._store

    def _told(self, error: Exception) -> None:
        assert isinstance(error, StoreUnavailable)
        self.failed += 1

    def called(self, unit: str = "u", run: int = 1, side: str = "http", *, ok: bool = True) -> None:
        """Note one call."""
        self.notes.called("customers", run, "customers.read", side, unit, 100, 0.02, ok)  # type: ignore[arg-type]

    def evidence(self, run: int = 1) -> Evidence:
        """Write, and return what the judge sees."""
        self.notes.write()
        return self._store.read(lambda connection: observed.evidence(connection, "customers", run, self.now))


class _Never:
    def begin(self) -> None:
        """Begin nothing."""


@pytest.fixture
def desk(store: Store, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Notes of one process."""
    return Desk(store, monkeypatch)


def test_calls_are_counted_and_units_told_once(desk: Desk) -> None:
    """Every call counts; an entity counts once for each side, and its first failure is kept."""
    for _ in range(3):
        desk.called("a")
        desk.called("b", ok=False)
        desk.called("a", side="soap")
    desk.notes.write()
    desk.called("a")
    desk.called("", ok=False)
    found = desk.evidence()
    assert {"http": Calls(8, 4), "soap": Calls(3, 0)} == found.calls
    assert {"http": 2, "soap": 1} == found.units
    assert (ONE,) == found.failed


def test_a_failure_counts_once_at_each_share(desk: Desk) -> None:
    """At none of the buckets, or all, it says nothing. Who failed at the new service stays there, and counts once."""
    for share, side in ((0, "soap"), (100, "soap"), (100, "soap"), (500, "soap"), (5000, "http"), (9000, "http")):
        desk.notes.called("customers", 1, "customers.read", side, "a", share, 0.02, False)  # type: ignore[arg-type]
    desk.notes.called("customers", 1, "customers.read", "http", "b", 10_000, 0.02, False)
    expected = (Failed(100, 0, "soap", 1), Failed(500, 100, "soap", 1), Failed(5000, 500, "http", 1))
    assert expected == desk.evidence().failed


def test_comparisons_are_exact(desk: Desk) -> None:
    """Compared, mismatched and dropped are counted, each difference in its group, pairs by who differed alone."""
    desk.notes.compared("customers", 1, "customers.read", [])
    for _ in range(2):
        desk.notes.compared("customers", 1, "customers.read", [("f1", "/a", "value"), ("f2", "/b", "missing")])
        desk.notes.write()
    desk.notes.compared("customers", 1, "customers.read", [], dropped=True)
    for candidate, legacy in ((True, False), (False, True), (True, True), (True, False)):
        desk.notes.noise("customers", 1, "customers.read", "/a", candidate=candidate, legacy=legacy)
    found = desk.evidence()
    assert (3, 2) == (found.compared, found.mismatched)
    assert {("customers.read", "/a"): 2, ("customers.read", "/b"): 2} == found.differing
    assert {("customers.read", "/a"): Noise(4, 2, 1)} == found.noise


def test_failures_in_a_row_end_with_a_success(desk: Desk) -> None:
    """A streak has the units that failed since the last success, as many as are told of at the most."""
    for number in range(STREAK + 5):
        desk.now += 1
        desk.called(f"{number:02}", ok=False)
    assert tuple(f"{number:02}" for number in range(5, STREAK + 5)) == desk.evidence().streak
    desk.now += 1
    desk.called("fine")
    desk.now += 1
    desk.called("x", ok=False)
    assert ("x",) == desk.evidence().streak
    assert not desk.evidence().opened
    desk.notes.opened("customers", 1)
    assert (("x",), True) == (desk.evidence().streak, desk.evidence().opened)


def test_an_outage_of_the_store_loses_nothing(desk: Desk) -> None:
    """What was seen meanwhile is written afterwards, together with what was seen before."""
    desk.called("a", ok=False)
    desk.notes.compared("customers", 1, "customers.read", [("f", "/a", "value")])
    desk.notes.noise("customers", 1, "customers.read", "/a", candidate=True, legacy=False)
    desk.away = True
    for _ in range(3):
        desk.notes.write()
        desk.called("a", ok=False)
        desk.called("b")
        desk.notes.compared("customers", 1, "customers.read", [("f", "/a", "value")])
        desk.notes.noise("customers", 1, "customers.read", "/a", candidate=True, legacy=False)
    assert 3 == desk.failed
    desk.away = False
    found = desk.evidence()
    assert Calls(7, 4) == found.calls["http"]
    assert (4, 4, {("customers.read", "/a"): 4}) == (found.compared, found.mismatched, found.differing)
    assert {("customers.read", "/a"): Noise(4, 4, 0)} == found.noise
    assert ((ONE,), {"http": 2}) == (found.failed, found.units)
    assert found == desk.evidence()


def test_a_long_outage_does_not_fill_the_memory(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts grow and entries do not; units that found no room are told of when they come again."""
    monkeypatch.setattr(noting, "MOST", 10)
    desk.away = True
    for minute in range(3 * MINUTES):
        desk.now = NOW + 60 * minute
        desk.called(str(minute), ok=False)
        desk.notes.compared("customers", 1, "customers.read", [])
        desk.notes.write()
    (seen,) = desk.notes._seen.values()
    assert MINUTES + 1 == len(seen.batch.calls) == len(seen.batch.compared)
    assert max(len(seen.batch.units), len(seen.batch.firsts)) <= 10 < MOST
    assert len(seen.told) <= 40
    desk.away = False
    found = desk.evidence()
    assert (Calls(3 * MINUTES, 3 * MINUTES), 3 * MINUTES) == (found.calls["http"], found.compared)
    before = found.failed[0].units
    desk.called("one more", ok=False)
    assert before + 1 == desk.evidence().failed[0].units


def test_a_new_run_begins_with_nothing_and_an_old_one_is_over(desk: Desk) -> None:
    """A request that began in an older epoch says nothing about the run of now, and takes nothing from it."""
    desk.called("a", run=1, ok=False)
    desk.called("a", run=2, ok=False)
    desk.called("late", run=1, ok=False)
    desk.notes.opened("customers", 1)
    desk.called("b", run=2)
    found = desk.evidence(2)
    assert (Calls(2, 1), (ONE,), False) == (found.calls["http"], found.failed, found.opened)
    assert {} == desk.evidence(1).calls


def test_an_outage_over_a_change_of_the_run_leaves_the_new_one_whole(desk: Desk) -> None:
    """What could not be written of the old run does not come back into the new one."""
    desk.called("a", run=1, ok=False)
    desk.away = True
    desk.notes.write()
    desk.called("b", run=2)
    desk.away = False
    found = desk.evidence(2)
    assert ({"http": Calls(1, 0)}, {"http": 1}) == (found.calls, found.units)


def test_a_forked_process_notes_what_it_sees_itself(store: Store, tmp_path: Path) -> None:
    """What the parent noted is written by the parent alone; both have a streak of their own."""
    notes = Notes(lambda: store, lambda error: None, lambda: NOW)
    notes._writing = _Never()  # type: ignore[assignment]
    notes.called("customers", 1, "customers.read", "http", "a", 0, 0.1, False)
    child = os.fork()
    if not child:
        notes.called("customers", 1, "customers.read", "http", "b", 0, 0.1, False)
        notes.write()
        os._exit(0)
    assert 0 == os.waitpid(child, 0)[1]
    notes.write()
    found = store.read(lambda connection: observed.evidence(connection, "customers", 1, NOW))
    assert (Calls(2, 2), {"a", "b"}) == (found.calls["http"], set(found.streak))
