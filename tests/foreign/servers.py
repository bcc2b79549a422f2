"""Start a server that others wrote, take its contract from it as a user would, and call it through a mapping."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from adapter.app import create_app
from adapter.wsdl.load import load
from adapter.wsdl.lock import write_lock
from adapter.wsdl.vendor import add
from tests.everyone import EVERYONE
from tests.stack import free_port, wait_for

HERE = Path(__file__).parent
_PYTHON = (sys.executable, "-W", "ignore")


@dataclass(frozen=True)
class Call:
    """One call and what is expected of it: method, path, body, status and JSON (without ``instance``)."""

    method: str
    path: str
    body: Any
    status: int
    answer: Any


@dataclass(frozen=True)
class Foreign:
    """One server: its name, how it is started (``PORT`` is filled in), its path, its mapping, and calls."""

    name: str
    command: Sequence[str]
    path: str
    mapping: str
    endpoint: str
    calls: tuple[Call, ...]
    folder: Path = HERE


SPYNE = Foreign(
    "spyne", (*_PYTHON, str(HERE / "spyne_server.py"), "PORT"), "/", "shipments.yaml", "SHIPMENTS",
    (
        Call("GET", "/v1/shipments/7", None, 200, {
            "id": "7", "recipient": "Müller & Söhne", "sent_on": "2026-01-31", "parcels": [{"weight": "1.50"}],
        }),
        Call("GET", "/v1/shipments/404", None, 404, {
            "type": "/problems/shipment-not-found", "title": "No such shipment", "status": 404,
        }),
        Call("POST", "/v1/shipments", {
            "id": "1", "recipient": "<Ada & Co>", "sent_on": None,
            "parcels": [{"weight": "0.10"}, {"weight": "2", "label": ""}],
        }, 201, {"id": "220"}),
    ),
)  # fmt: skip
SOAPBAR = Foreign(
    "soapbar", (*_PYTHON, str(HERE / "soapbar_server.py"), "PORT"), "/", "rates.yaml", "RATES",
    (
        Call("GET", "/v1/rates/EUR/CHF?amount=12345678901234567.25", None, 200, {"amount": "11728394956172838.8875"}),
        Call("GET", "/v1/rates/EUR/XXX", None, 404, {
            "type": "/problems/currency-not-found", "title": "No such currency", "status": 404,
        }),
    ),
)  # fmt: skip
NODE = Foreign(
    "npm soap", ("node", "node_server.js", "PORT", str(HERE / "weather.wsdl")), "/weather", "weather.yaml", "WEATHER",
    (
        Call("GET", "/v1/stations/Ulm%20S%C3%BCd/readings?most=1", None, 200, {
            "items": [{"hour": 0, "celsius": "-0.50"}],
        }),
        Call("GET", "/v1/stations/Ulm/readings", None, 200, {
            "items": [
                {"hour": 0, "celsius": "-0.50"}, {"hour": 1, "celsius": "12.25"}, {"hour": 2, "celsius": "21.00"},
            ],
        }),
        Call("GET", "/v1/stations/Ulm/readings?most=0", None, 200, {"items": []}),
        Call("GET", "/v1/stations/nowhere/readings", None, 404, {
            "type": "/problems/station-not-found", "title": "No such station", "status": 404,
        }),
    ),
)  # fmt: skip


@contextmanager
def called(foreign: Foreign) -> Iterator[Flask]:
    """Yield the adapter on a project whose contract was fetched from the running server."""
    port = free_port()
    command = [part.replace("PORT", str(port)) for part in foreign.command]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, cwd=foreign.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process,
    ):
        try:
            url = f"http://127.0.0.1:{port}{foreign.path}"
            wait_for(f"{url}?wsdl", process)
            yield _app(foreign, Path(folder), url)
        finally:
            process.terminate()
            process.wait(10)


def _app(foreign: Foreign, project: Path, url: str) -> Flask:
    wsdl = project / "wsdl"
    wsdl.mkdir()
    root = add(f"{url}?wsdl", wsdl, "foreign")[0]
    (project / "mappings").mkdir()
    mapping = (HERE / foreign.mapping).read_text("utf-8").replace("foreign/FILE", root.relative_to(wsdl).as_posix())
    (project / "mappings" / foreign.mapping).write_text(mapping, "utf-8")
    write_lock(wsdl, [load(wsdl, root.relative_to(wsdl).as_posix())])
    return create_app(project, {**EVERYONE, f"ADAPTER_ENDPOINT_{foreign.endpoint}": url})


def wrong(app: Flask, calls: Sequence[Call]) -> list[str]:
    """Make the calls; return what was answered in another way than expected."""
    found = []
    for call in calls:
        sent = {} if call.body is None else {"json": call.body}
        got = app.test_client().open(call.path, method=call.method, headers={"Host": "localhost"}, **sent)
        answer = json.loads(got.data)
        if got.status_code >= 400:
            answer.pop("instance", None)
        if (got.status_code, answer) != (call.status, call.answer):
            found.append(f"{call.method} {call.path}: {got.status_code} {answer}")
    return found


def npm_folder() -> Path | None:
    """Install the npm package soap into a folder of its own and return it with our server in it; None without npm."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        return None
    folder = Path(tempfile.mkdtemp())
    shutil.copy(HERE / "node_server.js", folder)
    done = subprocess.run(
        ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), "soap@1"],
        capture_output=True, timeout=180, check=False,
    )  # fmt: skip
    return folder if done.returncode == 0 else None
