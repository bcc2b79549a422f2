"""A feature on a real store, two sides in memory, processes that die: what the state machine of rollouts plays with.

Rows are claimed, settled, copied and delivered by the product's own transactions; what a side does with a write is to
remember it. Nothing of it waits: time is a number.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from adapter.moving.acting import Acting, Gate
from adapter.moving.features import Feature
from adapter.moving.follow import Follower
from adapter.rollout import stages
from adapter.rollout.rules import Side
from adapter.rollout.stages import Standing, other
from adapter.store import Connection, Store, claiming, due, rollouts, writes
from adapter.store.claiming import Terms
from adapter.store.fence import Copy, Fence
from adapter.store.tables import WRITES
from adapter.store.writes import DELIVERING, DONE, OPEN, PARKED, QUEUED, SENDING, UNKNOWN, Write
from tests.strangler.dying import Crashing, Flight, Killed, Process
from tests.strangler.plans import feature

LEASE, TERMS = 30.0, Terms(30.0, 0.0, 1e9)
BUCKETS: Final = {"a": 0, "b": 99, "c": 100, "d": 4999, "e": 9999}
"""Entities, and the bucket of each: the first and the last one of the first canary, one of each other, one of none."""
_OPEN: Final = (SENDING, QUEUED, DELIVERING, UNKNOWN, PARKED)
NOWHERE: Final = Path("/nonexistent/rollout.brake")


class World:
    """One feature. ``epochs`` and ``missing`` are what must never be; ``seen`` counts what happened."""

    def __init__(self, store: Store, seen: Counter[str]) -> None:
        self.store, self.seen = store, seen
        self.name = f"f{uuid.uuid4().hex[:12]}"
        self.feature: Feature = feature(self.name)
        self.clock = 1_000_000.0
        self.has: dict[Side, dict[str, list[str]]] = {
            "soap": {e: [] for e in BUCKETS},
            "http": {e: [] for e in BUCKETS},
        }
        self.acknowledged: dict[str, list[str]] = {entity: [] for entity in BUCKETS}
        self.forgiven: set[str] = set()
        self.loaded: set[str] = set()
        self.flights: list[Flight] = []
        self.pending: tuple[Flight, int] | None = None
        self.writers: dict[tuple[int, str], set[Side]] = {}
        self.epochs = 0
        self.missing = 0
        self.processes = [self.process() for _ in range(2)]

    def process(self) -> Process:
        """Start a worker."""
        return Process(Follower(lambda: self.store, NOWHERE, lambda error: None))

    def acting(self, store: Store | Crashing) -> Acting:
        """Return what moves the feature, through a store that may die."""
        return Acting(lambda: store, {self.name: self.feature}, lambda: self.clock, self.gate)  # type: ignore[arg-type, return-value]

    def standing(self) -> Standing:
        """Where the feature stands."""
        return self.store.read(lambda connection: rollouts.of(connection, self.name))

    def enough(self, stage: str) -> bool:
        """Whether the next step may come: before a canary the new service has been loaded."""
        return stage != "dualwrite" or self.loaded == BUCKETS.keys()

    def gate(self, feature: Feature, standing: Standing) -> Gate:
        """Say the same as the judge would."""
        return Gate(self.enough(standing.stage), needs="to be loaded")

    def side(self, entity: str, standing: Standing) -> Side:
        """Who has the say about an entity."""
        return stages.answering(standing, BUCKETS[entity])

    def begin(self, process: Process, entity: str, store: Store | Crashing) -> str:
        """Claim a caller's write, as a request does; say what became of it."""
        self.pending, snapshot = None, process.snapshot
        self._count()
        for _ in range(2):
            standing = snapshot.of(self.name)
            if not snapshot.known or standing.epoch == 0:  # nothing is asked; or nothing ever moved, so nothing is kept
                return "unknown" if not snapshot.known else "never moved"
            claim = store.run(lambda connection, standing=standing: self._claimed(connection, entity, standing))  # type: ignore[misc]
            if claim != "moved":
                return claim
            self.seen["fenced"] += 1
            snapshot = process.look()
        return "moved"

    def _claimed(self, connection: Connection, entity: str, standing: Standing) -> str:
        new = self._row(entity, self.side(entity, standing), SENDING)
        fence = Fence(self.name, standing.epoch, lambda now: self.side(entity, now))
        claim = claiming.claim(connection, new, self.clock, TERMS, fence)
        if claim.kind == "ours":
            self.pending = Flight(claim.row, entity), rollouts.of(connection, self.name).epoch
        return claim.kind

    def claimed(self, *, alone: bool = False) -> None:
        """Note a claim, if it was committed: who writes what at which epoch is what this is all about."""
        if self.pending is None:
            return
        (flight, epoch), self.pending = self.pending, None
        if self.store.read(lambda connection: writes.by_id(connection, flight.row.id)) is None:
            return
        flight.alone = alone
        of = self.writers.setdefault((epoch, flight.entity), set())
        of.add(flight.row.target)
        others = {each.row.target for each in self.flights if each.entity == flight.entity}
        self.epochs += len(of) > 1 or bool(others - {flight.row.target})
        self.flights.append(flight)
        self.seen[f"writes at {self.standing().stage}"] += 1

    def send(self, flight: Flight) -> None:
        """Let its side do it, within its time."""
        if self.clock < flight.row.lease:
            self._count()
            self._do(flight.row.target, flight.entity, flight.row.id)
            flight.sent = True

    def answer(self, flight: Flight, store: Store | Crashing) -> None:
        """Keep the answer of a write that was sent; of one that was not, that nothing was."""
        row = flight.row
        self._count()
        if not flight.sent:
            store.run(lambda connection: claiming.give_back(connection, row, self.clock))
            self.flights.remove(flight)
            return
        copy = self._copy(row, flight.entity)
        store.run(lambda connection: claiming.settle(connection, row, self.clock, DONE, b"x", copy))
        self.flights.remove(flight)

    def died(self, flight: Flight) -> None:
        """Note that nobody goes on with a flight. It may have ended just before."""
        row = self.store.read(lambda connection: writes.by_id(connection, flight.row.id))
        flight.alone = True
        if row is None or row.state != SENDING:
            self.flights.remove(flight)

    def reap(self, store: Store | Crashing) -> None:
        """Look after rows whose lease ran out, and find out what became of them, as `adapter work` does."""
        for row in self.store.read(lambda connection: writes.expired(connection, self.clock, 50)):
            self._count()
            store.run(lambda connection, row=row: due.lost(connection, row, self.clock, 0.0))  # type: ignore[misc]
        for row in self._rows(UNKNOWN):
            self._count()
            entity = row.entity.partition("/")[2]
            done = row.id in self.has[row.target][entity] if not row.copy else self._copied(row, entity)
            state = DONE if done else QUEUED if row.copy else OPEN
            copy = self._copy(row, entity) if done and not row.copy else None
            store.run(
                lambda connection, row=row, state=state, copy=copy: claiming.after_unknown(  # type: ignore[misc]
                    connection, row, self.clock, state, answer=b"x", due=self.clock, copy=copy
                )
            )
            self.flights = [each for each in self.flights if each.row.id != row.id]

    def deliver(self, store: Store | Crashing, *, dies: str = "", many: int = 1) -> bool:
        """Deliver some copies; ``dies``: before or after the other side has one. Return whether there was any."""
        delivered = 0
        for id, _ in self.store.read(lambda connection: due.due(connection, self.clock, 20)):
            row = store.run(
                lambda connection, id=id: due.take(connection, id, "work", self.clock, self.clock + LEASE)  # type: ignore[misc]
            )
            if row is None:
                continue
            if dies == "before":
                raise Killed
            self._do_copy(row, row.entity.partition("/")[2])
            self._count(2)
            if dies:
                raise Killed
            store.run(
                lambda connection, row=row: due.settle(connection, row, self.clock, DONE, answer=b"x")  # type: ignore[misc]
            )
            delivered += 1
            if delivered == many:
                break
        return delivered > 0

    def load(self, entity: str) -> None:
        """Bring the new service what the ERP has of an entity, as the reconciler does: while nothing of it is open."""

        def act(connection: Connection) -> bool:
            standing = rollouts.of(connection, self.name)
            key = f"{self.name}/{entity}"
            writes.locked(connection, key)
            wanted = (WRITES.c.entity == key) & WRITES.c.state.in_(_OPEN)
            if standing.stage != "dualwrite" or connection.execute(WRITES.select().where(wanted)).first() is not None:
                return False
            row = replace(self._row(entity, "http", QUEUED), copy=True, promised=True, due=self.clock)
            content = json.dumps(self.has["soap"][entity]).encode()
            return writes.insert(connection, replace(row, request=content)) is not None

        if self.store.run(act):
            self._count()
            self.loaded.add(entity)

    def moved(self, before: str, after: str) -> None:
        """Note that the feature moved: what was accepted as lost is forgiven, and a new service has to be loaded."""
        self._note()
        if before == "complete":
            for entity in BUCKETS:
                there = set(self.has["soap"][entity])
                self.forgiven |= set(self.acknowledged[entity]) - there - self._under_way(entity, "soap")
        if after in ("legacy", "shadow") or before == "shadow":
            self.loaded.clear()

    def settled(self) -> None:
        """Let everything end: leases run out, copies arrive. Nothing may be left open."""
        for _ in range(200):
            self.clock += 2 * LEASE
            self.reap(self.store)
            while self.deliver(self.store, many=20):
                pass
            self.flights.clear()
            if not self._rows(*_OPEN):
                return
        raise AssertionError("something stays open")

    def check(self) -> None:
        """Count what was acknowledged and is not at the side that has the say, nor on the way there."""
        self._note()
        standing = self.standing()
        for entity in BUCKETS:
            side = self.side(entity, standing)
            there = {*self.has[side][entity], *self._under_way(entity, side), *self.forgiven}
            self.missing += sum(id not in there for id in self.acknowledged[entity])

    def same(self) -> Iterator[str]:
        """Yield entities of which the two sides have something else, or something twice, though all has arrived."""
        for entity in BUCKETS:
            soap, http = ([id for id in self.has[side][entity] if id not in self.forgiven] for side in ("soap", "http"))
            if soap != http or len(set(soap)) < len(soap):
                yield entity

    def end(self) -> None:
        """Take the feature out of the store, so that the next one finds it empty."""
        self.store.run(lambda connection: connection.execute(WRITES.delete()))

    def _count(self, many: int = 1) -> None:
        self.seen["transitions"] += many

    def _note(self) -> None:
        for row in self._rows(DONE):
            of = self.acknowledged[row.entity.partition("/")[2]]
            if not row.copy and row.id not in of:
                of.append(row.id)

    def _row(self, entity: str, target: Side, state: str) -> Write:
        return Write(
            "caller", f"{self.name}.update", state, self.clock, entity=f"{self.name}/{entity}",
            lease=self.clock + LEASE, owner=uuid.uuid4().hex, target=target,
        )  # fmt: skip

    def _copy(self, row: Write, entity: str) -> Copy:
        made = self._row(entity, other(row.target), QUEUED)
        made = replace(made, copy=True, promised=True, due=self.clock, lease=0.0, owner="", request=row.id.encode())
        return Copy(self.name, made)

    def _rows(self, *states: str) -> list[Write]:
        wanted = WRITES.select().where(WRITES.c.operation == f"{self.name}.update", WRITES.c.state.in_(states))
        wanted = wanted.order_by(WRITES.c.sequence)
        return self.store.read(lambda connection: [writes.write_of(row) for row in connection.execute(wanted)])

    def _under_way(self, entity: str, side: Side) -> set[str]:
        """Return what open copies will bring a side."""
        found = [row for row in self._rows(*_OPEN) if row.entity == f"{self.name}/{entity}"]
        return {id for row in found if row.copy and row.target == side for id in _brings(row)}

    def _do(self, side: Side, entity: str, id: str) -> None:
        self.has[side][entity].append(id)

    def _copied(self, row: Write, entity: str) -> bool:
        return not row.request.startswith(b"[") and _brings(row)[0] in self.has[row.target][entity]

    def _do_copy(self, row: Write, entity: str) -> None:
        """Let the other side do a copy: it knows its key, so it does it once."""
        if row.request.startswith(b"["):
            self.has[row.target][entity] = _brings(row)
        elif not self._copied(row, entity):
            self._do(row.target, entity, _brings(row)[0])


def _brings(row: Write) -> list[str]:
    if row.request.startswith(b"["):
        found: list[str] = json.loads(row.request)
        return found
    return [row.request.decode()]
