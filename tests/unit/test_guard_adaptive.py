"""How many calls at once an endpoint takes well: found against stand-ins that hide it, on a clock of our own."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from adapter.guard.adaptive import START, Finder


@dataclass
class Simulated:
    """An endpoint whose calls take ``need`` seconds, and longer in proportion where more than ``capacity`` are there.

    ``offered`` calls a second come, whatever happens to them; what finds no place is gone.
    """

    capacity: int
    need: float
    offered: float
    noise: float = 0.0
    now: float = 0.0
    answered: list[tuple[float, float]] = field(default_factory=list)
    limits: list[tuple[float, float]] = field(default_factory=list)
    needs: Callable[[float], float] = lambda now: 1.0
    most: int = 1000

    def run(self, seconds: float, seed: int = 1) -> Finder:
        """Run for so long; return what found the limit."""
        chance = random.Random(seed)
        finder = Finder(self.most, lambda: self.now, lambda: 0.5)
        ends: list[tuple[float, float]] = []
        for come in _comings(chance, self.offered, seconds):
            while ends and ends[0][0] <= come:
                self.now, begun = heapq.heappop(ends)
                finder.answered("orders.read", self.now - begun, len(ends) + 1)
                self.answered.append((self.now, self.now - begun))
                self.limits.append((self.now, finder.limit))
            self.now = come
            if len(ends) < int(finder.limit):
                crowd = max(1.0, (len(ends) + 1) / self.capacity)
                takes = self.need * self.needs(come) * crowd * max(0.2, chance.gauss(1.0, self.noise))
                heapq.heappush(ends, (come + takes, come))
        return finder


def _comings(chance: random.Random, offered: float, seconds: float) -> Iterator[float]:
    now = 0.0
    while now < seconds:
        now += chance.expovariate(offered)
        yield now


@pytest.mark.parametrize("capacity", [2, 4, 8, 30])
@pytest.mark.parametrize("noise", [0.0, 0.3])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_hidden_capacity_is_found(capacity: int, noise: float, seed: int) -> None:
    """At three times the load that it takes, an endpoint's capacity is found within a quarter (or one), and kept."""
    endpoint = Simulated(capacity, 0.1, 3 * capacity / 0.1, noise)
    endpoint.run(100, seed)
    late = sorted(limit for now, limit in endpoint.limits if 30 < now)
    middle = int(late[len(late) // 2])
    assert abs(middle - capacity) <= max(1, capacity / 4)
    good = sum(now > 30 for now, _ in endpoint.answered) / 70
    assert good >= (0.9 if capacity > 2 else 0.85) * capacity / 0.1  # nobody waits here, so two places are often empty


def test_a_slow_endpoint_is_not_taken_for_a_full_one() -> None:
    """Where every call needs three times as long from one moment on, the limit comes back to the capacity."""
    endpoint = Simulated(8, 0.1, 240, 0.1, needs=lambda now: 1.0 if now < 60 else 3.0)
    endpoint.run(300)
    late = sorted(limit for now, limit in endpoint.limits if 250 < now)
    assert abs(int(late[len(late) // 2]) - 8) <= 2


def test_nothing_grows_that_is_not_used() -> None:
    """With one call at a time the limit stays where it began."""
    clock = [0.0]
    finder = Finder(100, lambda: clock[0], lambda: 0.5)
    for _ in range(40):
        clock[0] += 0.1
        finder.answered("orders.read", 0.1, 1)
    assert START == finder.limit


def test_the_limit_ends_at_what_the_mapping_says() -> None:
    """It never passes ``concurrency``, and begins below it where that is little."""
    endpoint = Simulated(50, 0.1, 1500, most=10)
    endpoint.run(30)
    assert max(limit for _, limit in endpoint.limits) <= 10
    assert 2.0 == Finder(2).limit


def test_calls_without_an_answer_lower_it_to_one_and_no_further() -> None:
    """Each of them takes a tenth of it."""
    finder = Finder(100)
    finder.failed()
    assert pytest.approx(START * 0.9) == finder.limit
    for _ in range(50):
        finder.failed()
    assert 1.0 == finder.limit


def test_a_mix_that_changes_is_not_taken_for_load() -> None:
    """What a call needs is known for each operation: a slow one that becomes frequent lowers nothing."""
    clock = [0.0]
    finder = Finder(100, lambda: clock[0], lambda: 0.5)
    for step in range(400):
        clock[0] += 0.01
        slow = step >= 200
        finder.answered("slow" if slow else "quick", 0.5 if slow else 0.05, 4)
    assert finder.limit >= START
