"""What is due: on SQLite and PostgreSQL, against a model of a few lines that a random order of events is given to."""

from __future__ import annotations

import dataclasses
import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from adapter.store import Store, callbacks, due, writes
from adapter.store.callbacks import Callback, Ended
from adapter.store.writes import (
    BEFORE,
    CANCELLED,
    DELIVERING,
    DONE,
    PARKED,
    QUEUED,
    REFUSED,
    SENDING,
    UNKNOWN,
    Write,
)
from tests.resilience.stores import ENGINES, place

NOW = 1_000_000.0
EVENTS = 250


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store in a new database on each engine."""
    store = place(request.param, tmp_path).store(patience=60.0)
    yield store
    store.close()


def _queued(store: Store, entity: str = "e", **more: object) -> Write:
    new = Write("caller", "orders.create", QUEUED, NOW, entity=entity, promised=True)
    made = store.run(lambda connection: writes.insert(connection, dataclasses.replace(new, **more)))  # type: ignore[arg-type]
    assert made is not None
    return made


def _due(store: Store, now: float = NOW, most: int = 100) -> list[str]:
    return [id for id, _ in store.read(lambda connection: due.due(connection, now, most))]


def _take(store: Store, row: Write, owner: str = "me", now: float = NOW) -> Write | None:
    return store.run(lambda connection: due.take(connection, row.id, owner, now, now + 10))


def _settle(store: Store, row: Write, state: str, **more: object) -> Write | None:
    return store.run(lambda connection: due.settle(connection, row, NOW, state, **more))  # type: ignore[arg-type]


def test_of_an_entity_only_the_oldest_open_row_is_due(store: Store) -> None:
    """The next one is, once it has ended; those of other entities, and of none, do not wait for it."""
    first, second, other = _queued(store), _queued(store), _queued(store, "f")
    alone = [_queued(store, ""), _queued(store, "")]
    assert [first.id, other.id, *(each.id for each in alone)] == _due(store)
    assert None is _take(store, second)
    taken = _take(store, first)
    assert taken is not None
    assert (DELIVERING, "me", 1) == (taken.state, taken.owner, taken.attempts)
    assert second.id not in _due(store)
    _settle(store, taken, DONE, answer=b"x")
    assert second.id in _due(store)


@pytest.mark.parametrize("state", [SENDING, *BEFORE])
def test_what_is_open_stands_in_the_way(store: Store, state: str) -> None:
    """In whosever hands it is, and also where a person has to decide."""
    _queued(store, state=state, due=NOW + 50)
    second = _queued(store)
    assert [] == _due(store)
    assert None is _take(store, second)


@pytest.mark.parametrize("state", [DONE, REFUSED, CANCELLED])
def test_what_has_ended_does_not(store: Store, state: str) -> None:
    """However it ended."""
    _queued(store, state=state)
    assert [_queued(store).id] == _due(store)


def test_nothing_is_due_before_its_time(store: Store) -> None:
    """A backoff is a time, and so is the opening of a service window."""
    row = _queued(store, due=NOW + 5)
    assert [] == _due(store)
    assert None is _take(store, row)
    assert [row.id] == _due(store, NOW + 5)
    assert None is not _take(store, row, now=NOW + 5)


def test_what_is_unknown_is_asked_about_whatever_is_before_it(store: Store) -> None:
    """Asking changes nothing, so it need not wait its turn."""
    _queued(store, due=NOW + 9)
    unknown = _queued(store, state=UNKNOWN)
    assert [unknown.id] == _due(store)


def test_of_many_who_take_a_row_one_has_it(store: Store) -> None:
    """Sixteen threads race for each of twenty rows."""
    rows, together = [_queued(store, "") for _ in range(20)], threading.Barrier(16)

    def race(number: int) -> list[str]:
        together.wait()
        return [row.id for row in rows if _take(store, row, str(number)) is not None]

    with ThreadPoolExecutor(16) as threads:
        won = [id for each in threads.map(race, range(16)) for id in each]
    assert sorted(row.id for row in rows) == sorted(won)


def test_who_lost_a_row_has_nothing_to_say_about_it(store: Store) -> None:
    """But an answer of the ERP's is true, as long as nobody else has it in hand."""
    row = _queued(store)
    taken = _take(store, row, "first")
    assert taken is not None
    lost = store.run(lambda connection: due.lost(connection, taken, NOW, 5.0))
    assert lost is not None
    assert (UNKNOWN, NOW + 5) == (lost.state, lost.due)
    assert None is _settle(store, taken, UNKNOWN)
    assert None is store.run(lambda connection: due.lost(connection, taken, NOW, 5.0))
    answered = _settle(store, taken, DONE, answer=b"201")
    assert answered is not None
    assert (DONE, b"201") == (answered.state, answered.answer)

    again = _queued(store, "g")
    mine = _take(store, again, "first")
    assert mine is not None
    store.run(lambda connection: writes.change(connection, again.id, (DELIVERING,), NOW, state=QUEUED, due=NOW))
    assert None is not _take(store, again, "second")
    assert None is _settle(store, mine, DONE, answer=b"late")


