"""How each dependency is broken in each way, while a ``with`` block lasts; after it all is well again."""

from __future__ import annotations

import os
import resource
import shutil
import socket
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Final

from tests import processes
from tests.resilience.faults import Cut, Fault, Way, document, html, truncated
from tests.resilience.message import Message
from tests.resilience.proxy import Proxy
from tests.resilience.stand import Stand

HOUR: Final = 3600.0
_SOAP_FAULT: Final = (
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Server</faultcode>'
    b"<faultstring>No space left on device</faultstring></s:Fault></s:Body></s:Envelope>"
)
_NO_SPACE: Final = b'{"type": "about:blank", "title": "Insufficient Storage", "status": 507}'
_REPLY: Final[frozenset[Way]] = frozenset(("reply",))
_NEVER: Final = 50.0

_HTTP: Final[Mapping[str, Fault]] = {
    "down": Fault(down=True),
    "slow": Fault(latency=_NEVER, ways=_REPLY),
    "reset": Fault(cut=Cut("reply", "before", "reset")),
    "truncated": Fault(spoil=truncated),
    "HTML": Fault(instead=html()),
    "wrong type": Fault(instead=document(200, "application/octet-stream", b"\0\1\2\3")),
    "slow drip": Fault(piece=1, pause=0.5, ways=_REPLY),
}
_BYTES: Final[Mapping[str, Fault]] = {
    "down": Fault(down=True),
    "slow": Fault(latency=_NEVER),
    "reset": Fault(cut=Cut("reply", 0, "reset")),
    "truncated": Fault(cut=Cut("reply", 3, "close")),
    "HTML": Fault(instead=html()),
    "wrong type": Fault(instead=b"\0\1\2\3\r\n"),
    "slow drip": Fault(piece=1, pause=0.5, ways=_REPLY),
}


def broken(stand: Stand, dependency: str, fault: str) -> AbstractContextManager[None]:
    """Break one dependency in one way."""
    return _BREAKERS[dependency](stand, fault)


def _erp(stand: Stand, fault: str) -> AbstractContextManager[None]:
    if fault == "clock jump":
        return _wrong_date(stand.erp)
    full = Fault(instead=document(500, "text/xml; charset=utf-8", _SOAP_FAULT))
    return _through(stand.erp, {**_HTTP, "full disk": full}[fault])


def _service(stand: Stand, fault: str) -> AbstractContextManager[None]:
    if fault == "clock jump":
        return _wrong_date(stand.service)
    full = Fault(instead=document(507, "application/problem+json", _NO_SPACE))
    return _through(stand.service, {**_HTTP, "full disk": full}[fault])


def _postgres(stand: Stand, fault: str) -> AbstractContextManager[None]:
    assert stand.store is not None
    if fault == "clock jump":
        return _clock(stand, HOUR)
    return _no_space(stand) if fault == "full disk" else _through(stand.store, _BYTES[fault])


def _valkey(stand: Stand, fault: str) -> AbstractContextManager[None]:
    assert stand.valkey is not None
    if fault == "clock jump":
        return _clock(stand, -HOUR)
    return _no_memory(stand) if fault == "full disk" else _through(stand.valkey, _BYTES[fault])


def _disk(stand: Stand, fault: str) -> AbstractContextManager[None]:
    if fault == "clock jump":
        return _clock(stand, -HOUR)
    return _DISK[fault](stand)


@contextmanager
def _through(proxy: Proxy, fault: Fault) -> Iterator[None]:
    proxy.fault = fault
    try:
        yield
    finally:
        proxy.heal()


@contextmanager
def _wrong_date(proxy: Proxy) -> Iterator[None]:
    """The clock of the other side is years ahead: so say its answers."""

    def spoil(message: Message) -> bytes:
        line, _, rest = message.head.partition(b"\r\n")
        kept = [each for each in rest.split(b"\r\n") if not each.lower().startswith(b"date:")]
        return b"\r\n".join([line, b"Date: Fri, 01 Jan 2038 00:00:00 GMT", *kept]) + message.body

    with _through(proxy, Fault(spoil=spoil)):
        yield


