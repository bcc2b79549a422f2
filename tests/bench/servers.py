"""Start the adapter and its peers as they run in production, each in front of an ERP at a port of loopback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.stack import ROOT, free_port, gunicorn, wait_for

HERE = Path(__file__).parent / "peers"
WSDL = ROOT / "wsdl" / "erp" / "erp.wsdl"
_PARTS = ("wsdl", "tests", "adapter.env")
_SOAP, _GUARD = "\nsoap:\n", "{concurrency: 1000, breaker: {slow: 5}}"
OURS, TWO, HAND, NODE, FLOOR = "adapter", "adapter, 2 workers", "hand-written", "node", "floor"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its name in results, where it listens, the process that all of its processes descend from."""

    name: str
    url: str
    pid: int


def endpoint(erp: int) -> str:
    """Return where the ERP at a port takes SOAP calls."""
    return f"http://127.0.0.1:{erp}/erp/soap11"


@contextmanager
def adapter(erp: int, workers: int = 1, project: Path = ROOT) -> Iterator[Server]:
    """Run the adapter on a project folder, with the settings and the gunicorn file that it ships with.

    Its ERP is guarded as one is that can take 1,000 calls at once, and whose answers take less than five seconds.
    """
    ports = ("ERPSERVICE_ERPSOAP11", "ERPSERVICE_ERPSOAP12", "LAGERSERVICE")
    environ = {f"ADAPTER_ENDPOINT_{port}": endpoint(erp) for port in ports}
    with (
        tempfile.TemporaryDirectory(prefix="bench-project-") as folder,
        gunicorn(guarded(project, Path(folder)), environ, workers) as (url, process, _),
    ):
        yield Server(OURS if workers == 1 else f"{OURS}, {workers} workers", url, process.pid)


def guarded(project: Path, folder: Path) -> Path:
    """Make the same project in a folder, with a guard in the first of its mappings; all have one endpoint here."""
    for each in project.iterdir():
        if each.name in _PARTS:
            (folder / each.name).symlink_to(each)
    shutil.copytree(project / "mappings", folder / "mappings")
    first = next(file for file in sorted(folder.glob("mappings/**/*.yaml")) if _SOAP in file.read_text("utf-8"))
    first.write_text(first.read_text("utf-8").replace(_SOAP, f"{_SOAP}  guard: {_GUARD}\n", 1), "utf-8")
    return folder


@contextmanager
def hand(erp: int) -> Iterator[Server]:
    """Run the hand-written Flask, zeep and marshmallow."""
    environ = {"HAND_WSDL": str(WSDL), "HAND_ENDPOINT": endpoint(erp)}
    app, config = "tests.bench.peers.hand.app:create_app()", HERE / "hand" / "gunicorn_config.py"
    with gunicorn(ROOT, environ, app=app, config=config) as (url, process, _):
        yield Server(HAND, url, process.pid)


@contextmanager
def floor(exchanges: Mapping[str, Any]) -> Iterator[Server]:
    """Run the bare view in the adapter's own worker. ``exchanges``: path -> what it sends, as ``peers.floor`` says."""
    with tempfile.TemporaryDirectory(prefix="bench-floor-") as folder:
        file = Path(folder, "exchanges.json")
        file.write_text(json.dumps(exchanges), encoding="utf-8")
        app = "tests.bench.peers.floor:create_app()"
        with gunicorn(ROOT, {"FLOOR_EXCHANGES": str(file)}, app=app) as (url, process, _):
            yield Server(FLOOR, url, process.pid)


@contextmanager
def node(erp: int, packages: Path) -> Iterator[Server]:
    """Run express with node-soap; ``packages`` is the folder node_modules that they are installed in."""
    port = free_port()
    command = ["node", str(HERE / "node" / "server.js"), str(port), str(WSDL), endpoint(erp)]
    environ = {**os.environ, "NODE_ENV": "production", "NODE_PATH": str(packages)}
    with tempfile.TemporaryFile() as said, subprocess.Popen(command, env=environ, stdout=said, stderr=said) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", process)
            yield Server(NODE, f"http://127.0.0.1:{port}", process.pid)
        finally:
            process.terminate()
            process.wait(10)
