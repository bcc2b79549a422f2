"""Old calls are counted together by hours, older ones by days: fewer rows, and the same counts, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from adapter.rollout.evidence import Calls, Evidence
from adapter.store import Store, counted, forgotten, minutes, observed
from adapter.store.observed import Batch
from adapter.store.tables import OBSERVED
from tests.resilience.stores import ENGINES, place
from tests.strangler.standing import stand

DAY, HOUR = 86400.0, 3600.0
NOW = 1000 * DAY + 10 * HOUR + 17 * 60.0
_CALLS = OBSERVED["rollout_calls"]


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A new store on each engine."""
    store = place(request.param, tmp_path).store()
    yield store
    store.close()


def called(store: Store, begin: float, end: float, run: int = 1, feature: str = "customers") -> None:
    """Two calls of the ERP and one of the new service, which failed, in each minute of a time; the ERP is slow once."""
    calls: dict[tuple[str, str, int, str, int], int] = {}
    for minute in range(int(begin // 60), int(end // 60)):
        calls["customers.read", "soap", minute, "ok", 5 if minute % 60 else 500] = 2
        calls["customers.list", "http", minute, "failed", 50] = 1
    store.run(lambda connection: observed.add(connection, Batch(feature, run, calls)))


def fold(store: Store, now: float = NOW) -> int:
    """Fold what is old enough; return how many rows are gone."""
    gone = 0
    while (span := store.read(lambda connection: forgotten.unfolded(connection, now))) is not None:
        gone += store.run(lambda connection, span=span: forgotten.fold(connection, span))  # type: ignore[misc]
    return gone


def rows(store: Store, until: float = NOW) -> int:
    """Return how many rows there are from before a time."""
    wanted = select(func.count()).select_from(_CALLS).where(_CALLS.c.minute < until // 60)
    return int(store.read(lambda connection: connection.execute(wanted).scalar_one()))


def seen(store: Store, since: float, run: int = 1) -> Evidence:
    """Return what the judge sees."""
    return store.read(lambda connection: observed.evidence(connection, "customers", run, NOW, since))


def test_minutes_become_hours_and_hours_days(store: Store) -> None:
    """Two days keep their minutes, four weeks their hours, and no call is lost in any of them."""
    for ago in (40 * DAY, 10 * DAY, DAY):
        called(store, NOW - ago, NOW - ago + 3 * HOUR)
    before = seen(store, 0.0).calls
    hours = store.read(lambda connection: minutes.tallies(connection, 0.0, 60, "customers"))
    assert 3 * 360 == rows(store)
    assert 0 < fold(store)
    assert before == seen(store, 0.0).calls == {"soap": Calls(1080, 0), "http": Calls(540, 540)}
    assert 3 == rows(store, NOW - 39 * DAY)  # one day: the ERP below two bounds, and the new service
    assert 3 + 4 * 2 + 3 == rows(store, NOW - 2 * DAY)  # four hours are touched; three of them have a slow call
    assert 3 + 4 * 2 + 3 + 360 == rows(store)
    after = store.read(lambda connection: minutes.tallies(connection, NOW - 20 * DAY, 60, "customers"))
    assert sorted(map(str, after)) == sorted(str(each) for each in hours if each.span * HOUR > NOW - 20 * DAY)
    assert 0 == fold(store)


def test_what_comes_late_is_folded_too(store: Store) -> None:
    """A worker that could not write for long adds to hours that are folded; runs and features stay apart."""
    begin = NOW // HOUR * HOUR - 3 * DAY
    for _ in range(2):
        called(store, begin, begin + HOUR)
        called(store, begin, begin + HOUR, run=2)
        called(store, begin, begin + HOUR, feature="orders")
        fold(store)
        assert 9 == rows(store)
    assert {"soap": Calls(240, 0), "http": Calls(120, 120)} == seen(store, 0.0, run=2).calls


def test_what_counts_for_the_next_step_stays_what_it_was(store: Store) -> None:
    """The hour in which a feature came to its step keeps its minutes: those before it are of another share."""
    since = NOW // HOUR * HOUR - 5 * DAY + 17 * 60
    stand(store, "customers", "canary", 100, since=since, run=1)
    called(store, since - 2 * HOUR, since + 2 * HOUR)
    before = seen(store, since).stepped
    assert 0 < fold(store)
    assert before == seen(store, since).stepped == {"soap": Calls(240, 0), "http": Calls(120, 120)}
    assert 0 == fold(store, NOW + 60 * DAY)  # nor is its day one of those that are told together
    stand(store, "customers", "canary", 1000, since=since + 6 * DAY, run=1)
    assert 0 < fold(store, NOW + 60 * DAY)
    assert 3 == rows(store)


def test_a_side_was_not_asked_for_as_long_as_before(store: Store) -> None:
    """When the ERP was last asked is never told earlier than it was, and later by less than the span."""
    last = NOW - 40 * DAY
    called(store, last - HOUR, last)
    before = store.read(lambda connection: counted.last(connection, "customers", "soap"))
    fold(store)
    after = store.read(lambda connection: counted.last(connection, "customers", "soap"))
    assert 0 <= after - before < DAY
