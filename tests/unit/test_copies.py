"""Writes while a feature moves: one writer for each entity, and every write at the other side, in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapter.rollout.rules import Side, Stage
from adapter.store.writes import DONE, PARKED, QUEUED, REFUSED, SENDING, UNKNOWN
from tests.resilience.stores import ENGINES, place
from tests.unit.keeping import NO, problem
from tests.unit.two_sides import DOWN, LOST, Killed, World, failing, nothing


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    """A feature that never moved, on each engine."""
    return World(place(request.param, tmp_path))


@pytest.fixture
def one(tmp_path: Path) -> World:
    """A feature that never moved, on SQLite."""
    return World(place("sqlite", tmp_path))


def test_where_nothing_moved_there_is_no_row(one: World) -> None:
    """A write without a key, of a feature that never moved, costs no row and goes to the ERP."""
    assert 200 == one.ask().status
    assert [] == one.rows()
    assert [("t1", 1)] == one.soap.done


STAGES: list[tuple[Stage, int, Side, bool]] = [
    ("legacy", 0, "soap", False),
    ("shadow", 0, "soap", False),
    ("dualwrite", 0, "soap", True),
    ("canary", 100, "soap", True),
    ("canary", 101, "http", True),
    ("live", 0, "http", True),
    ("rampdown", 0, "http", True),
    ("complete", 0, "http", False),
]


@pytest.mark.parametrize(("stage", "share", "target", "copied"), STAGES)
def test_each_stage_has_its_writer_and_its_copies(
    world: World, stage: Stage, share: int, target: Side, copied: bool
) -> None:
    """A write goes to the side that has the say about its entity; the other side gets it at the stages that copy."""
    world.stand(stage, share)
    world.ask()
    other = "soap" if target == "http" else "http"
    assert [(DONE, target, False), *([(QUEUED, other, True)] if copied else [])] == world.told()
    world.settle()
    there = [("t1", 1)]
    assert {target: there, other: there if copied else []} == {"soap": world.soap.done, "http": world.http.done}


def test_a_copy_is_there_with_what_it_copies_or_not_at_all(one: World) -> None:
    """Where the process dies before a write is settled there is no copy; once it is found out, there is."""
    one.stand("dualwrite")
    one.soap.after = failing(Killed())
    with pytest.raises(Killed):
        one.ask()
    assert [(UNKNOWN, "soap", False)] == one.told()
    one.soap.after = nothing
    one.settle()
    assert [(DONE, "soap", False), (DONE, "http", True)] == one.told()
    assert one.soap.done == one.http.done == [("t1", 1)]


def test_a_refusal_is_not_copied(one: World) -> None:
    """What the authority refused is nobody's business elsewhere."""
    one.stand("dualwrite")
    one.soap.before = failing(NO)
    assert "order-closed" == problem(one.ask).problem
    assert [(REFUSED, "soap", False)] == one.told()


def test_a_copy_that_is_refused_waits_for_a_person(world: World) -> None:
    """It is parked, and later copies of its entity wait behind it; writes at the authority go on."""
    world.stand("dualwrite")
    world.http.before = failing(NO)
    world.ask()
    world.ask()
    world.settle()
    assert [
        (DONE, "soap", False),
        (PARKED, "http", True),
        (DONE, "soap", False),
        (QUEUED, "http", True),
    ] == world.told()
    assert [("t1", 1), ("t1", 2)] == world.soap.done


def test_a_new_writer_begins_where_the_old_one_has_ended(world: World) -> None:
    """An entity that moves over is not written at its new side before its last copy has arrived there."""
    world.stand("dualwrite")
    world.ask()
    world.stand("canary", 10_000)
    assert "earlier-write-open" == problem(world.ask).problem
    world.deliver()
    assert 200 == world.ask().status
    assert [("t1", 1), ("t1", 3)] == world.http.done
    world.settle()
    assert [("t1", 1), ("t1", 3)] == world.soap.done


def test_a_new_writer_waits_for_the_old_ones_call(world: World) -> None:
    """While a write is under way at the old side, none is at the new one, promised or not."""
    world.stand("dualwrite")
    world.soap.after = failing(LOST)
    assert "outcome-unknown" == problem(world.ask).problem
    world.stand("live")
    assert "earlier-write-open" == problem(world.ask).problem
    assert [] == world.http.done
    world.soap.after = nothing
    world.settle()
    assert 200 == world.ask().status


