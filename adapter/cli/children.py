"""Processes that belong to a command: started together, waited for, ended with it however it ends."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

HOST = "127.0.0.1"
PATIENCE = 60.0
GRACE = 10.0
PAUSE = 0.05
LAST_LINES = 20


class ChildError(Exception):
    """A child ended or never answered; the text names it and quotes what it said last."""


@dataclass(frozen=True, slots=True)
class _Child:
    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop: signal.Signals


class Children:
    """A context that ends its processes, the last one first, by a signal and, when that does not help, SIGKILL.

    What they print goes to ``<folder>/<name>.log``. They have sessions of their own, so that a Ctrl-C reaches them
    through this object only.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._children: list[_Child] = []

    def __enter__(self) -> Children:
        """Open; nothing is started yet."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End every process. A second Ctrl-C does not stop this: it is bounded, and would leave processes behind."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        for child in reversed(self._children):
            child.process.send_signal(child.stop)
        deadline = time.monotonic() + GRACE
        for child in reversed(self._children):
            try:
                child.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(child.process.pid, signal.SIGKILL)  # its own session, so its own children go with it
                child.process.wait()

    def start(
        self, name: str, command: Sequence[str], environ: Mapping[str, str], stop: signal.Signals = signal.SIGTERM
    ) -> None:
        """Start one process; ``stop`` is the signal that ends it."""
        log = self._folder / f"{name}.log"
        with ExitStack() as stack:
            output = stack.enter_context(log.open("wb"))
            process = subprocess.Popen(
                command,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._children.append(_Child(name, process, log, stop))

    def wait_for(self, name: str, port: int, path: str) -> None:
        """Return once a process has printed its URL on ``port`` and answers ``path`` with 200.

        Without the first, somebody else's server on that port might be taken for ours. Raises ChildError when a process
        ends, or after ``PATIENCE`` seconds.
        """
        deadline = time.monotonic() + PATIENCE
        while not (f"http://{HOST}:{port}" in self._log(name) and _answers(port, path)):
            self.check()
            if time.monotonic() > deadline:
                raise ChildError(f"{name} does not answer on port {port} after {PATIENCE:g} s\n{self._said(name)}")
            time.sleep(PAUSE)

    def check(self) -> None:
        """Raise ChildError when a process has ended."""
        for child in self._children:
            status = child.process.poll()
            if status is not None:
                raise ChildError(f"{child.name} ended with status {status}\n{self._said(child.name)}")

    def _log(self, name: str) -> str:
        return (self._folder / f"{name}.log").read_text("utf-8", "replace")

    def _said(self, name: str) -> str:
        return "\n".join(f"  {line}" for line in self._log(name).splitlines()[-LAST_LINES:])


def free_port(wanted: int) -> int:
    """Return ``wanted`` if nobody listens there, else a port that is free now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, wanted))
        except OSError:
            probe.bind((HOST, 0))
        number: int = probe.getsockname()[1]
        return number


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
