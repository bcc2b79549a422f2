"""A real gunicorn on loopback with the configuration that is shipped, and the application it runs for the tests."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from adapter import strict_json
from adapter.errors import BackendLost
from adapter.messages import Request, Response, Stream
from adapter.settings import Settings
from adapter.steps.observe import observe
from adapter.telemetry import Telemetry
from adapter.web import Route, install

ROOT = Path(__file__).parents[2]
LIMIT = 1000


def application() -> Flask:
    """Return the application that the gunicorn of these tests loads: echoes, streams and a defect."""
    telemetry = Telemetry()
    telemetry.lines.adopt_libraries()
    seen = observe(telemetry.started, telemetry.finished)
    return install(
        [
            Route("things.read", "GET", "/things/{id}", seen(_read), 5),
            Route("things.create", "POST", "/things", seen(_echo), 1),
            Route("things.pid", "GET", "/pid", seen(_pid), 5),
            Route("things.wait", "POST", "/wait", seen(_echo), 60),
        ],
        Settings(max_request_bytes=LIMIT),
        telemetry,
    )


def _echo(request: Request) -> Response:
    return Response(201, request.body, answered_by="soap")


def _pid(request: Request) -> Response:
    return Response(200, str(os.getpid()).encode())


def _read(request: Request) -> Response:
    match request.path["id"]:
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "defect":
            raise KeyError("payload that must not be seen")
        case "stream":
            return Response(200, Stream(iter([b"[1", b",2]"]), _nothing))
        case "broken":
            return Response(200, Stream(_breaks(), _nothing))
    return Response(200, strict_json.encode({"path": dict(request.path), "query": request.query}))


def _breaks() -> Iterator[bytes]:
    yield b"[1"
    raise BackendLost("backend-lost", 502, cause="gone")


def _nothing() -> None:
    """Close a stream that holds nothing."""


@dataclass(frozen=True)
class Server:
    """A running gunicorn: its process, where it listens (a port or a socket's path) and where its two outputs go."""

    process: subprocess.Popen[bytes]
    address: int | str
    folder: Path

    def connect(self) -> socket.socket:
        """Open a connection."""
        if isinstance(self.address, int):
            return socket.create_connection(("127.0.0.1", self.address), timeout=20)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(20)
        connection.connect(self.address)
        return connection

    def talk(self, sent: bytes) -> bytes:
        """Send bytes on a new connection and return everything that comes back until the server closes it."""
        with self.connect() as connection:
            connection.sendall(sent)
            return drain(connection)

    def ask(self, target: str, method: str = "GET", headers: str = "", body: bytes = b"") -> tuple[int, bytes]:
        """Send one ordinary request; return status and body."""
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        head = f"{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{length}{headers}\r\n"
        return parsed(self.talk(head.encode("latin-1") + body))

    def lines(self) -> list[dict[str, object]]:
        """Return the log lines of requests and bugs."""
        return [json.loads(line) for line in (self.folder / "out").read_text().splitlines()]


def drain(connection: socket.socket) -> bytes:
    """Read until the server closes the connection."""
    received = b""
    for _ in range(10_000):
        chunk = connection.recv(65536)
        if not chunk:
            return received
        received += chunk
    raise AssertionError("the answer does not end")


@contextmanager
def running(
    folder: Path, workers: int = 1, bind: str = "127.0.0.1:0", own: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Run gunicorn with the configuration that is shipped, and stop it gracefully."""
    # The console script, since "python -m gunicorn" cannot replace itself: its folder would hide http of the library.
    command = [str(Path(sys.executable).with_name("gunicorn")), "--config", str(ROOT / "ops/gunicorn.conf.py"),
               "--bind", bind, "--workers", str(workers), "tests.wire.edge:application()"]  # fmt: skip
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder), **(own or {})}
    with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=out, stderr=err)
    try:
        yield Server(process, _address(process, folder / "err"), folder)
    finally:
        process.send_signal(signal.SIGTERM)
        assert 0 == process.wait(timeout=60)


def _address(process: subprocess.Popen[bytes], log: Path) -> int | str:
    """Wait until gunicorn has said where it listens."""
    for _ in range(1_000_000):
        if match := re.search(r"Listening at: (?:http://127\.0\.0\.1:(\d+)|unix:(\S+))", log.read_text()):
            return match[2] or int(match[1])
        if process.poll() is not None:
            break
    raise AssertionError(log.read_text())


def parsed(answer: bytes) -> tuple[int, bytes]:
    """Return status and body of an answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


def problem(answer: tuple[int, bytes]) -> tuple[int, str]:
    """Return status and problem slug of an answer."""
    return answer[0], json.loads(answer[1])["type"].removeprefix("/problems/")