def test_what_was_not_sent_counts_for_no_attempt(store: Store) -> None:
    """A closed ERP, or a guard that says no, wears nothing out."""
    taken = _take(store, _queued(store))
    assert taken is not None
    back = store.run(lambda connection: due.give_back(connection, taken, NOW, "closed", NOW + 60))
    assert back is not None
    assert (QUEUED, 0, NOW + 60, "closed") == (back.state, back.attempts, back.due, back.cause)


def test_only_who_made_it_cancels_and_only_while_it_waits(store: Store) -> None:
    """To anybody else it is not there."""
    row = _queued(store)

    def cancel(caller: str) -> tuple[str | None, bool]:
        found, now = store.run(lambda connection: due.cancel(connection, row.id, caller, NOW))
        return (found.state if found is not None else None, now)

    assert (None, False) == cancel("other")
    taken = _take(store, row)
    assert taken is not None
    assert (DELIVERING, False) == cancel("caller")
    store.run(lambda connection: due.give_back(connection, taken, NOW, "", NOW))
    assert (CANCELLED, True) == cancel("caller")
    assert (CANCELLED, False) == cancel("caller")
    assert None is _take(store, row)


def test_a_cancel_and_a_delivery_that_race(store: Store) -> None:
    """Of each row either is true, never both."""
    rows, together = [_queued(store, "") for _ in range(60)], threading.Barrier(2)

    def deliver() -> set[str]:
        together.wait()
        return {row.id for row in rows if _take(store, row) is not None}

    def cancel() -> set[str]:
        together.wait()
        return {
            row.id for row in reversed(rows) if store.run(partial(due.cancel, id=row.id, caller="caller", now=NOW))[1]
        }

    with ThreadPoolExecutor(2) as threads:
        delivered, cancelled = threads.submit(deliver), threads.submit(cancel)
        assert set() == delivered.result() & cancelled.result()
        assert {row.id for row in rows} == delivered.result() | cancelled.result()


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_writes_of_an_entity_keep_their_order(store: Store, seed: int) -> None:
    """A random order of events: new rows, deliveries that end in each way, leases that run out, people who decide.

    A row is never taken while an earlier one of its entity is open, and what is said to be due can be taken.
    """
    chance = random.Random(seed)
    rows: list[Write] = []

    def current(row: Write) -> Write:
        found = store.read(lambda connection: writes.by_id(connection, row.id))
        assert found is not None
        return found

    def free(row: Write) -> bool:
        return not any(
            current(each).state in (SENDING, *BEFORE)
            for each in rows
            if each.entity == row.entity and each.sequence < row.sequence
        )

    for _ in range(EVENTS):
        if not rows or chance.random() < 0.15:
            rows.append(_queued(store, f"e{chance.randrange(4)}"))
            continue
        row = current(chance.choice(rows))
        if row.state == QUEUED:
            assert free(row) == (row.id in _due(store))
            assert free(row) == (_take(store, row, str(chance.random())) is not None)
        elif row.state == DELIVERING:
            end = chance.choice([DONE, REFUSED, UNKNOWN, PARKED, QUEUED, "lost"])
            if end == "lost":
                assert None is not store.run(partial(due.lost, row=row, now=NOW, after=0.0))
            else:
                assert None is not _settle(store, row, end, answer=b"x" if end in (DONE, REFUSED) else b"")
        elif row.state in (UNKNOWN, PARKED):
            assert (row.state == UNKNOWN) == (row.id in _due(store))
            state = chance.choice([DONE, QUEUED])
            store.run(partial(writes.change, id=row.id, expected=(row.state,), now=NOW, state=state))
    assert any(current(row).state in (DONE, REFUSED) for row in rows)


