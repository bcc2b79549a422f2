"""Rows whose pause was written by a clock that was set back since."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapter.store import due, writes
from adapter.store.writes import QUEUED, UNKNOWN, Write
from tests.resilience.stores import ENGINES, place

NOW = 1_000_000.0


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("state", [QUEUED, UNKNOWN])
@pytest.mark.parametrize(("back", "waits"), [(7200.0, 30.0), (300.0, 30.0), (10.0, 40.0)])
def test_the_pause_begins_anew(engine: str, tmp_path: Path, state: str, back: float, waits: float) -> None:
    """A row waits as long as it was to, and a minute more at most: so little may be another machine's clock."""
    store, now = place(engine, tmp_path).store(patience=60.0), NOW - back
    row = Write("caller", "orders.create", state, NOW, entity="e", due=NOW + 30, changed=NOW)
    store.run(lambda connection: writes.insert(connection, row))
    assert (back > 60) == store.read(lambda connection: due.astray(connection, now, 10, 3600))
    store.run(lambda connection: due.brought_back(connection, now, 10, 3600))
    assert [] == store.read(lambda connection: due.due(connection, now + waits - 1, 9))
    assert [(row.id, "e")] == store.read(lambda connection: due.due(connection, now + waits, 9))
    assert not store.read(lambda connection: due.astray(connection, now, 10, 3600))
    store.close()
