"""The whole thing on loopback: virtual ERP in a thread, the adapter under a real gunicorn with gevent workers."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapter import virtual
from tests.everyone import EVERYONE, elsewhere

ROOT = Path(__file__).parent.parent
START_SECONDS = 30
APP = "adapter.app:create_app()"
CONFIG = ROOT / "ops" / "gunicorn.conf.py"


@dataclass(frozen=True)
class Answer:
    """One HTTP answer: status, header fields by lower-case name, raw body."""

    status: int
    headers: Mapping[str, str]
    data: bytes

    @property
    def json(self) -> Any:
        """The body as JSON; None when there is none."""
        return json.loads(self.data) if self.data else None


@dataclass(frozen=True)
class Stack:
    """A running adapter: where it listens, the virtual ERP behind it, its process, and what it wrote."""

    url: str
    erp: virtual.Server
    process: subprocess.Popen[bytes]
    log: Path

    def call(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None, timeout: float = 30
    ) -> Answer:
        """Make one call; ``body`` is sent as JSON, or as it is when it is bytes."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json"} if data is not None else {}
        request = urllib.request.Request(self.url + path, data, {**sent, **(headers or {})}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return _answer(answer)
        except urllib.error.HTTPError as error:
            with error:
                return _answer(error)

    def get(self, path: str) -> Any:
        """Return the JSON of a successful GET. Raise AssertionError for any other status."""
        answer = self.call("GET", path)
        assert answer.status == 200, (path, answer.status, answer.data[:500])
        return answer.json


def _answer(answer: Any) -> Answer:
    return Answer(answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read())


@contextmanager
def stack(project: Path = ROOT, environ: Mapping[str, str] | None = None, workers: int = 1) -> Iterator[Stack]:
    """Start everything, and end only what was started here, by its process id."""
    with (
        virtual.running(project) as erp,
        gunicorn(project, {**erp_settings(erp), **(environ or {})}, workers) as (url, process, log),
    ):
        yield Stack(url, erp, process, log)


@contextmanager
def gunicorn(
    project: Path, environ: Mapping[str, str], workers: int = 1, app: str = APP, config: Path = CONFIG
) -> Iterator[tuple[str, subprocess.Popen[bytes], Path]]:
    """Start the adapter alone on a project; yield its address, its process, and the file of its log lines.

    It asks nobody who they are, unless ``environ`` says otherwise.

    ``app`` and ``config`` start another application in the same way; it too answers ``/healthz``.
    """
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        command = [sys.executable, "-m", "gunicorn", "--config", str(config),
                   "--bind", f"127.0.0.1:{port}", "--workers", str(workers), app]  # fmt: skip
        place = elsewhere(folder) if project == ROOT else {}
        process = _started(command, folder, {"ADAPTER_PROJECT": str(project), **EVERYONE, **place, **environ})
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(url + "/healthz", process, lambda: (folder / "err").read_text()[-2000:])
            yield url, process, folder / "out"
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


def erp_settings(erp: virtual.Server) -> dict[str, str]:
    """Return the settings that point the clone's project at a virtual ERP."""
    return {
        "ADAPTER_ENDPOINT_ERPSERVICE_ERPSOAP11": erp.url("/erp/soap11"),
        "ADAPTER_ENDPOINT_ERPSERVICE_ERPSOAP12": erp.url("/erp/soap12"),
        "ADAPTER_ENDPOINT_LAGERSERVICE": erp.url("/lager"),
    }


def free_port() -> int:
    """Return a port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _started(command: Sequence[str], folder: Path, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("ADAPTER_")}
    with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
        return subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=err, env={**own, **environ})


def wait_for(url: str, process: subprocess.Popen[bytes], why: Callable[[], str] = str) -> None:
    """Wait until ``url`` answers. Raise RuntimeError with what ``why`` says when the process ends or is too slow."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"nothing answers at {url}: {why()}")
