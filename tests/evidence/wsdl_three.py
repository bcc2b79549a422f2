"""wsdl.three: commands from a contract of the corpus, in an empty folder, to a documented API that answers a call.

What answers behind it is ``adapter virtual`` for the same contract: it stands for the system itself. Who calls has a
key, which one more command makes for each caller that there will be.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from adapter.cli.children import free_port
from adapter.settings import endpoint_names
from adapter.virtual.any.ports import address, places
from adapter.wsdl.load import load
from tests.evidence import Result
from tests.evidence.clone import environment
from tests.evidence.house import ROOT
from tests.netsuite.contract import ABSENT, CORPUS

GOAL = 3
WSDL = CORPUS / "wsdl"
CONTRACT = "dynamics-nav/ItemCard.wsdl"
COMMANDS = (["propose", str(WSDL / CONTRACT)], ["check"], ["serve"])
CALL = "/v1/item-cards/1000"
KEY = ["keys", "create", "--owner", "me", "--scopes", "item-cards.read"]


def measure() -> Result:
    """Run the commands; ask for the document, the page of the docs and one record."""
    if not WSDL.is_dir():
        return Result(ABSENT, ok=False)
    with tempfile.TemporaryDirectory(prefix="three-") as folder, _started(["virtual", str(WSDL / CONTRACT)]) as erp:
        env = _addresses(erp)
        for command in COMMANDS[:-1]:
            if _adapter(command, Path(folder), env).wait(300):
                return Result(f"{command[0]} said no", ok=False)
        with _started(COMMANDS[-1], Path(folder), env) as port:
            refused = _get(port, CALL)[0]
            key = _adapter(KEY, Path(folder), env, subprocess.PIPE).communicate(timeout=60)[0].decode().strip()
            document, page, answer = (_get(port, path, key) for path in ("/openapi.json", "/docs", CALL))
    paths = len(json.loads(document[1]).get("paths", {})) if document[0] == 200 else 0
    told = f"{paths} documented paths, docs {page[0]}, GET {CALL} {answer[0]} with a key, {refused} without"
    ok = (
        refused == 401 and paths > 0 and page[0] == 200 and answer[0] == 200 and isinstance(json.loads(answer[1]), dict)
    )
    return Result(f"{len(COMMANDS)} ({told})", ok and len(COMMANDS) <= GOAL)


def _addresses(port: int) -> dict[str, str]:
    """Return where each port of the contract is called here."""
    every = places(load(WSDL, CONTRACT))
    return {endpoint_names(each.service, each.port)[0]: address(f"http://127.0.0.1:{port}", each) for each in every}


def _adapter(
    command: list[str], folder: Path, env: dict[str, str], output: int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    whole = environment() | {"PYTHONPATH": str(ROOT), "PATH": os.environ.get("PATH", ""), **env}
    line = [sys.executable, "-m", "adapter", *command]
    return subprocess.Popen(line, cwd=folder, env=whole, stdout=output, stderr=subprocess.DEVNULL)


@contextmanager
def _started(command: list[str], folder: Path = ROOT, env: dict[str, str] | None = None) -> Iterator[int]:
    """Start what serves on a free port, and end it."""
    port = free_port(0)
    where = ["--bind", f"127.0.0.1:{port}"] if command[0] == "serve" else ["--port", str(port)]
    process = _adapter([*command, *where], folder, env or {})
    try:
        _wait(process, port)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"a server ended with {process.returncode}")
        try:
            _get(port, "/")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("a server did not start")


def _get(port: int, path: str, key: str = "") -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"X-API-Key": key} if key else {})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()