@contextmanager
def _clock(stand: Stand, seconds: float) -> Iterator[None]:
    """The wall clock of the adapter's machine is set, so that it and the dependency disagree."""
    stand.clock(seconds)
    try:
        yield
    finally:
        stand.clock(0)


@contextmanager
def _no_space(stand: Stand) -> Iterator[None]:
    """PostgreSQL answers each write as it does when its disk is full (SQLSTATE 53100)."""
    assert stand.postgres is not None
    name = stand.place.store_url.rpartition("/")[2]
    body = "BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END"
    stand.postgres.sql(f"CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$", name)
    stand.postgres.sql(
        "CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE OR DELETE ON writes EXECUTE FUNCTION full_disk()", name
    )
    try:
        yield
    finally:
        stand.postgres.sql("DROP FUNCTION full_disk CASCADE", name)


@contextmanager
def _no_memory(stand: Stand) -> Iterator[None]:
    """Valkey refuses what needs memory."""
    assert stand.valkey_server is not None
    _told(stand.valkey_server.port, b"CONFIG SET maxmemory 1\r\n")
    try:
        yield
    finally:
        _told(stand.valkey_server.port, b"CONFIG SET maxmemory 0\r\n")


def _told(port: int, command: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(command)
        if not connection.recv(100).startswith(b"+OK"):
            raise RuntimeError(f"Valkey does not take {command!r}")


@contextmanager
def _moved(stand: Stand, put: Callable[[Path, Path], None]) -> Iterator[None]:
    """Move the database and its WAL away; ``put`` says what is there instead: the path, and where the old files are."""
    path, away = Path(stand.place.store_url), stand.folder / "away"
    away.mkdir()
    files = [path.with_name(path.name + end) for end in ("", "-wal", "-shm")]
    for file in files:
        if file.exists():
            file.rename(away / file.name)
    put(path, away / path.name)
    try:
        yield
    finally:
        for left in path.parent.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        for file in away.iterdir():
            file.rename(path.parent / file.name)
        away.rmdir()


def _nothing(path: Path, old: Path) -> None:
    return None


def _half(path: Path, old: Path) -> None:
    data = old.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _page(path: Path, old: Path) -> None:
    path.write_bytes(html())


def _folder(path: Path, old: Path) -> None:
    path.mkdir()


def _empty(path: Path, old: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


@contextmanager
def _locked(stand: Stand) -> Iterator[None]:
    """Somebody else writes, and does not come to an end."""
    with closing(sqlite3.connect(stand.place.store_url, timeout=20, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def _full(stand: Stand) -> Iterator[None]:
    """No file of the adapter's processes may grow beyond what the WAL has now, while a reader keeps it from shrinking.

    The reader comes first: one that finds all of the WAL in the database already does not keep it from being used anew.
    The log of the test is smaller than the WAL, so that goes on.
    """
    path = stand.place.store_url
    with (
        closing(sqlite3.connect(path, timeout=20, isolation_level=None)) as connection,
        closing(sqlite3.connect(path, timeout=20, isolation_level=None)) as writer,
    ):
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM writes").fetchone()
        writer.execute("CREATE TABLE IF NOT EXISTS filler (data BLOB)")
        writer.execute("INSERT INTO filler VALUES (zeroblob(4000000))")
        pids = [*processes.tree(stand.master), *processes.tree(stand.worker.pid)]
        before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids}
        size = os.path.getsize(path + "-wal")
        try:
            for pid, (_, hard) in before.items():
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))
            yield
        finally:
            for pid, limits in before.items():
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)
            connection.execute("ROLLBACK")


_DISK: Final[Mapping[str, Callable[[Stand], AbstractContextManager[None]]]] = {
    "down": lambda stand: _moved(stand, _nothing),
    "slow": _locked,
    "reset": lambda stand: _moved(stand, _empty),
    "truncated": lambda stand: _moved(stand, _half),
    "HTML": lambda stand: _moved(stand, _page),
    "wrong type": lambda stand: _moved(stand, _folder),
    "full disk": _full,
}
_BREAKERS: Final[Mapping[str, Callable[[Stand, str], AbstractContextManager[None]]]] = {
    "ERP": _erp,
    "HTTP service": _service,
    "PostgreSQL": _postgres,
    "Valkey": _valkey,
    "disk": _disk,
}
