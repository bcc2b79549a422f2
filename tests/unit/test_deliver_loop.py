"""The embedded loop over functions: how many at once, in which order, and how it stops."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from adapter.deliver.loop import Due, Loop

PATIENCE = 20.0


class _Rows:
    """Rows of entities in memory. Of each entity the first is due, as in the store."""

    def __init__(self, rows: dict[str, str]) -> None:
        self.lock = threading.Lock()
        self.open = dict(rows)
        self.running: set[str] = set()
        self.most = 0
        self.done: list[str] = []
        self.empty = threading.Event()

    def due(self, most: int) -> list[Due]:
        with self.lock:
            heads = {entity: row for row, entity in reversed(self.open.items())}
            return [Due(row, entity) for entity, row in heads.items() if row not in self.running][:most]

    def deliver(self, row: str, act: Callable[[str], None] = lambda row: None) -> None:
        with self.lock:
            if row in self.running or row not in self.open:
                return
            self.running.add(row)
            self.most = max(self.most, len(self.running))
        act(row)
        with self.lock:
            self.running.discard(row)
            del self.open[row]
            self.done.append(row)
            if not self.open:
                self.empty.set()


@contextmanager
def _running(loop: Loop) -> Iterator[threading.Thread]:
    thread = threading.Thread(target=loop.run)
    thread.start()
    try:
        yield thread
    finally:
        loop.stop()
        thread.join(PATIENCE)


def test_all_rows_are_delivered_and_those_of_one_entity_in_their_order() -> None:
    """Several entities at once, never more than allowed."""
    rows = _Rows({f"{number:02}": f"entity {number % 5}" for number in range(40)})
    with _running(Loop(rows.due, rows.deliver, 3, lambda name, error: None)):
        assert rows.empty.wait(PATIENCE)
    for entity in range(5):
        own = [row for row in rows.done if int(row) % 5 == entity]
        assert sorted(own) == own
    assert 40 == len(rows.done)
    assert rows.most <= 3


def test_what_was_begun_is_ended_and_nothing_more_is_begun() -> None:
    """A stop waits for the delivery that is under way."""
    rows = _Rows({"1": "a", "2": "a", "3": "b"})
    begun, end = threading.Semaphore(0), threading.Event()

    def hold(row: str) -> None:
        begun.release()
        end.wait(PATIENCE)

    loop = Loop(rows.due, lambda row: rows.deliver(row, hold), 1, lambda name, error: None)
    with _running(loop) as thread:
        assert begun.acquire(timeout=PATIENCE)
        loop.stop()
        assert thread.is_alive()
        end.set()
        thread.join(PATIENCE)
        assert not thread.is_alive()
    assert 1 == len(rows.done)


def test_a_store_that_is_away_is_asked_again() -> None:
    """The error is told, and what is due then is delivered."""
    rows, told = _Rows({"1": ""}), []
    answers = iter([OSError("away")])

    def due(most: int) -> list[Due]:
        if (error := next(answers, None)) is not None:
            raise error
        return rows.due(most)

    loop = Loop(due, rows.deliver, 2, lambda name, error: told.append((name, type(error))))
    with _running(loop):
        while not told:
            threading.Event().wait(0.01)
        loop.wake()
        assert rows.empty.wait(PATIENCE)
    assert [("due", OSError)] == told


def test_a_delivery_that_fails_is_told_and_the_others_go_on() -> None:
    """What nobody expected does not end the loop."""
    rows, told = _Rows({"1": "a", "2": "b"}), []
    broken = {"1"}

    def deliver(row: str) -> None:
        if row in broken:
            broken.discard(row)
            raise ValueError(row)
        rows.deliver(row)

    with _running(Loop(rows.due, deliver, 1, lambda name, error: told.append(name))):
        assert rows.empty.wait(PATIENCE)
    assert ["deliver"] == told
    assert {"1", "2"} == set(rows.done)
