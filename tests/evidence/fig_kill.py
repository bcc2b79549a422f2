"""fig.kill: the tour goes on while one of its processes after the other is killed (-9), at any moment.

Killed are the façade's master and its workers, the background process, and the new service; each is started again
at once. The pretend ERP has no disk, so it lives on. At the end every write of the tour is at both sides, each once,
and the audit is whole.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from adapter.cli import demo_tour, serve
from adapter.cli.children import HOST, free_port
from adapter.cli.demo import Ports, environment
from tests.evidence import Result
from tests.processes import children
from tests.stack import ROOT

SEED = 7
BETWEEN = (1.0, 4.0)
"""Seconds between two kills."""
SETTLED = 60.0
"""Seconds that copies may take to arrive once nothing is killed any more."""
VICTIMS = ("facade", "worker", "work", "service")


@dataclass(slots=True)
class Supervisor:
    """Starts processes, and starts again what ended."""

    commands: Mapping[str, Sequence[str]]
    environ: Mapping[str, str]
    folder: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    killed: dict[str, int] = field(default_factory=dict)
    deviating: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, name: str) -> None:
        """Start one process, in a session of its own."""
        more = [word for each in self.deviating for word in ("--deviate", each)] if name == "service" else []
        log = (self.folder / f"{name}.log").open("ab")
        with log:
            self.running[name] = subprocess.Popen(
                [*self.commands[name], *more], env=dict(self.environ), stdout=log, stderr=log, start_new_session=True
            )

    def kill(self, name: str) -> None:
        """Kill one process at once, or a worker of the façade; what does not come back by itself is started again."""
        with self.lock:
            self.killed[name] = self.killed.get(name, 0) + 1
            if name == "worker":
                for pid in children(self.running["facade"].pid)[:1]:
                    os.kill(pid, signal.SIGKILL)
                return
            process = self.running[name]
            for pid in [process.pid, *children(process.pid)]:
                os.kill(pid, signal.SIGKILL)
            process.wait()
            self.start(name)

    def end(self) -> None:
        """End everything."""
        with self.lock:
            for process in self.running.values():
                for pid in [*children(process.pid), process.pid] if process.poll() is None else []:
                    os.kill(pid, signal.SIGKILL)
                process.wait()


def measure() -> Result:
    """Make the tour under fire, and count what it left."""
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="fig-kill-")))
        stand, supervisor = opened.enter_context(_stand(folder))
        with _fire(supervisor):
            failed = demo_tour.tour(stand)
        lost = _differing(stand)
        status, said = stand.command(["audit", "verify"])
    kills = ", ".join(f"{name} {many}" for name, many in sorted(supervisor.killed.items()))
    enough = set(supervisor.killed) == set(VICTIMS)
    whole = "whole" if not status else said
    told = f"goes on; {len(failed)} answers failed, {len(lost)} lines of differences, audit {whole}"
    return Result(f"{told}; killed: {kills}{_first(lost)}", not failed and not lost and not status and enough)


@contextmanager
def _stand(folder: Path) -> Iterator[tuple[demo_tour.Stand, Supervisor]]:
    """Start what the tour is made on."""
    project = demo_tour.copied(ROOT, folder / "project")
    erp, service, facade = free_port(0), free_port(0), free_port(0)
    places = {"ADAPTER_STORE": str(folder / "adapter.db"), "ADAPTER_SUBJECTS": str(folder / "subjects.db")}
    environ = environment(project, Ports(erp, service, facade)) | places
    adapter = [sys.executable, "-m", "adapter"]
    supervisor = Supervisor(
        {
            "erp": [*adapter, "virtual", "--port", str(erp), "--project", str(project)],
            "service": [
                *(sys.executable, str(project / "ops" / "demo" / "customers.py"), "--port", str(service)),
                *("--database", str(folder / "customers.db")),
            ],
            "work": [*adapter, "work", "--project", str(project)],
            "facade": serve.gunicorn(project, f"{HOST}:{facade}", 2),
        },
        environ,
        folder,
    )

    def command(words: Sequence[str]) -> tuple[int, str]:
        made = subprocess.run([*adapter, *words], env=environ, capture_output=True, text=True, timeout=120)
        return made.returncode, (made.stdout + made.stderr).strip()

    stand = demo_tour.Stand(facade, service, command, lambda text: None, again=True, deviating=supervisor.deviating)
    for name in supervisor.commands:
        supervisor.start(name)
    try:
        yield stand, supervisor
    finally:
        supervisor.end()


@contextmanager
def _fire(supervisor: Supervisor) -> Iterator[None]:
    """Kill something every few seconds; each kind of process first."""
    chance, over = random.Random(SEED), threading.Event()

    def run() -> None:
        names = list(VICTIMS)
        while not over.wait(chance.uniform(*BETWEEN)):
            supervisor.kill(names.pop(0) if names else chance.choice(VICTIMS))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _differing(stand: demo_tour.Stand) -> list[str]:
    """Return what the sides do not agree about, once everything has arrived."""
    until = time.monotonic() + SETTLED
    while True:
        status, said = stand.command(["rollout", "reconcile", demo_tour.FEATURE, "--all"])
        if status == 0:
            return []
        if time.monotonic() > until:
            return said.splitlines()
        time.sleep(1.0)


def _first(lost: Sequence[str]) -> str:
    return f"; first: {' | '.join(lost[:4])}" if lost else ""
