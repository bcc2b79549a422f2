"""The store: what a transaction promises, on SQLite and on PostgreSQL."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from adapter.errors import StoreUnavailable
from adapter.store import Connection, Store, audit, isolated, keys, open_store, rollouts, writes
from adapter.store.writes import Write
from tests.resilience.stores import ENGINES, Place, place
from tests.strangler.standing import stand

NOW = 1_000_000.0


@pytest.fixture(params=ENGINES)
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A new database on each engine."""
    return place(request.param, tmp_path)


@pytest.fixture
def store(where: Place) -> Iterator[Store]:
    """A store in it."""
    store = where.store()
    yield store
    store.close()


def write(key: str | None = "k", **more: object) -> Write:
    """A row that a web worker would make."""
    return dataclasses.replace(Write("caller", "orders.create", writes.SENDING, NOW, key=key), **more)  # type: ignore[arg-type]


def test_a_transaction_is_kept_whole(store: Store) -> None:
    """What ``run`` returned from is there for the next transaction, byte for byte."""
    made = store.run(lambda connection: writes.insert(connection, write(request=b"\x00\xff", lease=NOW + 3)))
    assert made is not None
    assert made == store.read(lambda connection: writes.by_id(connection, made.id))


def test_a_transaction_that_raises_leaves_nothing(store: Store) -> None:
    """What an error came out of is undone, and the store goes on."""

    def act(connection: Connection) -> None:
        writes.insert(connection, write())
        raise LookupError

    with pytest.raises(LookupError):
        store.run(act)
    assert None is store.read(lambda connection: writes.by_key(connection, "caller", "orders.create", "k"))


def test_one_key_one_row(store: Store) -> None:
    """A second row with the same caller, operation and key is refused; without a key there may be many."""
    first = store.run(lambda connection: writes.insert(connection, write()))
    assert first is not None
    assert None is store.run(lambda connection: writes.insert(connection, write()))
    assert first == store.read(lambda connection: writes.by_key(connection, "caller", "orders.create", "k"))
    assert 2 == len({store.run(lambda connection: writes.insert(connection, write(None))) for _ in range(2)})


def test_threads_that_race_for_keys(where: Place) -> None:
    """32 threads, each with all of 50 keys: each key has exactly one winner."""
    store, together = where.store(patience=60.0), threading.Barrier(32)
    store.read(lambda connection: None)

    def race(number: int) -> list[str]:
        together.wait()
        won = []
        for key in range(50):
            mine = write(f"k{key}", owner=str(number))
            if store.run(lambda connection, mine=mine: writes.insert(connection, mine)) is not None:
                won.append(f"k{key}")
        return won

    with ThreadPoolExecutor(32) as threads:
        winners = [key for won in threads.map(race, range(32)) for key in won]
    store.close()
    assert sorted(f"k{key}" for key in range(50)) == sorted(winners)


def test_state_changes_only_from_what_was_seen(store: Store) -> None:
    """A row moves on only from an expected state, and only for whoever has it in hand."""
    made = store.run(lambda connection: writes.insert(connection, write(owner="me")))
    assert made is not None

    def change(expected: str, owner: str, state: str) -> Callable[[Connection], Write | None]:
        return lambda connection: writes.change(connection, made.id, [expected], NOW + 1, owner=owner, state=state)

    assert None is store.run(change(writes.QUEUED, "me", writes.DONE))
    assert None is store.run(change(writes.SENDING, "another", writes.DONE))
    done = store.run(change(writes.SENDING, "me", writes.DONE))
    assert done == dataclasses.replace(made, state=writes.DONE, changed=NOW + 1)


def test_rows_whose_time_has_come(store: Store) -> None:
    """Due rows come in their order; a row in hand whose lease ran out is told apart from one that is held."""
    rows = [
        write("a", state=writes.QUEUED, due=NOW + 2),
        write("b", state=writes.QUEUED, due=NOW + 1),
        write("c", state=writes.QUEUED, due=NOW + 9),
        write("d", state=writes.SENDING, lease=NOW + 2),
        write("e", state=writes.DELIVERING, lease=NOW + 9),
    ]
    for row in rows:
        store.run(lambda connection, row=row: writes.insert(connection, row))
    due = store.read(lambda connection: writes.due(connection, writes.QUEUED, NOW + 2, 10))
    assert ["a", "b"] == [row.key for row in due]
    assert ["d"] == [row.key for row in store.read(lambda connection: writes.expired(connection, NOW + 2, 10))]


def test_earlier_rows_of_an_entity(store: Store) -> None:
    """A write waits for the oldest unsettled row of its entity, not for those of others or for settled ones."""
    first = store.run(lambda connection: writes.insert(connection, write("a", entity="e", state=writes.UNKNOWN)))
    store.run(lambda connection: writes.insert(connection, write("b", entity="f", state=writes.QUEUED)))
    later = store.run(lambda connection: writes.insert(connection, write("c", entity="e", state=writes.QUEUED)))
    assert first is not None
    assert later is not None
    assert first == store.read(lambda connection: writes.earlier(connection, later))
    assert None is store.read(lambda connection: writes.earlier(connection, first))
    store.run(lambda connection: writes.change(connection, first.id, [writes.UNKNOWN], NOW, state=writes.DONE))
    assert None is store.read(lambda connection: writes.earlier(connection, later))


