"""calm.restarts: two instances behind the nginx configuration that is shipped, replaced again and again under load.

A restart is what ``systemctl restart`` does with ``ops/systemd``: the socket stays, the process is told to stop, ends
what it began, and another one is started. A reload is ``adapter reload``, of an instance that has made its socket
itself (docs/design/decisions/0003-reload.rst). Each instance has a socket of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from adapter import virtual
from adapter.cli import masters
from tests.bench import openloop
from tests.bench.openloop import Call, Load
from tests.everyone import EVERYONE
from tests.evidence import Result
from tests.stack import APP, CONFIG, ROOT, erp_settings, free_port

ROUNDS = 20
RATE = 200.0
_INSTANCES = 2
_PATIENCE = 120.0
_LONGEST = 1800.0
_ORDER = json.dumps({"customer_id": "42", "lines": [{"item_id": "A-00007", "quantity": "1"}]})
_JSON = {"Content-Type": "application/json"}
_CALLS = (
    Call("GET", "/v1/customers/42", weight=12),
    Call("GET", "/v1/customers?limit=2", weight=3),
    Call("GET", "/v1/customers/999999", statuses=(404,), weight=1),
    Call("POST", "/v1/orders", _ORDER, _JSON, (201,), weight=4),
)


Replace = Callable[["Instance"], None]


@dataclass
class Instance:
    """One instance: where it listens, the file of its process id, and how it is started."""

    address: Path
    pid_file: Path
    start: Callable[[], subprocess.Popen[bytes]]
    started: list[subprocess.Popen[bytes]]

    def pid(self) -> int:
        """Return the process id of its master."""
        return int(self.pid_file.read_text())

    def restart(self) -> None:
        """Stop it, wait until it has ended, and start another one."""
        old = self.pid()
        os.kill(old, signal.SIGTERM)
        self.started[-1].wait(_PATIENCE)
        self.started.append(self.start())
        _until(lambda: self.pid_file.is_file() and self.pid() != old, "nothing was started")

    def reload(self) -> None:
        """Replace it by ``adapter reload``."""
        command = [sys.executable, "-m", "adapter", "reload", "--pid-file", str(self.pid_file)]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=_PATIENCE)

    def answers(self) -> bool:
        """Return whether it says that it is ready."""
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(_PATIENCE)
            try:
                probe.connect(str(self.address))
            except OSError:
                return False
            probe.sendall(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return probe.recv(20).startswith(b"HTTP/1.1 200 ")


def measure() -> Result:
    """Restart and reload while the load goes on; return the calls that failed."""
    if shutil.which("nginx") is None:
        return Result("nginx is not installed", ok=False)
    restarts = _under_load(Instance.restart, held=True, times=ROUNDS * _INSTANCES)
    reloads = _under_load(Instance.reload, held=False, times=ROUNDS)
    failed = 0
    for load in (restarts, reloads):
        failed += sum(load.failures.values())
        for what, count in load.failures.items():
            print(f"{count} x {what}")
    calls = restarts.calls + reloads.calls
    value = (
        f"{failed} of {calls} calls failed in {ROUNDS} rolling restarts and {ROUNDS} reloads (worst call "
        f"{restarts.worst:.1f} s and {reloads.worst:.1f} s)"
    )
    return Result(value, failed == 0 and calls > 2 * ROUNDS * RATE)


def _under_load(replace: Replace, held: bool, times: int) -> Load:
    """Replace the instances in turn, as often as asked, while calls are made; return what became of those."""
    with ExitStack() as stay:
        folder = Path(stay.enter_context(tempfile.TemporaryDirectory(prefix="restarts-")))
        erp = stay.enter_context(virtual.running(ROOT))
        ways = [_Way(folder, number, held) for number in range(_INSTANCES)]
        instances = [stay.enter_context(_instance(way, erp_settings(erp))) for way in ways]
        for each in instances:
            _until(each.answers, (each.address.with_suffix(".log")).read_text())
        port = stay.enter_context(_nginx(folder, instances))
        with openloop.started(port, _CALLS, RATE, _LONGEST) as process:
            try:
                for number in range(times):
                    replace(instances[number % _INSTANCES])
                    _until(instances[number % _INSTANCES].answers, "an instance is not there again")
            finally:
                process.send_signal(signal.SIGTERM)
            said, _ = process.communicate(timeout=_PATIENCE)
    return Load(**json.loads(said))


@dataclass(frozen=True, slots=True)
class _Way:
    """Where an instance lives, and whether its socket is held by somebody else, as systemd does."""

    folder: Path
    number: int
    held: bool

    @property
    def address(self) -> Path:
        return self.folder / f"{self.number}.sock"

    def command(self, descriptor: int) -> str:
        """Return how it is started, for a shell. ``descriptor`` is that of the socket that is held."""
        gunicorn = f"{sys.executable} -m gunicorn --config {CONFIG} --workers 1 --pid {self.folder}/{self.number}.pid"
        if not self.held:
            return f"exec {gunicorn} --bind unix:{self.address} '{APP}'"
        return f"exec 3<&{descriptor}; LISTEN_FDS=1 LISTEN_PID=$$ exec {gunicorn} '{APP}'"


@contextmanager
def _instance(way: _Way, erp: Mapping[str, str]) -> Iterator[Instance]:
    """Run one instance, and end it."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("ADAPTER_")}
    environ = {
        **own,
        **EVERYONE,
        **erp,
        "ADAPTER_PROJECT": str(ROOT),
        "ADAPTER_PROXIES": "1",
        "TMPDIR": str(way.folder),
    }
    pid_file = way.folder / f"{way.number}.pid"
    with socket.socket(socket.AF_UNIX) as listener, way.address.with_suffix(".log").open("ab") as log:
        if way.held:
            listener.bind(str(way.address))
            listener.listen(2048)
        command = ["sh", "-c", way.command(listener.fileno())]

        def start() -> subprocess.Popen[bytes]:
            descriptors = [listener.fileno()]
            return subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log, pass_fds=descriptors)

        instance = Instance(way.address, pid_file, start, [start()])
        try:
            yield instance
        finally:
            if pid_file.is_file():
                last = instance.pid()
                os.kill(last, signal.SIGTERM)
                _until(lambda: not masters.alive(last), f"{last} does not end")
            for process in instance.started:
                process.terminate()
                process.wait(_PATIENCE)


