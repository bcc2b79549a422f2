"""The largest contract of the corpus as a project: every operation mapped, as ``adapter propose`` does it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.evidence.clone import environment
from tests.evidence.house import ROOT
from tests.evidence.wsdl_load import WSDL, largest

_ADAPTER = [sys.executable, "-m", "adapter"]


@dataclass(frozen=True, slots=True)
class Project:
    """A project folder, the contract that it was proposed from, and what it needs in its environment."""

    folder: Path
    wsdl: Path
    operations: int


@contextmanager
def proposed() -> Iterator[Project]:
    """Propose the project, gone at the end. Raises CalledProcessError where that fails."""
    wsdl = largest(WSDL)
    with tempfile.TemporaryDirectory(prefix="bench-largest-") as name:
        said = _adapter(["propose", str(wsdl)], Path(name))
        found = re.search(r"(\d+) operations in", said)
        yield Project(Path(name), wsdl, int(found[1]) if found else 0)


@contextmanager
def pretended(project: Project) -> Iterator[str]:
    """Run the pretend ERP of the project's contract; yield the address that its SOAP port has."""
    command = [*_ADAPTER, "virtual", str(project.wsdl), "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            yield next(found[1] for line in process.stdout if (found := re.match(r"  \S+ \S+: (\S+)", line)))
        finally:
            process.terminate()


def _adapter(arguments: list[str], folder: Path) -> str:
    """Run one command of the adapter of this checkout and return what it printed."""
    env = environment() | {"PYTHONPATH": str(ROOT), "PATH": os.environ.get("PATH", "")}
    done = subprocess.run([*_ADAPTER, *arguments], cwd=folder, env=env, capture_output=True, text=True, check=True)
    return done.stdout
