"""``adapter reload``: another project in the place of a running one, under load, and what happens when it is wrong."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from adapter.cli import masters
from tests.everyone import EVERYONE
from tests.stack import APP, ROOT, free_port, wait_for

CALLERS, SECONDS, CHECKS = 4, 120, 20_000
SETTINGS = """ADAPTER_VALUE_CLIENT=100
ADAPTER_STORE_KEY=of-a-test-and-of-nothing-else-at-all
ADAPTER_SERVICE_CUSTOMERS=http://127.0.0.1:9
"""
ERP = {
    f"ADAPTER_ENDPOINT_{name}": "http://127.0.0.1:9/"
    for name in ("ERPSERVICE_ERPSOAP11", "ERPSERVICE_ERPSOAP12", "LAGERSERVICE")
}


@dataclass(frozen=True)
class Running:
    """A running adapter: its project, its port, the file that has its process id, its environment."""

    project: Path
    port: int
    pid_file: Path
    environ: dict[str, str]

    @property
    def master(self) -> int:
        """The process id that the file has now."""
        return int(self.pid_file.read_text())

    def title(self) -> str:
        """Return the title of the API that answers now."""
        (found,) = {line for line in _get(self.port, "/openapi.json").split(b'"') if line.startswith(b"Title ")}
        return found.decode()

    def name(self, title: str) -> None:
        """Write a title into the project's settings."""
        (self.project / "adapter.env").write_text(f"ADAPTER_TITLE={title}\n{SETTINGS}", "utf-8")

    def reload(self) -> subprocess.CompletedProcess[str]:
        """Run the command to its end."""
        command = [sys.executable, "-m", "adapter", "reload", "--pid-file", str(self.pid_file)]
        return subprocess.run(
            command, cwd=ROOT, env=self.environ, capture_output=True, text=True, timeout=SECONDS, check=False
        )


@contextmanager
def running(folder: Path, module: bool) -> Iterator[Running]:
    """Run gunicorn on a copy of the clone's project, as a module or by its own script."""
    project = folder / "project"
    for name in ("mappings", "wsdl"):
        shutil.copytree(ROOT / name, project / name)
    (project / "ops").mkdir()
    shutil.copy(ROOT / "ops" / "gunicorn.conf.py", project / "ops")
    own = {name: value for name, value in os.environ.items() if not name.startswith("ADAPTER_")}
    environ = {
        **own,
        **ERP,
        **EVERYONE,
        "PYTHONPATH": str(ROOT),
        "TMPDIR": str(folder),
        "ADAPTER_PROJECT": str(project),
    }
    found = Running(project, free_port(), folder / "pid", environ)
    found.name("Title one")
    start = [sys.executable, "-m", "gunicorn"] if module else [str(Path(sys.executable).with_name("gunicorn"))]
    command = [*start, "--config", str(project / "ops" / "gunicorn.conf.py"), "--bind", f"127.0.0.1:{found.port}",
               "--workers", "2", "--pid", str(found.pid_file), APP]  # fmt: skip
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, cwd=project, env=environ, stdout=log, stderr=log) as process,
    ):
        try:
            wait_for(f"http://127.0.0.1:{found.port}/healthz", process, (folder / "log").read_text)
            yield found
        finally:
            # Whatever became of a reload, nothing stays: all that serve this project end.
            for pid in _serving(project):
                os.kill(pid, signal.SIGTERM)
            process.wait(SECONDS)
            assert any(not _serving(project) for _ in range(CHECKS))


def _serving(project: Path) -> list[int]:
    """Return the processes that serve a project; those of others may not be looked at."""
    found = []
    for pid in (int(path.name) for path in masters.PROC.iterdir() if path.name.isdecimal()):
        try:
            ours = masters.environment(pid).get("ADAPTER_PROJECT") == str(project)
        except OSError:
            continue
        if ours and masters.alive(pid):
            found.append(pid)
    return found


def _get(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        assert 200 == answer.status
        return answer.read()
    finally:
        connection.close()


@contextmanager
def callers(port: int) -> Iterator[list[int]]:
    """Call without end, some on new connections and some on ones that are kept; give back how many calls each made.

    Whatever a call raises is raised at the end.
    """
    stop, made, wrong = threading.Event(), [0] * CALLERS, list[Exception]()

    def call(number: int) -> None:
        kept = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            while not stop.is_set():
                if number % 2:
                    _get(port, "/healthz")
                else:
                    kept.request("GET", "/healthz")
                    answer = kept.getresponse()
                    assert (200, b'{"status":"alive"}') == (answer.status, answer.read())
                made[number] += 1
        except Exception as error:  # raised again by the test itself
            wrong.append(error)
        finally:
            kept.close()

    threads = [threading.Thread(target=call, args=(number,)) for number in range(CALLERS)]
    for thread in threads:
        thread.start()
    try:
        yield made
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert [] == wrong


def test_a_new_project_takes_over_without_a_failed_call(tmp_path: Path) -> None:
    """Every call is answered meanwhile, on new connections and on old ones; then the new project answers, and again."""
    with running(tmp_path, module=False) as adapter:
        old = adapter.master
        with callers(adapter.port) as made:
            adapter.name("Title two")
            done = adapter.reload()
            before = list(made)
            assert (0, f"{adapter.master} answers in place of {old}\n") == (done.returncode, done.stdout), done.stderr
        assert all(before)
        assert ("Title two", False) == (adapter.title(), masters.alive(old))
        adapter.name("Title three")
        assert 0 == adapter.reload().returncode
        assert "Title three" == adapter.title()


def test_a_project_with_a_mistake_starts_nothing(tmp_path: Path) -> None:
    """The mistakes are told, and the running process is not even asked."""
    with running(tmp_path, module=True) as adapter:
        old = adapter.master
        (adapter.project / "mappings" / "items.yaml").write_text("version: 1\n", "utf-8")
        done = adapter.reload()
        assert 1 == done.returncode
        assert "mappings/items.yaml:1:1: " in done.stderr
        assert (old, None, "Title one") == (adapter.master, masters.successor(old), adapter.title())


def test_a_new_process_that_does_not_come_up_changes_nothing(tmp_path: Path) -> None:
    """Where the project is right and the process still cannot start, the old one goes on, and that is told.

    Once what was wrong is mended it can be replaced after all, also where it was started as a module.
    """
    with running(tmp_path, module=True) as adapter:
        old, config = adapter.master, adapter.project / "ops" / "gunicorn.conf.py"
        right = config.read_text("utf-8")
        config.write_text("raise SystemExit(7)\n", "utf-8")
        done = adapter.reload()
        assert (1, True) == (done.returncode, f"{old} goes on as before" in done.stderr), done.stderr
        assert (old, "Title one") == (adapter.master, adapter.title())
        config.write_text(right, "utf-8")
        adapter.name("Title two")
        assert 0 == adapter.reload().returncode
        assert "Title two" == adapter.title()
