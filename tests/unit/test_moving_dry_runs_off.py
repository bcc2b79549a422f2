"""That dry runs are off stands in the store, for all processes: until a run begins at ``shadow`` anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from adapter.moving.dry_runs import ACTOR
from adapter.store import audit, rollouts
from tests.resilience.stores import ENGINES, place
from tests.strangler.rehearsing import honours, knows_nothing
from tests.strangler.standing import stand
from tests.unit.test_moving_dry_runs import SAME, STANDING, Desk, asked


@pytest.mark.parametrize("engine", ENGINES)
def test_the_store_tells_the_others(engine: str, tmp_path: Path) -> None:
    """Why they are off stands in the feature's row, and in the audit; the epoch stays, so that no write is fenced."""
    store = place(engine, tmp_path).store()
    standing = stand(store, "customers", "shadow")
    desk = Desk(store, standing)
    desk.made(knows_nothing())
    found = store.read(lambda connection: rollouts.of(connection, "customers"))
    assert "customers.create: status 204 without Shadow-Honoured: dry-run" == found.dry_runs_off
    assert replace(standing, dry_runs_off=found.dry_runs_off) == found
    entry = store.read(lambda connection: audit.about(connection, "customers", "rollout.", 1))[0]
    assert (ACTOR, "rollout.dry-runs-off") == (entry.actor, entry.action)
    assert not store.run(lambda connection: rollouts.no_dry_runs(connection, "customers", standing.run, "x", 1.0, "me"))
    assert not store.run(lambda connection: rollouts.no_dry_runs(connection, "customers", 99, "x", 1.0, "me"))
    held = stand(store, "customers", "shadow", run=standing.run, paused=True)
    assert held.epoch == standing.epoch + 1
    assert found.dry_runs_off == store.read(lambda connection: rollouts.of(connection, "customers")).dry_runs_off
    stand(store, "customers", "dualwrite")
    assert found.dry_runs_off == store.read(lambda connection: rollouts.of(connection, "customers")).dry_runs_off
    assert not store.run(lambda connection: rollouts.no_dry_runs(connection, "customers", 4, "x", 1.0, "me"))
    stand(store, "customers", "shadow")
    assert "" == store.read(lambda connection: rollouts.of(connection, "customers")).dry_runs_off
    store.close()


def test_a_move_that_was_made_meanwhile_keeps_them_off(tmp_path: Path) -> None:
    """Whoever read the row before they were turned off, and moves it afterwards, does not turn them on."""
    store = place("sqlite", tmp_path).store()
    before = stand(store, "customers", "shadow")
    store.run(lambda connection: rollouts.no_dry_runs(connection, "customers", before.run, "seen", 1.0, "me"))
    after = replace(before, epoch=before.epoch + 1, paused=True, actor="ann", reason="month end")
    assert store.run(lambda connection: rollouts.put(connection, before, after, 2.0, "hold"))
    assert "seen" == store.read(lambda connection: rollouts.of(connection, "customers")).dry_runs_off
    store.close()


def test_where_the_store_is_away_this_process_keeps_to_it(tmp_path: Path) -> None:
    """It is told once the store is back, and not asked at every write until then."""
    desk = Desk()
    desk.made(knows_nothing())
    store = place("sqlite", tmp_path).store()
    standing = stand(store, "customers", "shadow", run=STANDING.run)
    with asked(honours()) as trial:
        runs = desk.runs(trial)
        assert not runs.wanted(standing, SAME)
        assert 1 == len(desk.failed)
        desk.store, desk.clock = store, 1.0
        assert not runs.wanted(standing, SAME)
        assert "" == store.read(lambda connection: rollouts.of(connection, "customers")).dry_runs_off
        desk.clock = 10.0
        assert not runs.wanted(standing, SAME)
    assert "status 204" in store.read(lambda connection: rollouts.of(connection, "customers")).dry_runs_off
    assert 1 == len(desk.failed)
    store.close()
