"""Workers that look for one limit together, against a stand-in that hides it: a real store, a clock of our own."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

import pytest

from adapter.errors import BackendUnavailable
from adapter.guard.gates import Leave, Outcome
from adapter.guard.places import Places, Watcher
from adapter.guard.sharing import Sharing
from adapter.messages import Request
from adapter.shared import Shared

CAPACITY, NEED, MOST_WAITING = 8, 0.2, 3
RENEWED_SECONDS = 0.02


@dataclass
class Erp:
    """An endpoint whose calls take ``NEED`` seconds, and longer in proportion among more than ``CAPACITY``.

    ``offered`` calls a second come by turns to each of its ``workers``; a few wait at each, the others are gone.
    """

    store: Shared
    workers: int
    now: float = 0.0
    inside: int = 0
    seen: list[tuple[float, int]] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    steps: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    count: int = 0
    waiting: dict[int, Worker] = field(default_factory=dict)

    def run(self, offered: Callable[[float], float], seconds: float, seed: int) -> None:
        """Run for so long, at a load that may change with time."""
        chance = random.Random(seed)
        gates = [Worker(self) for _ in range(self.workers)]
        self.waiting.update((id(gate.gate.places), gate) for gate in gates)
        come = 0.0
        while come < seconds:
            come += chance.expovariate(offered(come))
            self.at(come, chance.choice(gates).come)
        for gate in gates:
            self.at(0.0, gate.renewed)
        while self.steps and self.steps[0][0] < seconds:
            self.now, _, step = heapq.heappop(self.steps)
            step()

    def at(self, when: float, step: Callable[[], None]) -> None:
        """Do something later."""
        self.count += 1
        heapq.heappush(self.steps, (when, self.count, step))


class Worker:
    """One worker: its gate, and how many wait before it."""

    def __init__(self, erp: Erp) -> None:
        self._erp, self._waiting = erp, 0
        self.gate = Sharing(
            "erp",
            1000,
            adaptive=True,
            shared=erp.store,
            workers=erp.workers,
            watcher=Watcher(lambda filled, waiting: self.let_in()),
            clock=lambda: erp.now,
            jitter=lambda: 0.5,
            begin=lambda act: None,
        )

    @property
    def waiting(self) -> int:
        """How many wait."""
        return self._waiting

    def come(self) -> None:
        """Take one more call, unless enough wait."""
        if self._waiting < MOST_WAITING:
            self._waiting += 1
            self._enter()

    def let_in(self) -> None:
        """Let in who waits, as the real queue does at the moment in which a place is free."""
        while self._waiting and self.gate.places.filled < self.gate.places.most:
            self._enter()

    def renewed(self) -> None:
        """Renew what was granted, as is done beside the calls."""
        self.gate._renew()
        self.let_in()
        self._erp.at(self._erp.now + RENEWED_SECONDS, self.renewed)

    def _enter(self) -> None:
        erp = self._erp
        self._waiting -= 1
        try:
            leave = self.gate.enter(Request("orders.read", "id-1", erp.now), "read")
        except BackendUnavailable:
            self._waiting += 1
            return
        erp.inside += 1
        erp.seen.append((erp.now, erp.inside))
        takes = NEED * max(1.0, erp.inside / CAPACITY)
        erp.at(erp.now + takes, partial(self._over, leave, takes))

    def _over(self, leave: Leave, took: float) -> None:
        self._erp.inside -= 1
        self._erp.answered.append(self._erp.now)
        with suppress(BackendUnavailable):
            leave(Outcome("answered", took))


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_workers_find_one_capacity_together(shared: Shared, workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """At three times the load the calls of all of them come to eight, also after what calls need is measured again."""
    erp = Erp(shared, workers)
    monkeypatch.setattr(Places, "waiting", property(lambda places: erp.waiting[id(places)].waiting))
    erp.run(lambda now: 4.0 if now < 10 else 3 * CAPACITY / NEED, 100, workers)
    for begin, end in ((35, 55), (80, 100)):
        inside = sorted(count for at, count in erp.seen if begin < at <= end)
        middle = inside[len(inside) // 2]
        good = sum(begin < at <= end for at in erp.answered) / (end - begin) / (CAPACITY / NEED)
        assert abs(middle - CAPACITY) <= CAPACITY / 4
        assert good >= 0.9
