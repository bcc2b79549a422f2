"""wsdl.load: the largest contract of the corpus proposed, checked and documented, each in a process of its own."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.evidence import Result
from tests.evidence.clone import environment
from tests.evidence.house import ROOT
from tests.netsuite.contract import ABSENT, CORPUS

SECONDS, MEGABYTES = 30, 500
WSDL = CORPUS / "wsdl"


def measure() -> Result:
    """Run the three commands in an empty folder; seconds of all, peak memory of the one that needs most."""
    if not WSDL.is_dir():
        return Result(ABSENT, ok=False)
    contract = largest(WSDL)
    commands = (["propose", str(contract)], ["check"], ["openapi", "-o", "openapi.json"])
    parts = []
    with tempfile.TemporaryDirectory(prefix="load-") as folder:
        for command in commands:
            start = time.monotonic()
            done = _run(command, Path(folder))
            parts.append(time.monotonic() - start)
            if done.returncode:
                return Result(f"{command[0]}: {(done.stdout or done.stderr).strip()[-200:]}", ok=False)
        size = (Path(folder) / "openapi.json").stat().st_size / 1e6
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    told = ", ".join(f"{command[0]} {seconds:.1f}" for command, seconds in zip(commands, parts, strict=True))
    value = f"{sum(parts):.1f} s ({told}), {peak:.0f} MB, {contract.stem}, document of {size:.1f} MB"
    return Result(value, sum(parts) <= SECONDS and peak <= MEGABYTES)


def largest(folder: Path) -> Path:
    """Return the WSDL of the largest contract."""
    return max(folder.glob("*/*.wsdl"), key=_size)


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run one command of the adapter of this checkout."""
    env = environment() | {"PYTHONPATH": str(ROOT), "PATH": os.environ.get("PATH", "")}
    line = [sys.executable, "-m", "adapter", *command]
    return subprocess.run(line, cwd=folder, env=env, capture_output=True, text=True, check=False)


def _size(wsdl: Path) -> int:
    """Return the bytes of a contract's folder, and where two stand in one those of the larger file."""
    files = [path for path in wsdl.parent.rglob("*") if path.suffix in (".wsdl", ".xsd")]
    return sum(path.stat().st_size for path in files) * 10 + wsdl.stat().st_size
