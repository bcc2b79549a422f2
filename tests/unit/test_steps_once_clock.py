"""The clock on the wall is set, or is another machine's: nothing is sent again before its time is really over."""

from __future__ import annotations

import time
import uuid
from contextlib import suppress
from pathlib import Path

import pytest

from adapter.deliver import upkeep
from adapter.deliver.row import Deliveries
from adapter.deliver.steady import Steady
from adapter.errors import RequestError
from adapter.messages import Request
from adapter.store import Store, due, writes
from adapter.store.writes import DONE, OPEN, QUEUED, UNKNOWN, Write
from tests.resilience.stores import ENGINES, place
from tests.unit.keeping import AFTER, problem
from tests.unit.mortal import Killed, Life, Process, stores
from tests.unit.test_steps_once_killed import World

CALL = 10.0  # seconds that a call may take


@pytest.fixture(params=ENGINES)
def here(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Store, Store]:
    """The stores of an empty place on each engine, opened: a request has no time for making tables."""
    found = stores(place(request.param, tmp_path))
    for each in found:
        each.read(lambda connection: None)
    return found


def _process(world: World, here: tuple[Store, Store], machine: str = "here") -> Process:
    return Process(here, world.erp, world.clock, Life(), machine)


def _row(here: tuple[Store, Store]) -> Write:
    query = writes.WRITES.select()
    (found,) = here[0].read(lambda connection: [writes.write_of(each) for each in connection.execute(query)])
    return found


def _late(world: World, here: tuple[Store, Store], key: str, off: float, seconds: float = 2.0) -> None:
    """Let a request be lost whose effect is 3 seconds late, by a process whose clock is off."""
    world.behave("late")
    world.clock.off = off
    with suppress(RequestError):
        _process(world, here).ask(key, seconds=seconds)
    world.behave("well")
    world.clock.off = 0.0


@pytest.mark.parametrize("machine", ["here", "there"])
@pytest.mark.parametrize("looked", ["asked", "looked after"])
def test_a_clock_that_went_on_hides_no_late_effect(here: tuple[Store, Store], looked: str, machine: str) -> None:
    """Written by a clock 40 s behind: what "not there" waits for is not over for who looks at once.

    Found by test_any_order_of_deaths: ``ask(how="late", back=40)``, then ``look_after()`` or ``ask()``.
    """
    world, key = World(), uuid.uuid4().hex
    _late(world, here, key, off=-40.0)
    process = _process(world, here, machine)
    if looked == "asked":
        assert "outcome-unknown" == problem(lambda: process.ask(key, seconds=2.0)).problem
    else:
        process.look_after(time.monotonic() + 10)
    assert UNKNOWN == _row(here).state
    world.pass_by(20)
    assert 201 == process.ask(key).status
    assert [1] == list(world.erp.made.values())


@pytest.mark.parametrize("machine", ["here", "there"])
def test_a_clock_set_forward_during_a_call(here: tuple[Store, Store], machine: str) -> None:
    """Killed while it was called: the whole time of the call has to be over, and what "not there" waits for."""
    world, key = World(), uuid.uuid4().hex
    dying = _process(world, here)

    def die(request: Request) -> None:
        dying.life.left = 0
        raise Killed

    world.erp.before = die
    with suppress(Killed):
        dying.ask(key, seconds=CALL)
    world.behave("well")
    reference = _row(here).reference
    world.late, world.clock.off = [(world.clock.now + CALL + AFTER - 1, reference)], 3600.0
    process = _process(world, here, machine)
    for _ in range(3):
        assert "outcome-unknown" == problem(lambda: process.ask(key, seconds=2.0)).problem
        world.pass_by(AFTER - 0.1)
    world.pass_by(AFTER)
    assert 201 == process.ask(key).status
    assert [1] == list(world.erp.made.values())


@pytest.mark.parametrize("machine", ["here", "there"])
def test_what_never_came_is_sent_in_the_end(here: tuple[Store, Store], machine: str) -> None:
    """Another machine's row takes longer: from when this one first asked about it."""
    world, key = World(), uuid.uuid4().hex
    world.behave("before")
    with suppress(RequestError):
        _process(world, here).ask(key, seconds=2.0)
    world.behave("well")
    world.pass_by(AFTER)
    process = _process(world, here, machine)
    process.look_after(time.monotonic() + 10)
    assert (OPEN if machine == "here" else UNKNOWN) == _row(here).state
    world.pass_by(AFTER)
    process.look_after(time.monotonic() + 10)
    assert OPEN == _row(here).state
    assert 201 == process.ask(key).status


