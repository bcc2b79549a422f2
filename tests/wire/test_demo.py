"""The demonstration as a newcomer runs it: three real processes, real SOAP, and nothing left behind."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adapter.cli.demo_calls import CALLS

ROOT = Path(__file__).parents[2]
PATIENCE = 90


@contextmanager
def demo(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run the demonstration from another folder, on free ports; it is ended, should the test fail."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("ADAPTER_")}
    command = [sys.executable, "-m", "adapter", "demo", "--port", "0", "--project", str(ROOT), *arguments]
    environ["PYTHONPATH"] = str(ROOT)
    process = subprocess.Popen(
        command, cwd=ROOT / "docs", env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()


def listening(port: int) -> bool:
    """Tell whether somebody listens on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def ports(text: str) -> set[int]:
    """Every port that the text names a URL of."""
    return {int(number) for number in re.findall(r"http://127\.0\.0\.1:(\d+)", text)}


def test_demo_once() -> None:
    """Every call is printed as curl with its status, every answer is right, and the exit status is 0."""
    with demo("--once") as process:
        out, err = process.communicate(timeout=PATIENCE)
    assert 0 == process.returncode, out + err
    assert [str(call.status) for call in CALLS] == re.findall(r"^\$ curl .*\n(\d{3})  \d+ ms$", out, re.MULTILINE)
    assert "--- SOAP out ---" in out
    assert out.endswith("\nEvery answer was right.\n")
    assert "WRONG" not in out
    assert [] == [port for port in ports(out) if listening(port)]


def test_demo_stays_until_it_is_stopped() -> None:
    """Without --once it says what to open, serves, and takes its processes along on SIGTERM."""
    with demo() as process:
        assert process.stdout is not None
        out = ""
        for line in process.stdout:
            out += line
            if line.startswith("Stop"):
                break
        assert process.poll() is None
        served = ports(out)
        assert re.search(r"^Open +http://127\.0\.0\.1:\d+/docs", out, re.MULTILINE)
        assert 2 <= len(served)
        assert [] == [port for port in served if not listening(port)]
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
    assert 0 == process.returncode
    assert [] == [port for port in served if listening(port)]


def test_demo_that_goes_wrong(tmp_path: Path) -> None:
    """An answer that is not as it should be is marked, and ends with 1."""
    for name in ("mappings", "wsdl", "ops"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "adapter.env", tmp_path)
    customers = tmp_path / "mappings" / "customers.yaml"
    text = customers.read_text(encoding="utf-8").replace("customer-not-found", "nobody-there")
    customers.write_text(text, encoding="utf-8")
    with demo("--once", "--project", str(tmp_path)) as process:
        out, err = process.communicate(timeout=PATIENCE)
    assert 1 == process.returncode, out + err
    wrong = 'WRONG: /type should be "/problems/customer-not-found", it is "/problems/nobody-there"'
    assert [wrong] == re.findall("^WRONG.*$", out, re.MULTILINE)
    assert out.endswith(f"\n1 of {len(CALLS) + 1} calls went wrong\n")
