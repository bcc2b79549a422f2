"""What waits for an ERP that is away, and how it goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapter.deliver.pauses import LONGEST
from adapter.deliver.settle import Keeping
from adapter.deliver.steady import Steady
from adapter.errors import BackendUnreachable
from adapter.messages import Request, Response
from tests.resilience.stores import ENGINES, place
from tests.resilience.test_deliver_row import MADE, World


def _away(request: Request) -> Response:
    raise BackendUnreachable("backend-unreachable", 503, sent="no")


@pytest.mark.parametrize("engine", ENGINES)
def test_an_erp_that_is_away_is_not_asked_by_each_row(engine: str, tmp_path: Path) -> None:
    """No row of the operation is due for a few seconds; the first answer lets all of them go on, in their order."""
    where, ticks = place(engine, tmp_path), [0.0]
    steady = Steady(lambda: world.now, "here")
    world = World(Keeping(where.store(patience=60.0), where.vault(), now=lambda: world.now, steady=steady))
    world.says = _away
    first, other, behind = world.queued(), world.queued(entity="f"), world.queued(entity="f")
    deliveries = world.deliveries(clock=lambda: ticks[0])
    deliveries.deliver(first.id)
    back = world.row(first).due
    assert world.now < back <= world.now + LONGEST
    assert [] == deliveries.due(9)
    ticks[0] = LONGEST
    assert [other.id] == [id for id, _ in deliveries.due(9)]
    world.now, ticks[0] = back, 0.0
    assert [] == deliveries.due(9)
    world.says = lambda request: MADE
    done = deliveries.deliver(other.id)
    assert done is not None
    assert behind.id == deliveries.following(done)
    assert [first.id, behind.id] == [id for id, _ in deliveries.due(9)]
    world.keeping.store.close()
