"""Rows with times of a clock that was set back since, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapter.store import Store, due, writes
from adapter.store.writes import DELIVERING, DONE, PARKED, QUEUED, SENDING, UNKNOWN, Write
from tests.resilience.stores import ENGINES, place

NOW = 1_000_000.0
HOUR = 3600.0


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store in a new database on each engine."""
    store = place(request.param, tmp_path).store(patience=60.0)
    yield store
    store.close()


@pytest.mark.parametrize(
    ("state", "changed", "until", "begins"),
    [
        (QUEUED, HOUR, HOUR + 8, 8.0),  # written by the clock before: it waits for as long as it would have
        (UNKNOWN, HOUR, HOUR + 8, 8.0),
        (UNKNOWN, HOUR, HOUR, 0.0),
        (QUEUED, HOUR, 2 * HOUR + 90, 0.0),  # longer than anything may
        (QUEUED, 0.0, HOUR + 90, 0.0),
        (SENDING, HOUR, HOUR + 8, 10.0),  # a lease begins anew, whole
        (DELIVERING, 0.0, 90.0, 10.0),
        (QUEUED, 0.0, HOUR, None),  # nothing is wrong with these
        (QUEUED, 50.0, 58.0, None),
        (DELIVERING, 50.0, 60.0, None),
        (DONE, HOUR, HOUR, None),
        (PARKED, HOUR, HOUR, None),
    ],
)
def test_what_a_clock_wrote_that_was_set_back_begins_anew(
    store: Store, state: str, changed: float, until: float, begins: float | None
) -> None:
    """And that once; what it did not write stays as it is."""
    held = state in (SENDING, DELIVERING)
    lease, waits = (NOW + until, 0.0) if held else (0.0, NOW + until)
    new = Write("caller", "orders.create", state, NOW, promised=True, changed=NOW + changed, lease=lease, due=waits)
    row = store.run(lambda connection: writes.insert(connection, new))
    assert row is not None
    assert (begins is not None) is store.read(lambda connection: due.astray(connection, NOW, 10, HOUR))
    store.run(lambda connection: due.brought_back(connection, NOW, 10, HOUR))
    assert not store.read(lambda connection: due.astray(connection, NOW, 10, HOUR))
    after = store.read(lambda connection: writes.by_id(connection, row.id))
    if begins is None:
        assert row == after
    else:
        assert after is not None
        assert (NOW + begins, NOW) == (after.lease if held else after.due, after.changed)