@contextmanager
def _nginx(folder: Path, instances: Sequence[Instance]) -> Iterator[int]:
    """Run nginx with the shipped configuration, on a port of loopback and without TLS, in front of the instances."""
    port = free_port()
    servers = "".join(f"server unix:{each.address} max_fails=0;" for each in instances)
    (folder / "adapter.conf").write_text(_configuration(servers, port, folder), encoding="utf-8")
    temporary = "".join(f"{kind}_temp_path {folder};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;"
        f"events {{ worker_connections 2048; }} http {{ {temporary} include {folder}/adapter.conf; }}"
    )
    process = subprocess.Popen(["nginx", "-p", folder, "-c", folder / "nginx.conf"], stderr=subprocess.DEVNULL)
    try:
        _until(lambda: _listens(port), "nginx does not listen")
        yield port
    finally:
        process.terminate()
        process.wait(_PATIENCE)


def _configuration(servers: str, port: int, folder: Path) -> str:
    """Return the shipped file, its names, socket and port replaced, without TLS and the servers that lead to it."""
    shipped = (ROOT / "ops/nginx/adapter.conf").read_text(encoding="utf-8")
    for old, new in (
        ("server unix:/run/adapter.sock max_fails=0;", servers),
        ("server {\n    listen 443 ssl http2;\n    server_name api.example.com;",
         f"server {{\n    listen 127.0.0.1:{port};\n    server_name localhost;"),
        ("/var/log/nginx/adapter.log", str(folder / "access.log")),
    ):  # fmt: skip
        if old not in shipped:
            raise RuntimeError(f"ops/nginx/adapter.conf has no {old!r}")
        shipped = shipped.replace(old, new)
    upstream, _, rest = shipped.partition("# Whoever asks for another host")
    rest = rest[rest.index(f"server {{\n    listen 127.0.0.1:{port}") :]
    return upstream + "\n".join(line for line in rest.splitlines() if not line.strip().startswith("ssl_"))


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _until(holds: Callable[[], bool], otherwise: str) -> None:
    end = time.monotonic() + _PATIENCE
    while not holds():
        if time.monotonic() > end:
            raise RuntimeError(otherwise)
        time.sleep(0.02)
