"""Laws of copies: whatever is asked, lost, killed and moved, both sides end with the same history."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from adapter.errors import RequestError
from adapter.rollout.rules import Stage
from adapter.rollout.stages import Standing
from adapter.store.writes import DONE
from tests.resilience.stores import ENGINES, place
from tests.unit.two_sides import DOWN, LOST, Killed, There, World, failing, nothing

COPYING: tuple[tuple[Stage, int], ...] = (
    ("dualwrite", 0),
    ("canary", 100),
    ("canary", 300),
    ("live", 0),
    ("rampdown", 0),
)
AFTER = (nothing, nothing, nothing, failing(LOST), failing(Killed()))
BEFORE = (*AFTER, failing(DOWN))


def _lived(world: World, source: random.Random, steps: int) -> list[tuple[str, int]]:
    """Let anything happen while every write is copied; then let it settle. Return what callers were told was done."""
    told: list[tuple[str, int]] = []
    seen: list[Standing] = [world.stand("dualwrite")]

    def broken(there: There) -> None:
        there.before, there.after = source.choice(BEFORE), source.choice(AFTER)

    def ask() -> None:
        broken(world.soap)
        broken(world.http)
        thing, old = f"t{source.randrange(4)}", source.choice(seen[-2:])
        key = f"k{world.number + 1}" if source.random() < 0.5 else None
        with suppress(RequestError, Killed):
            if world.ask(thing, seen=old, key=key).status == 200:
                told.append((thing, world.number))

    def deliver() -> None:
        broken(world.soap)
        broken(world.http)
        with suppress(Killed):
            world.deliver(source.choice((1, 3, 100)))

    def move() -> None:
        seen.append(world.stand(*source.choice(COPYING)))

    def later() -> None:
        world.clock.now += source.choice((0.5, 5.0, 60.0))

    acts: list[Callable[[], None]] = [ask] * 6 + [deliver] * 3 + [move, later]
    for _ in range(steps):
        source.choice(acts)()
    world.soap.before = world.soap.after = world.http.before = world.http.after = nothing
    world.settle()
    return told


def _judged(world: World, told: list[tuple[str, int]]) -> None:
    for there in (world.soap, world.http):
        assert len(there.done) == len(set(there.done)), "something was done twice"
        for thing in {name for name, _ in there.done}:
            values = [value for name, value in there.done if name == thing]
            assert sorted(values) == values, f"{thing} at {there.name} is out of order: {values}"
        assert set(told) <= set(there.done), "something that was acknowledged is missing"
    assert world.soap.now == world.http.now
    assert {DONE} >= {row.state for row in world.rows() if row.copy}


@settings(max_examples=15, deadline=None)
@given(some.integers(0, 2**32))
def test_whatever_happens_both_sides_have_the_same_history(seed: int) -> None:
    """Nothing acknowledged is missing at either side, nothing is done twice, and each entity's order is one."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(place("sqlite", Path(folder)), seconds=1.0)
        _judged(world, _lived(world, random.Random(seed), 40))
        world.store.close()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("rule", [{}, {"when_down": "queue"}])
def test_on_each_engine_the_same(engine: str, rule: dict[str, object], tmp_path: Path) -> None:
    """A longer life on SQLite and on PostgreSQL, also where writes are promised while a side is down."""
    world = World(place(engine, tmp_path), seconds=1.0, **rule)
    _judged(world, _lived(world, random.Random(7), 150))
    world.store.close()