def test_a_promised_row_too(here: tuple[Store, Store]) -> None:
    """Delivered later, killed on the way, and the clock set forward: queued again when all of it is over."""
    world = World()
    process = _process(world, here)
    asked = Write("shop", "orders.create", QUEUED, world.clock(), promised=True)
    with suppress(RequestError):
        process.ask(uuid.uuid4().hex)
    row = _row(here)
    here[0].run(lambda connection: writes.change(connection, row.id, (DONE,), asked.created, state=QUEUED, due=0.0,
                                                 promised=True))  # fmt: skip
    world.erp.made.clear()
    rest = process.keeping.steady.rest(CALL + AFTER)
    now = world.clock()
    assert here[0].run(lambda connection: due.take(connection, row.id, "dead", now, now + CALL, rest)) is not None
    world.clock.off = 3600.0
    deliveries = Deliveries(process.keeping, {"orders.create": process.way}, {"orders.create": CALL}, "me")
    upkeep.leases(deliveries)
    for _ in range(3):
        found = deliveries.deliver(row.id)
        assert found is not None
        assert UNKNOWN == found.state
        world.pass_by(AFTER - 0.1)
    world.pass_by(CALL + AFTER)
    found = deliveries.deliver(row.id)
    assert found is not None
    assert QUEUED == found.state


def test_a_key_is_kept_for_its_time(here: tuple[Store, Store]) -> None:
    """A clock that is set forward by years lets no key be forgotten, by whoever looks."""
    world, key = World(), uuid.uuid4().hex
    process = _process(world, here)
    first = process.ask(key)
    world.clock.off = 1e8
    assert 0 == upkeep.forget(process.keeping)
    assert (first.body, [1]) == (_process(world, here).ask(key).body, list(world.erp.made.values()))
    world.pass_by(86400.0)
    assert 1 == upkeep.forget(process.keeping)


def test_another_machine_is_waited_for_once() -> None:
    """The whole span, from when a try was first asked about; one that began anew is another try."""
    now = [100.0]
    ours, theirs = Steady(lambda: now[0], "ours"), Steady(lambda: 5000.0, "theirs")
    row = Write("shop", "orders.create", UNKNOWN, 0.0, **ours.rest(8.0).columns())
    other = Write("shop", "orders.create", UNKNOWN, 0.0, **theirs.rest(8.0).columns())
    old = Write("shop", "orders.create", UNKNOWN, 0.0)
    now[0] = 102.0
    assert [6.0, 8.0, 5.0] == [ours.left(each, 5.0) for each in (row, other, old)]
    now[0] = 110.0
    assert [0.0, 0.0, 0.0] == [ours.left(each, 5.0) for each in (row, other, old)]
    now[0] = 10.0  # a copy of the machine: its time began anew
    assert 8.0 == ours.left(row, 5.0)
    now[0] = 18.0
    assert 0.0 == ours.left(row, 5.0)


def test_processes_of_a_machine_share_its_time() -> None:
    """Whoever asks when it was started gets the same name."""
    first, second = Steady(), Steady()
    row = Write("shop", "orders.create", UNKNOWN, 0.0, **first.rest(0.0).columns())
    assert 0.0 == second.left(row, 100.0)


def test_rows_of_an_earlier_release(here: tuple[Store, Store]) -> None:
    """Their table gets what it lacks, and what is under way may take as long as any may."""
    store = here[0]
    old = Write("shop", "orders.create", UNKNOWN, 0.0)
    store.run(lambda connection: writes.insert(connection, old))

    def back(connection: object) -> None:
        for column in ("boot", "until", "span", "target", "copy"):
            connection.exec_driver_sql(f"ALTER TABLE writes DROP COLUMN {column}")  # type: ignore[attr-defined]
        connection.exec_driver_sql("UPDATE schema_version SET version = 1")  # type: ignore[attr-defined]

    store.run(back)
    store.close()
    found = _row(here)
    assert (old.id, "", 0.0, 700.0) == (found.id, found.boot, found.until, found.span)
