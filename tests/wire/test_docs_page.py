"""The documentation page in a real browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from adapter.app import build
from tests.stack import ROOT, stack

CHROMIUM = shutil.which("chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update", "--virtual-time-budget=15000"]  # fmt: skip


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed; .ci/run installs it")
def test_the_page_shows_every_operation(tmp_path: Path) -> None:
    """Chromium renders /docs under its strict policy, from our own origin alone, with every operation on it."""
    with stack() as running:
        done = subprocess.run(
            [str(CHROMIUM), *FLAGS, f"--user-data-dir={tmp_path}", "--enable-logging=stderr", "--dump-dom",
             f"{running.url}/docs"],
            capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
    shown = re.findall(r'id="operations-[^"]*?-([a-z-]+)\\\.([a-z]+)"', done.stdout)
    mapped = {endpoint.name for endpoint in build(ROOT, {}).endpoints}
    complaints = [line for line in done.stderr.splitlines() if "CONSOLE" in line]

    assert [] == complaints
    kept = {"operations.read", "operations.cancel"}  # of writes that wait
    assert mapped | kept == {f"{resource}.{verb}" for resource, verb in shown}
