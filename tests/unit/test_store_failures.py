"""What the store promises when something breaks: processes, disks, files, servers."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapter.errors import StoreUnavailable
from adapter.store import Connection, Store, open_store, within, writes
from adapter.store.postgres import CONNECTIONS
from adapter.store.writes import Write
from tests.evidence.house import ROOT
from tests.resilience import engines
from tests.resilience.store_programs import COMMITTING, IN_GREENLETS, IN_GREENLETS_WITH_A_SERVER, ON_A_FULL_DISK
from tests.resilience.stores import ENGINES, place

NOW = 1_000_000.0


def insert(store: Store, key: str, until: float | None = None) -> Write | None:
    """Insert a row with a key."""
    row = Write("caller", "op", writes.QUEUED, NOW, key=key)
    return store.run(lambda connection: writes.insert(connection, row), until)


def rows(store: Store) -> list[str | None]:
    """Return the keys of all queued rows."""
    return [row.key for row in store.read(lambda connection: writes.due(connection, writes.QUEUED, NOW, 99_999))]


def ran(program: str, *arguments: str) -> str:
    """Run a program of its own to its end, and return what it printed."""
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert (0, "") == (done.returncode, done.stderr)
    return done.stdout


@pytest.mark.parametrize("engine", ENGINES)
def test_a_killed_process_loses_nothing_that_it_acknowledged(engine: str, tmp_path: Path) -> None:
    """A process that commits in a loop is killed five times: each row that it acknowledged is there."""
    where, acknowledged = place(engine, tmp_path), 0
    for round_ in range(1, 6):
        command = [sys.executable, "-c", COMMITTING, where.store_url, str(round_ * 1000)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            told = [process.stdout.readline() for _ in range(5 * round_)]
            process.send_signal(signal.SIGKILL)
            told += process.stdout.readlines()
        store = where.store()
        found = rows(store)
        store.close()
        acknowledged += len([line for line in told if line.endswith("\n")])
        assert {line.strip() for line in told if line.endswith("\n")} <= set(found)
        assert acknowledged <= len(found) <= acknowledged + round_  # killed between commit and word


def test_commits_wait_for_the_disk(tmp_path: Path) -> None:
    """Each SQLite connection commits with ``synchronous = FULL`` in WAL: a power cut takes nothing acknowledged."""
    store = open_store(str(tmp_path / "adapter.db"))

    def asked(connection: Connection) -> list[object]:
        return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]

    assert ["wal", 2] == store.run(asked)


def test_the_file_is_its_owners(tmp_path: Path) -> None:
    """Nobody else may read the file."""
    store = open_store(str(tmp_path / "adapter.db"))
    insert(store, "a")
    assert {0o600} == {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}


def test_greenlets_run_while_one_waits_for_a_lock(tmp_path: Path) -> None:
    """Another process holds the write lock until other greenlets have run; then the waiting one gets it."""
    assert "released queued\n" == ran(IN_GREENLETS, str(tmp_path / "adapter.db"))


def test_greenlets_run_while_one_waits_for_a_server(tmp_path: Path) -> None:
    """The same with PostgreSQL, where another connection holds the table."""
    assert "released queued\n" == ran(IN_GREENLETS_WITH_A_SERVER, place("postgres", tmp_path).store_url)


def test_a_full_disk(tmp_path: Path) -> None:
    """No room left is StoreUnavailable; once there is some, the store goes on, and what it acknowledged is there."""
    assert "store-unavailable\nTrue\n" == ran(ON_A_FULL_DISK, str(tmp_path / "adapter.db"))


def test_a_lock_that_is_not_given_back(tmp_path: Path) -> None:
    """Who waits for a foreign lock until the time is over gets StoreUnavailable; readers do not wait."""
    store = open_store(str(tmp_path / "adapter.db"))
    insert(store, "a")
    foreign = sqlite3.connect(tmp_path / "adapter.db", isolation_level=None)
    foreign.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="locked"):
        insert(store, "b", time.monotonic() + 0.05)
    assert ["a"] == rows(store)
    foreign.execute("ROLLBACK")
    foreign.close()
    assert insert(store, "b") is not None


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """A file of something else is left as it is."""
    (tmp_path / "adapter.db").write_bytes(b"something else " * 500)
    with pytest.raises(StoreUnavailable, match="not a database"):
        insert(open_store(str(tmp_path / "adapter.db")), "a")
    assert b"something else " * 500 == (tmp_path / "adapter.db").read_bytes()


def test_a_damaged_file(tmp_path: Path) -> None:
    """Pages that were overwritten are StoreUnavailable, not another error."""
    store = open_store(str(tmp_path / "adapter.db"))
    insert(store, "a")
    store.close()
    size = (tmp_path / "adapter.db").stat().st_size
    with (tmp_path / "adapter.db").open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    with pytest.raises(StoreUnavailable):
        insert(store, "b")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """Where no file can be made, nothing is."""
    with pytest.raises(StoreUnavailable, match=r"adapter\.db: No such file or directory"):
        insert(open_store(str(tmp_path / "none" / "adapter.db")), "a")


def test_a_file_that_is_gone_is_not_made_anew(tmp_path: Path) -> None:
    """An empty one would have forgotten every write; once it is back, the store goes on."""
    file = tmp_path / "adapter.db"
    store = open_store(str(file))
    insert(store, "a")
    store.close()
    store.read(lambda connection: None)
    file.rename(tmp_path / "away")
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="No such file"):
            insert(store, "b")
    assert not file.exists()
    (tmp_path / "away").rename(file)
    assert ["a"] == rows(store)


def test_a_file_that_was_replaced(tmp_path: Path) -> None:
    """Nothing is written to a file that has lost its name: one refusal, then the new one is used."""
    other = open_store(str(tmp_path / "other.db"))
    insert(other, "other")
    other.close()
    store = open_store(str(tmp_path / "adapter.db"))
    insert(store, "a")
    (tmp_path / "other.db").replace(tmp_path / "adapter.db")
    for name in ("adapter.db-wal", "adapter.db-shm"):
        (tmp_path / name).unlink()
    with pytest.raises(StoreUnavailable, match="replaced"):
        insert(store, "b")
    assert ["other"] == rows(store)


@pytest.mark.parametrize("engine", ENGINES)
def test_after_a_fork_each_process_has_its_own(engine: str, tmp_path: Path) -> None:
    """A child opens the database for itself, and its parent's connections go on."""
    store = place(engine, tmp_path).store()
    insert(store, "parent")
    child = os.fork()
    if not child:
        try:
            insert(store, "child")
        finally:
            os._exit(0)
    assert (child, 0) == os.waitpid(child, 0)
    insert(store, "parent again")
    assert ["parent", "child", "parent again"] == rows(store)
    store.close()


