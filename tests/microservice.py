"""The customers microservice of the demonstration, started for a test."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.stack import ROOT, free_port, wait_for


@contextmanager
def microservice() -> Iterator[str]:
    """Yield the address of a running microservice with its own database."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(ROOT / "ops" / "demo" / "customers.py"), "--port", str(port),
                   "--database", str(Path(folder) / "customers.sqlite3")]  # fmt: skip
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            url = f"http://127.0.0.1:{port}"
            try:
                wait_for(f"{url}/customers?limit=1", process)
                yield url
            finally:
                process.terminate()
                process.wait(10)
