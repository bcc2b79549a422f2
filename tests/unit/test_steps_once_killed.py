"""A process may be killed between any two steps of a write: nothing is done twice, nothing acknowledged is lost."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from adapter.errors import RequestError
from adapter.messages import Response
from adapter.store import Store
from tests.resilience.stores import ENGINES, place
from tests.unit.keeping import DOWN, LOST, NO, Clock, Erp
from tests.unit.mortal import Killed, Life, Process, stores

KEYS = ("a", "b")
OFF = st.sampled_from((0, 0, 0, -40, 40))  # seconds that a wall clock is ahead
MACHINE = st.sampled_from(("here", "here", "there"))
_SHORT = 0.3  # seconds of requests that may have to wait for somebody who is dead


class World:
    """An ERP whose line may break before or after it acts, or that acts late; and the clock of everybody."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.erp = Erp()
        self.late: list[tuple[float, str]] = []

    def behave(self, how: str) -> None:
        """Let the ERP behave so from now on."""
        self.erp.before = {"before": _raising(LOST), "down": _raising(DOWN), "late": self._later}.get(how, _nothing)
        self.erp.then = {"after": _raising(LOST), "refuses": _raising(NO)}.get(how, lambda response: response)
        if how == "refuses":
            self.erp.before = _raising(NO)

    def pass_by(self, seconds: float) -> None:
        """Let time go by, and what was on its way arrive."""
        self.clock.now += seconds
        arrived = [each for each in self.late if each[0] <= self.clock.now]
        self.late = [each for each in self.late if each[0] > self.clock.now]
        self.erp.made.update(reference for _, reference in arrived)

    def _later(self, request: Any) -> None:
        self.late.append((self.clock.now + 3, json.loads(request.body)["reference"]))
        raise LOST


def _raising(error: Exception) -> Callable[[Any], Any]:
    def fail(given: Any) -> Any:
        raise error

    return fail


def _nothing(request: Any) -> None:
    return None


def _answered(world: World, here: tuple[Store, Store], key: str) -> Response:
    """Return the answer of a living process, once leases ran out, and once "not found" is believed.

    Asked several times: on a machine that is busy one request may end before it has found out anything.
    """
    process = Process(here, world.erp, world.clock, Life())
    for _ in range(5):
        world.pass_by(20)
        with suppress(RequestError):
            return process.ask(key, seconds=1.0)
    return process.ask(key)


@pytest.fixture(params=ENGINES)
def here(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Store, Store]:
    """The stores of an empty place on each engine."""
    return stores(place(request.param, tmp_path))


@pytest.mark.parametrize("how", ["well", "before", "after", "late"])
def test_killed_at_every_step(here: tuple[Store, Store], how: str) -> None:
    """Killed at each step in turn: the next process answers the same key, and the ERP has one order for it."""
    steps = 0
    while True:
        world, life, key = World(), Life(steps), uuid.uuid4().hex
        world.behave(how)
        with suppress(Killed, RequestError):
            Process(here, world.erp, world.clock, life).ask(key, seconds=_SHORT)
        survived = life.left != 0
        world.pass_by(4)
        world.behave("well")
        assert 201 == _answered(world, here, key).status
        assert [1] == list(world.erp.made.values()), f"killed after {steps} steps"
        if survived:
            break
        steps += 1
    assert steps > 8


@pytest.mark.parametrize("how", ["before", "after"])
def test_killed_while_it_settles(here: tuple[Store, Store], how: str) -> None:
    """Killed at each step of finding out what became of a write: the next one goes on where it was."""
    steps = 0
    while True:
        world, life, key = World(), Life(steps), uuid.uuid4().hex
        world.behave(how)
        world.erp.refuses = DOWN
        with suppress(RequestError):
            Process(here, world.erp, world.clock, Life()).ask(key, seconds=_SHORT)
        world.erp.refuses = None
        world.behave("well")
        world.pass_by(20)
        with suppress(Killed):
            Process(here, world.erp, world.clock, life).look_after(time.monotonic() + 10)
        survived = life.left != 0
        assert 201 == _answered(world, here, key).status
        assert [1] == list(world.erp.made.values()), f"killed after {steps} steps"
        if survived:
            break
        steps += 1
    assert steps > 4


class Writes(RuleBasedStateMachine):
    """Requests, deaths, breaks of the line and time, in any order."""

    here: tuple[Store, Store]

    def __init__(self) -> None:
        super().__init__()
        self.world, self.run = World(), uuid.uuid4().hex
        self.answers: dict[str, set[bytes]] = {}

    @rule(
        key=st.sampled_from(KEYS),
        how=st.sampled_from(("well", "before", "after", "late", "down", "refuses")),
        steps=st.none() | st.integers(0, 24),
        off=OFF,
        machine=MACHINE,
    )
    def ask(self, key: str, how: str, steps: int | None, off: int, machine: str) -> None:
        """Ask, of a process that may die meanwhile. Its clock may have been set, and it may be another machine's."""
        self.world.behave(how)
        self.world.clock.off = off
        with suppress(Killed, RequestError):
            process = Process(self.here, self.world.erp, self.world.clock, Life(steps), machine)
            self._told(key, process.ask(f"{self.run} {key}", seconds=_SHORT))
        self.world.clock.off = 0

    @rule(seconds=st.sampled_from((1, 6, 20)))
    def wait(self, seconds: int) -> None:
        """Let time go by."""
        self.world.pass_by(seconds)

    @rule(steps=st.none() | st.integers(0, 12), down=st.booleans(), off=OFF, machine=MACHINE)
    def look_after(self, steps: int | None, down: bool, off: int, machine: str) -> None:
        """Let the background process look after what was left behind, and maybe die of it. Its clock may be wrong."""
        self.world.erp.refuses = DOWN if down else None
        self.world.clock.off = off
        with suppress(Killed):
            process = Process(self.here, self.world.erp, self.world.clock, Life(steps), machine)
            process.look_after(time.monotonic() + 10)
        self.world.erp.refuses, self.world.clock.off = None, 0

    def _told(self, key: str, answer: Response) -> None:
        assert isinstance(answer.body, bytes)
        self.answers.setdefault(key, set()).add(answer.body)
        if answer.status == 201:
            assert 1 == self.world.erp.made[json.loads(answer.body)["reference"]], "acknowledged, and not there"

    @invariant()
    def nothing_is_done_twice(self) -> None:
        """No reference has two effects, and no key two references."""
        assert all(number == 1 for number in self.world.erp.made.values() if number)
        assert len(+self.world.erp.made) <= len(KEYS)

    @invariant()
    def a_key_has_one_answer(self) -> None:
        """Whoever got an answer to a key got the same bytes."""
        assert all(len(bodies) == 1 for bodies in self.answers.values())

    def teardown(self) -> None:
        """In the end, with everybody well, each key that was used is answered, and by what is there."""
        self.world.behave("well")
        self.world.pass_by(800)
        for key in KEYS:
            answer = _answered(self.world, self.here, f"{self.run} {key}")
            self._told(key, answer)
            assert answer.status in (201, 409)
        self.nothing_is_done_twice()
        self.a_key_has_one_answer()


def test_any_order_of_deaths(here: tuple[Store, Store]) -> None:
    """Whatever happens in whatever order: nothing done twice, nothing acknowledged lost, one answer to a key."""
    machine = type("Machine", (Writes,), {"here": here})
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    chosen = settings(max_examples=25, stateful_step_count=12, deadline=None, suppress_health_check=checks)
    run_state_machine_as_test(machine, settings=chosen)