def test_api_keys(store: Store) -> None:
    """A key is found by its id, listed by its owner, revoked once, and says when it was last used."""
    key = keys.Key("ab", "shop", b"hash", NOW, ("orders.read", "orders.write"), "the shop's")
    store.run(lambda connection: keys.add(connection, key))
    assert key == store.read(lambda connection: keys.find(connection, "ab"))
    assert [key] == store.read(lambda connection: keys.every(connection, "shop"))
    assert [] == store.read(lambda connection: keys.every(connection, "another"))
    store.run(lambda connection: keys.note(connection, {"ab": (NOW + 1, b"")}))
    assert store.run(lambda connection: keys.revoke(connection, "ab", NOW + 2))
    assert not store.run(lambda connection: keys.revoke(connection, "ab", NOW + 3))
    now = store.read(lambda connection: keys.find(connection, "ab"))
    assert now == dataclasses.replace(key, used=NOW + 1, revoked=NOW + 2)


def test_audit_has_no_gaps_under_concurrent_writers(where: Place) -> None:
    """Entries of many writers at once, some of which fail, are numbered without gaps, each behind the one before."""
    store = where.store(patience=60.0)

    def append(number: int) -> None:
        def act(connection: Connection) -> None:
            audit.append(connection, NOW + number, "tester", "tried", str(number), number=number)
            if number % 5 == 0:
                raise LookupError

        store.run(act)

    with ThreadPoolExecutor(16) as threads:
        tried = [threads.submit(append, number) for number in range(100)]
    assert 20 == sum(isinstance(each.exception(), LookupError) for each in tried)
    found = store.read(lambda connection: list(audit.entries(connection)))
    end = store.read(audit.head)
    store.close()
    assert list(range(1, 81)) == [entry.sequence for entry in found]
    before = audit.START
    for entry in found:
        assert entry.computed(before) == entry.hash
        before = entry.hash
    assert audit.Head(80, before) == end


def test_a_newer_schema_is_refused(where: Place, store: Store) -> None:
    """Tables of a newer release are left alone: StoreUnavailable says so."""
    store.run(lambda connection: connection.exec_driver_sql("UPDATE schema_version SET version = 99"))
    with pytest.raises(StoreUnavailable, match="version 99, and this release knows 5"):
        where.store().read(lambda connection: None)


def test_tables_of_the_release_before_are_brought_to_this_one(where: Place, store: Store) -> None:
    """What came since is there, and what was there stays."""
    store.run(lambda connection: audit.append(connection, NOW, "tester", "tried"))
    added = ["DROP TABLE isolated", *(f"ALTER TABLE writes DROP COLUMN {name}" for name in ("target", "copy"))]
    added += ["ALTER SEQUENCE writes_sequence INCREMENT BY 1"] if "://" in where.store_url else []
    for statement in (*added, "UPDATE schema_version SET version = 2"):
        store.run(lambda connection, statement=statement: connection.exec_driver_sql(statement))  # type: ignore[misc]
    newer = where.store()
    first, second = (newer.run(lambda connection: writes.insert(connection, write(key=None))) for _ in range(2))
    assert first is not None
    assert second is not None
    assert 2 == second.sequence - first.sequence
    assert newer.run(lambda connection: isolated.isolate(connection, "erp", NOW, "tester", "why"))
    assert {"erp": "why (tester)"} == newer.read(isolated.reasons)
    assert 2 == newer.read(audit.head).sequence
    newer.close()


def test_rollouts_of_the_release_before_have_no_dry_runs_that_are_off(where: Place, store: Store) -> None:
    """A feature that stands somewhere stays there."""
    standing = stand(store, "customers", "shadow")
    for statement in ("ALTER TABLE rollouts DROP COLUMN dry_runs_off", "UPDATE schema_version SET version = 4"):
        store.run(lambda connection, statement=statement: connection.exec_driver_sql(statement))  # type: ignore[misc]
    newer = where.store()
    assert {"customers": standing} == newer.read(rollouts.everything)
    assert newer.run(lambda connection: rollouts.no_dry_runs(connection, "customers", standing.run, "seen", NOW, "me"))
    newer.close()


def test_another_database_is_refused(where: Place, store: Store) -> None:
    """The database of subjects is no store, and says so."""
    store.read(lambda connection: None)
    with pytest.raises(StoreUnavailable, match="not a database of the subjects, but of store"):
        dataclasses.replace(where, subjects_url=where.store_url).subjects().read(lambda connection: None)


def test_no_transaction_in_a_transaction(store: Store) -> None:
    """It would wait for itself, so it is a defect that is found at once."""
    with pytest.raises(RuntimeError, match="inside of a transaction"):
        store.run(lambda connection: store.run(lambda connection: None))


def test_a_time_that_is_over(store: Store) -> None:
    """Who has no time left gets no transaction, and nothing is kept."""
    store.read(lambda connection: None)
    with pytest.raises(StoreUnavailable):
        store.run(lambda connection: writes.insert(connection, write()), until=time.monotonic() - 1)
    assert None is store.read(lambda connection: writes.by_key(connection, "caller", "orders.create", "k"))


def test_a_password_is_not_shown() -> None:
    """Neither a store nor its name shows the password that it was given."""
    store = open_store("postgresql://me@db.example/adapter", password="hunter2")
    assert "hunter2" not in f"{store!r} {store.name} {store!s}"
