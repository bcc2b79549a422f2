"""speed.start and speed.worker_rss: the largest contract of the corpus, every operation of it mapped.

Started is when ``/readyz`` answers 200, under gunicorn with the file that is shipped. The memory of a worker is what it
shares with no other process (Private_Clean + Private_Dirty) once all workers have answered many operations.
"""

from __future__ import annotations

import http.client
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from adapter.app import build
from adapter.mapping.bound import Endpoint
from adapter.wsdl.ground import Ground
from tests.bench.largest import Project, pretended, proposed
from tests.everyone import EVERYONE
from tests.evidence import Result
from tests.evidence.clone import environment
from tests.evidence.house import ROOT
from tests.evidence.wsdl_load import WSDL
from tests.netsuite.contract import ABSENT
from tests.processes import children, cpu_seconds, private
from tests.served.requests import Sent, requests
from tests.stack import free_port

SECONDS, MEGABYTES = 4.0, 20.0
STARTS, WORKERS = 5, 3
# Of so many operations one is called, so many times: connections are new ones, so each worker gets its share.
EVERY, TIMES = 10, 6
ANSWERED = 0.9
_PATIENCE = 120


def measure() -> Mapping[str, Result]:
    """Start the project some times, then with several workers, and call it."""
    if not WSDL.is_dir():
        return dict.fromkeys(("speed.start", "speed.worker_rss"), Result(ABSENT, ok=False))
    with proposed() as project:
        taken = sorted(_seconds(project) for _ in range(STARTS))
        middle = statistics.median(taken)
        told = (
            f"{middle:.1f} s (median of {STARTS}, {taken[0]:.1f} to {taken[-1]:.1f}), {project.operations} operations"
        )
        return {"speed.start": Result(told, middle <= SECONDS), "speed.worker_rss": _memory(project)}


@dataclass(frozen=True, slots=True)
class _Running:
    port: int
    pid: int
    seconds: float


@contextmanager
def _gunicorn(project: Project, erp: str, workers: int) -> Iterator[_Running]:
    """Start gunicorn, wait until it is ready, and end it."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("gunicorn")), "--config", str(ROOT / "ops" / "gunicorn.conf.py"),
               "--bind", f"127.0.0.1:{port}", "--workers", str(workers), "adapter.app:create_app()"]  # fmt: skip
    variables = {**EVERYONE, "ADAPTER_PROJECT": str(project.folder), "PYTHONPATH": str(ROOT)} | (
        {_variable(project): erp} if erp else {}
    )
    with tempfile.TemporaryFile() as said:
        start = time.monotonic()
        process = subprocess.Popen(command, cwd=project.folder, env=environment() | variables, stdout=said, stderr=said)
        try:
            while _status(port) != 200:
                if process.poll() is not None or time.monotonic() - start > _PATIENCE:
                    said.seek(0)
                    raise RuntimeError(f"gunicorn is not ready: {said.read()[-500:].decode(errors='replace')}")
                time.sleep(0.01)
            yield _Running(port, process.pid, time.monotonic() - start)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(_PATIENCE)


def _variable(project: Project) -> str:
    """Return the setting that says where the project's ERP is."""
    lines = (project.folder / "adapter.env").read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith("ADAPTER_ENDPOINT_")).partition("=")[0]


def _status(port: int) -> int:
    """Return what /readyz answers, 0 where nobody does."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def _seconds(project: Project) -> float:
    with _gunicorn(project, "", 1) as running:
        return running.seconds


def _memory(project: Project) -> Result:
    """Return what the fullest worker has for itself after many operations were called."""
    with pretended(project) as erp, _gunicorn(project, erp, WORKERS) as running:
        workers = children(running.pid)
        fresh = max(map(private, workers)) / 1e6
        before = [cpu_seconds(pid) for pid in workers]
        statuses = [_ask(running.port, sent) for sent in _calls(project, erp) for _ in range(TIMES)]
        idle = sum(cpu_seconds(pid) - begun < 0.1 for pid, begun in zip(workers, before, strict=True))
        most = max(map(private, workers)) / 1e6
        share = sum(200 <= status < 300 for status in statuses) / len(statuses)
    told = (
        f"{most:.1f} MB private in the fullest of {WORKERS} workers after {len(statuses)} calls of "
        f"{len(statuses) // TIMES} operations ({share:.0%} with success), {fresh:.1f} MB before"
    )
    if idle or share < ANSWERED:
        return Result(f"{told}; {idle} workers answered nothing" if idle else told, ok=False)
    return Result(told, most <= MEGABYTES)


def _calls(project: Project, erp: str) -> list[Sent]:
    """Return a valid request for each operation that is called."""
    built = build(project.folder, {_variable(project): erp})
    ground = Ground.of(next(iter(built.contracts.values())))
    return [sent for endpoint in built.endpoints[::EVERY] for sent in _first(endpoint, ground)]


def _first(endpoint: Endpoint, ground: Ground) -> list[Sent]:
    try:
        return [next(requests(endpoint, ground))]
    except LookupError:
        return []


def _ask(port: int, sent: Sent) -> int:
    """Make one call on a connection of its own and return its status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Connection": "close"} | ({"Content-Type": "application/json"} if sent.body is not None else {})
    query = f"?{urlencode(sent.query)}" if sent.query else ""
    try:
        connection.request(sent.method, sent.path + query, sent.body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()