def test_copies_to_the_other_side_are_nobodys_matter(world: World) -> None:
    """A write waits for no copy to the side that it does not go to."""
    world.stand("dualwrite")
    world.http.before = failing(DOWN)
    assert [200, 200] == [world.ask().status for _ in range(2)]
    assert [("t1", 1), ("t1", 2)] == world.soap.done


def test_who_saw_an_older_epoch_is_placed_anew(world: World) -> None:
    """A write that was placed before its entity moved over goes to the new side, and to it alone."""
    old = world.stand("dualwrite")
    world.stand("live")
    assert 200 == world.ask(seen=old).status
    assert ([], [("t1", 1)]) == (world.soap.done, world.http.done)


def test_an_older_epoch_with_the_same_side_is_none(world: World) -> None:
    """What did not move for this entity is not placed anew."""
    old = world.stand("dualwrite")
    world.stand("canary", 1)
    assert 200 == world.ask("t7", seen=old).status
    assert [("t7", 1)] == world.soap.done


def test_a_queued_write_goes_to_the_side_that_it_was_made_for(tmp_path: Path) -> None:
    """What was promised at one side is done there, and copied, whatever the feature does meanwhile; the next waits."""
    world = World(place("sqlite", tmp_path), when_down="queue")
    world.stand("dualwrite")
    world.soap.before = failing(DOWN)
    assert 202 == world.ask().status
    world.stand("live")
    assert 202 == world.ask().status  # queued behind it
    assert [(QUEUED, "soap", False), (QUEUED, "http", False)] == world.told()
    world.soap.before = nothing
    world.settle()
    assert [("t1", 1), ("t1", 2)] == world.soap.done == world.http.done


def test_what_was_done_at_a_side_that_lost_the_say_is_copied_back(world: World) -> None:
    """A write that ends at the new service after the feature went back to legacy gets to the ERP nevertheless."""
    world.stand("live")
    world.http.after = failing(Killed())
    with pytest.raises(Killed):
        world.ask()
    world.stand("legacy")
    world.http.after = nothing
    world.settle()
    assert [("t1", 1)] == world.soap.done == world.http.done


def test_at_legacy_again_writes_wait_for_what_is_not_back_yet(world: World) -> None:
    """After a rollback a write at the ERP waits for the copy of the last one at the new service."""
    world.stand("live")
    world.ask()
    world.stand("legacy")
    assert "earlier-write-open" == problem(world.ask).problem
    world.settle()
    assert 200 == world.ask().status
    assert [("t1", 1), ("t1", 3)] == world.soap.done


def test_a_key_is_one_write_on_whichever_side(world: World) -> None:
    """The same key gets the same answer, also after its entity moved over."""
    world.stand("dualwrite")
    first = world.ask(key="k")
    world.number -= 1
    world.stand("live")
    again = world.ask(key="k")
    assert (first.body, "true") == (again.body, again.headers["Idempotent-Replayed"])
    assert [("t1", 1)] == world.soap.done


def test_the_new_service_gets_one_key_for_one_row(world: World) -> None:
    """A copy whose answer was lost is sent again with the same key, and is done once."""
    world.stand("dualwrite")
    world.ask()
    world.http.after = failing(LOST)
    world.deliver()
    assert UNKNOWN == world.rows()[1].state
    world.http.after = nothing
    world.settle()
    assert [("t1", 1)] == world.http.done
    assert [f'"{world.rows()[1].id}"'] == list(world.http.keys)


def test_one_write_of_an_entity_at_a_time(world: World) -> None:
    """While one is being sent another waits, so that copies have the order in which both were done."""
    world.stand("dualwrite")
    seen = []

    def second() -> None:
        world.soap.after = nothing
        seen.append(problem(lambda: world.ask()).problem)

    world.soap.after = lambda request: second()
    world.ask()
    assert ["earlier-write-open"] == seen
    assert [SENDING] != [row.state for row in world.rows()]
    assert [("t1", 1)] == world.soap.done


def test_what_is_tried_again_later_is_copied_in_its_new_place(world: World) -> None:
    """A write that was not done at first, and is by a later try with its key, comes behind what was done meanwhile."""
    world.stand("dualwrite")
    world.soap.before = failing(LOST)
    assert "outcome-unknown" == problem(lambda: world.ask(key="k", seconds=1.0)).problem
    world.soap.before = nothing
    world.settle()
    world.ask()
    world.number = 0
    assert 200 == world.ask(key="k").status
    world.settle()
    assert [("t1", 2), ("t1", 1)] == world.soap.done == world.http.done
