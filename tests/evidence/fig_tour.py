"""fig.tour: a feature moves to a new service, wrong turns and all, by the commands that an operator has."""

from __future__ import annotations

import re
import subprocess
import sys
import time

from tests.evidence import Result
from tests.evidence.clone import environment, last_words
from tests.stack import ROOT

SECONDS = 420
_STATIONS = ("shadow", "mended", "canary 10", "breaks", "live")


def measure() -> Result:
    """Run ``adapter demo --once --tour`` on free ports; it says itself what went wrong."""
    began = time.monotonic()
    command = [sys.executable, "-m", "adapter", "demo", "--once", "--tour", "--port", "0", "--project", str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=SECONDS, cwd=ROOT)
    seen = [line for line in done.stdout.splitlines() if line.startswith("-- ")]
    whole = len(seen) == len(_STATIONS) and all(word in line for word, line in zip(_STATIONS, seen, strict=True))
    back = re.search(r"rolled back", done.stdout) is not None
    ok = done.returncode == 0 and whole and back and "Every answer was right." in done.stdout
    told = "passes" if ok else f"failed at {seen[-1:]}: {last_words(done.stdout + done.stderr)}"
    return Result(f"{told}, {time.monotonic() - began:.0f} s", ok)