@pytest.fixture
def server() -> Iterator[engines.PostgresServer]:
    """A PostgreSQL server to break."""
    try:
        with engines.postgres() as server:
            yield server
    except engines.Absent as absent:
        pytest.skip(str(absent))


def test_a_server_that_comes_and_goes(server: engines.PostgresServer) -> None:
    """A server that is gone is StoreUnavailable; one that was restarted is used again, without an error."""
    store = open_store(server.database())
    insert(store, "a")
    server.stop()
    server.start()
    assert insert(store, "b") is not None
    server.kill()
    with pytest.raises(StoreUnavailable, match="refused"):
        insert(store, "c")
    server.start()
    assert insert(store, "d") is not None
    assert ["a", "b", "d"] == rows(store)
    store.close()


def test_a_server_that_says_nothing(server: engines.PostgresServer) -> None:
    """Neither a connection that stands nor a new one waits longer than there is time."""
    store, stopped = open_store(server.database()), False
    insert(store, "a")
    server.pause()
    try:
        for _ in range(2):
            with pytest.raises(StoreUnavailable):
                insert(store, "b", time.monotonic() + 0.3)
        stopped = True
    finally:
        server.go_on()
    assert stopped
    assert insert(store, "c") is not None
    store.close()


def test_all_connections_busy(tmp_path: Path) -> None:
    """Who waits for a connection until the time is over gets StoreUnavailable."""
    store = place("postgres", tmp_path).store()
    insert(store, "a")
    opened = store._opened
    assert opened is not None
    for _ in range(opened.engine.most):
        assert opened._turns.acquire(timeout=1)
    with pytest.raises(StoreUnavailable, match="busy"):
        insert(store, "b", time.monotonic() + 0.01)
    for _ in range(opened.engine.most):
        opened._turns.release()
    assert insert(store, "b") is not None
    store.close()


@pytest.mark.parametrize("engine", ENGINES)
def test_nobody_waits_longer_than_a_request_has_time(engine: str, tmp_path: Path) -> None:
    """While all connections are busy, or another writes: what is asked for within a time ends with it."""
    store, begun, over = place(engine, tmp_path).store(patience=60.0), threading.Semaphore(0), threading.Event()
    insert(store, "a")

    def hold(connection: Connection) -> None:
        begun.release()
        over.wait(60)

    holding = [
        threading.Thread(target=store.run, args=(hold,)) for _ in range(1 if engine == "sqlite" else CONNECTIONS)
    ]
    for thread in holding:
        thread.start()
        assert begun.acquire(timeout=60)
    try:
        with within(time.monotonic() + 60), within(time.monotonic() + 0.05), pytest.raises(StoreUnavailable) as found:
            insert(store, "b")
    finally:
        over.set()
        for thread in holding:
            thread.join(60)
    assert (503, "no") == (found.value.status, found.value.sent)
    assert ["a"] == rows(store)