def test_how_many_wait_and_since_when(store: Store) -> None:
    """By state and operation; what has ended is not counted."""
    _queued(store, created=NOW - 7)
    _queued(store)
    _queued(store, state=PARKED, operation="orders.cancel")
    _queued(store, state=DONE)
    found = {(each.state, each.operation): (each.rows, each.oldest) for each in store.read(due.depths)}
    assert {(QUEUED, "orders.create"): (2, NOW - 7), (PARKED, "orders.cancel"): (1, NOW)} == found


def test_rows_are_listed_by_state_operation_and_age(store: Store) -> None:
    """The oldest first, at most as many as asked for."""
    parked = [_queued(store, state=PARKED, created=NOW + number) for number in range(3)]
    _queued(store, state=PARKED, operation="orders.cancel", created=NOW)

    def listed(operation: str, before: float, most: int) -> list[str]:
        found = store.read(lambda connection: due.listed(connection, (PARKED,), operation, before, most))
        return [each.id for each in found]

    assert [each.id for each in parked] == listed("orders.create", NOW + 9, 9)
    assert [parked[0].id, parked[1].id] == listed("orders.create", NOW + 1, 9)
    assert [parked[0].id] == listed("orders.create", NOW + 9, 1)
    assert 4 == len(listed("", NOW + 9, 9))


def test_who_is_to_be_told(store: Store) -> None:
    """Once the row has ended; one process at a time makes an attempt; it is gone with its row at the latest."""
    row = _queued(store)
    callback = Callback(row.id, "subject", b"sealed", NOW)
    store.run(lambda connection: callbacks.put(connection, callback))

    def asked(now: float) -> list[Ended]:
        return store.read(lambda connection: callbacks.due(connection, now, 9))

    assert [] == asked(NOW)
    _settle(store, _take(store, row) or row, DONE, answer=b"x")
    (found,) = asked(NOW)
    assert (callback, "orders.create", DONE, NOW) == (found.callback, found.operation, found.state, found.changed)
    assert store.run(lambda connection: callbacks.take(connection, found.callback, NOW + 60))
    assert not store.run(lambda connection: callbacks.take(connection, found.callback, NOW + 60))
    assert [] == asked(NOW)
    store.run(lambda connection: callbacks.again(connection, row.id, NOW + 5))
    assert [1] == [each.callback.attempts for each in asked(NOW + 5)]
    assert 0 == store.run(callbacks.forget)
    store.run(lambda connection: callbacks.remove(connection, row.id))
    assert [] == asked(NOW + 99)


def test_after_a_row_the_next_one_of_its_entity_is_due(store: Store) -> None:
    """The oldest that is queued, once its time has come; none of others, and none where nothing waits."""
    first, _, second, third = (_queued(store, entity) for entity in ("e", "other", "e", "e"))
    taken = _take(store, first)
    assert taken is not None
    done = _settle(store, taken, DONE, answer=b"x")
    assert done is not None
    assert second.id == store.read(lambda connection: due.following(connection, done, NOW))
    store.run(lambda connection: writes.change(connection, second.id, (QUEUED,), NOW, due=NOW + 5))
    assert "" == store.read(lambda connection: due.following(connection, done, NOW))
    assert second.id == store.read(lambda connection: due.following(connection, done, NOW + 5))
    store.run(partial(due.cancel, id=second.id, caller="caller", now=NOW))
    assert third.id == store.read(lambda connection: due.following(connection, done, NOW))


def test_of_a_paused_operation_only_what_is_unknown_is_due(store: Store) -> None:
    """Asking what became of a row sends nothing."""
    _queued(store)
    other, unknown = _queued(store, "f", operation="orders.patch"), _queued(store, "g", state=UNKNOWN)
    found = store.read(lambda connection: due.due(connection, NOW, 9, [("orders.create", "soap")]))
    assert [other.id, unknown.id] == [id for id, _ in found]
