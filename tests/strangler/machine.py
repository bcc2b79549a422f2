"""The state machine: whoever moves features, callers who write, `adapter work`, and what dies, in any order.

Each step is one of these things, and after it the product stands where what is ``expected`` says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from adapter.errors import StoreUnavailable
from adapter.moving.acting import Wish
from adapter.store import Store
from tests.strangler.dying import Crashing, Killed
from tests.strangler.expected import COMPLETE, PLAN, Expected, here, said
from tests.strangler.world import BUCKETS, World

_crash = st.sampled_from(["", "", "", "before", "after", "cut"])
_who = st.sampled_from(["ann", "bob", "judge"])
_seen = st.sampled_from([0, 0, 0, 0, -1])
"""How far what somebody saw lies behind."""
_dies = st.sampled_from(["before", "after"])
_entity = st.sampled_from(sorted(BUCKETS))


class Machine(RuleBasedStateMachine):
    """One feature from legacy on. What is drawn never depends on what happens, which two at once leave to luck."""

    def __init__(self, store: Store, seen: Counter[str]) -> None:
        super().__init__()
        self.seen, self.world, self.expected = seen, World(store, seen), Expected()

    @initialize(upto=st.integers(0, COMPLETE))
    def begins(self, upto: int) -> None:
        """Begin anywhere in the plan."""
        while self.expected.at < upto:
            self._go_on()
        for each in self.world.processes:
            each.look()

    @rule()
    def goes_on(self) -> None:
        """Do all that the next step needs, and go there."""
        self._go_on()

    @rule(who=_who, behind=_seen, crash=_crash)
    def advances(self, who: str, behind: int, crash: str) -> None:
        """Go one step on, or be refused."""
        seen, enough = self.expected.epoch + behind, self.world.enough(self._stage())
        if seen >= 0:
            self._act("advance", crash, lambda: self.expected.advance(who, seen, enough), _wish(self, who, seen))

    @rule(
        who=_who, behind=_seen, to=st.sampled_from([None, None, *range(COMPLETE)]), accept=st.booleans(), crash=_crash
    )
    def goes_back(self, who: str, behind: int, to: int | None, accept: bool, crash: str) -> None:
        """Go back anywhere, or be refused."""
        seen = max(0, self.expected.epoch + behind)
        wish = _wish(self, who, seen, to="" if to is None else PLAN[to], accept_data_loss=accept)
        self._act("rollback", crash, lambda: self.expected.rollback(who, seen, to, accept), wish)

    @rule(to=st.sampled_from([None, *range(COMPLETE)]))
    def is_sent_back(self, to: int | None) -> None:
        """Go back as an operator does, who saw what stands."""
        self._back(to)

    @rule(name=st.sampled_from(["hold", "resume", "pin", "unpin", "restart"]), behind=_seen, crash=_crash)
    def is_flagged(self, name: str, behind: int, crash: str) -> None:
        """Hold, pin and their likes."""
        seen = max(0, self.expected.epoch + behind)
        self._act(name, crash, lambda: self.expected.flag(name, seen), _wish(self, "ann", seen))

    @rule(who=st.sampled_from(["ann", "bob"]), behind=_seen, crash=_crash)
    def is_approved(self, who: str, behind: int, crash: str) -> None:
        """Agree to the next step."""
        seen = max(0, self.expected.epoch + behind)
        self._act("approve", crash, lambda: self.expected.approve(who, seen), _wish(self, who, seen))

    @rule(name=st.sampled_from(["restart", "pin", "rollback"]))
    def two_at_once(self, name: str) -> None:
        """Let two who saw the same epoch do something at the same moment: one wins."""
        if self.expected.at in (0, COMPLETE):
            return
        together, epoch = Barrier(2), self.expected.epoch

        def act(who: str) -> str:
            acting = self.world.acting(self.world.store)
            together.wait()
            return said(lambda: getattr(acting, name)(_wish(self, who, epoch)))

        before = self._stage()
        self.seen["transitions"] += 2
        with ThreadPoolExecutor(2) as threads:
            assert ["", "stale-epoch"] == sorted(threads.map(act, ["ann", "bob"]))
        if name == "rollback":
            assert "" == self.expected.rollback("ann", epoch, None, False)
        else:
            assert "" == self.expected.flag(name, epoch)
        self.world.moved(before, self._stage())
        self._holds()

    @rule(entity=_entity, process=st.integers(0, 1), crash=_crash)
    def a_caller_writes(self, entity: str, process: int, crash: str) -> None:
        """Claim a write, by what the process believes."""
        dead = self._dying(crash, lambda store: self._begin(process, entity, store))
        self.world.claimed(alone=dead)
        if dead:
            self.world.processes[process] = self.world.process()

    @rule(process=st.integers(0, 1), copies=st.booleans())
    def callers_are_answered(self, process: int, copies: bool) -> None:
        """Claim a write of each entity by what a process believes, send it and keep its answer, at once."""
        world = self.world
        if not world.processes[process].snapshot.known:  # whoever asks first waits for a first look
            world.processes[process].look()
        for entity in BUCKETS:
            self._answered(process, entity)
        while copies and world.deliver(world.store, many=20):
            pass

    @rule(entity=_entity, sent=st.booleans(), back=st.booleans(), to=st.sampled_from([None, *range(COMPLETE)]))
    def a_write_is_overtaken(self, entity: str, sent: bool, back: bool, to: int | None) -> None:
        """Claim a write; before it is answered the feature moves, and somebody else writes the same entity."""
        world, many = self.world, len(self.world.flights)
        for number, process in enumerate(world.processes):
            process.look()
            self._begin(number, entity, world.store)
            world.claimed()
            if number == 0 and len(world.flights) > many and sent:
                world.send(world.flights[-1])
            if number == 0 and back:
                self._back(to)
            elif number == 0:
                self._go_on()

    @rule(entity=_entity, process=st.integers(0, 1), dies=_dies)
    def copies_are_overtaken(self, entity: str, process: int, dies: str) -> None:
        """Write one entity twice; who delivers the first copy dies, and another goes on."""
        world = self.world
        for _ in range(2):
            self._answered(process, entity)
        self._dying("dies", lambda store: world.deliver(store, dies=dies))
        world.deliver(world.store, many=20)

    @rule(which=st.integers(0, 9), sends=st.booleans(), crash=_crash)
    def a_write_goes_on(self, which: int, sends: bool, crash: str) -> None:
        """Send one, or keep its answer."""
        flights = [each for each in self.world.flights if not each.alone]
        if not flights:
            return
        flight = flights[which % len(flights)]
        if sends and not flight.sent:
            self.world.send(flight)
        elif self._dying(crash, lambda store: self.world.answer(flight, store)):
            self.world.died(flight)

    @rule(crash=_crash)
    def rows_are_looked_after(self, crash: str) -> None:
        """Take care of leases that ran out."""
        self._dying(crash, self.world.reap)

    @rule(crash=_crash, dies=_dies)
    def a_copy_is_delivered(self, crash: str, dies: str) -> None:
        """Deliver one, or die on the way."""
        self._dying(crash, lambda store: self.world.deliver(store, dies="" if crash else dies))

    @rule(seconds=st.sampled_from([1.0, 31.0, 61.0]))
    def time_passes(self, seconds: float) -> None:
        """Let leases run out."""
        self.world.clock += seconds

    @rule(process=st.integers(0, 1))
    def a_process_looks(self, process: int) -> None:
        """Know where the feature stands."""
        self.seen["transitions"] += 1
        snapshot = self.world.processes[process].look()
        assert self.expected.epoch == snapshot.of(self.world.name).epoch

    @rule(process=st.integers(0, 1), looks=st.sampled_from([True, True, True, False]))
    def a_process_is_replaced(self, process: int, looks: bool) -> None:
        """Lose its snapshot."""
        self.seen["transitions"] += 1
        self.world.processes[process] = self.world.process()
        if looks:
            self.world.processes[process].look()

    @rule(entity=_entity)
    def an_entity_is_loaded(self, entity: str) -> None:
        """Bring the new service what the ERP has."""
        self.world.load(entity)

    @rule()
    def is_checked(self) -> None:
        """Look whether all that was acknowledged is there."""
        self.world.check()
        self._right()

    def teardown(self) -> None:
        """Let everything arrive: then both sides have the same, and the one that has the say has all."""
        try:
            self._ends()
        finally:
            self.world.end()

    def _ends(self) -> None:
        world = self.world
        world.settled()
        world.check()
        self._right()
        if self._stage() not in ("legacy", "shadow", "complete") and world.enough("dualwrite"):
            assert [] == list(world.same())

    def _answered(self, process: int, entity: str) -> None:
        world, many = self.world, len(self.world.flights)
        self._begin(process, entity, world.store)
        world.claimed()
        if len(world.flights) > many:
            world.send(world.flights[-1])
            world.answer(world.flights[-1], world.store)

    def _back(self, to: int | None) -> None:
        if to is None or to < self.expected.at < COMPLETE:
            seen = self.expected.epoch
            wish = _wish(self, "ann", seen, to="" if to is None else PLAN[to])
            self._act("rollback", "", lambda: self.expected.rollback("ann", seen, to, False), wish)

    def _go_on(self) -> None:
        expected, world = self.expected, self.world
        if expected.at == COMPLETE:
            return
        if not world.enough(self._stage()):
            world.settled()
            for entity in BUCKETS:
                world.load(entity)
        for who, name, so in (("ann", "unpin", expected.pinned), ("bob", "approve", True), ("ann", "advance", True)):
            if so:
                self._act(name, "", lambda name=name, who=who: self._told(name, who), _wish(self, who, expected.epoch))  # type: ignore[misc]

    def _told(self, name: str, who: str) -> str:
        expected = self.expected
        if name == "unpin":
            return expected.flag(name, expected.epoch)
        if name == "approve":
            return expected.approve(who, expected.epoch)
        return expected.advance(who, expected.epoch, self.world.enough(self._stage()))

    def _begin(self, process: int, entity: str, store: Store | Crashing) -> None:
        self.seen[f"claim {self.world.begin(self.world.processes[process], entity, store)}"] += 1

    def _act(self, name: str, crash: str, model: Callable[[], str], wish: Wish) -> None:
        """Do something with the feature and in the model; where somebody dies of it, as far as the store has it."""
        world, before = self.world, self._stage()
        self.seen["transitions"] += 1
        told: list[str] = []
        dead = self._dying(crash, lambda store: told.append(said(lambda: getattr(world.acting(store), name)(wish))))
        if not dead or crash == "after":
            should = model()
            assert dead or [should] == told, (name, wish, should, told)
            self.seen[f"{name} {should or 'done'}"] += 1
            if should == "" and name in ("advance", "rollback"):
                world.moved(before, self._stage())
        self._holds()

    def _dying(self, crash: str, act: Callable[[Any], object]) -> bool:
        """Do something, and return whether a process died of it."""
        store = Crashing(self.world.store, crash) if crash else self.world.store
        try:
            act(store)
        except (Killed, StoreUnavailable):
            self.seen[f"died {crash}"] += 1
            return True
        return False

    def _stage(self) -> str:
        return PLAN[self.expected.at].partition(" ")[0]

    def _holds(self) -> None:
        """Hold the store to what is expected."""
        found, expected = self.world.standing(), self.expected
        told = (found.epoch, here(found), found.run, found.paused, found.pinned is not None, bool(found.rolled_back))
        wanted = (expected.epoch, PLAN[expected.at], expected.run, expected.paused, expected.pinned, expected.back)
        assert wanted == told

    def _right(self) -> None:
        found = self.world.epochs, self.world.missing
        assert (0, 0) == found, f"{found[0]} epochs with two writers, {found[1]} acknowledged writes missing"


def _wish(machine: Machine, who: str, seen: int, **more: Any) -> Wish:
    return Wish(machine.world.name, who, "because", seen, **more)
