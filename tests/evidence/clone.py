"""A clone of HEAD in a place of its own, and make in it, as a newcomer would have them."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.evidence.house import ROOT

# what make, an active environment or an operator's settings would hand down
_OURS = ("ADAPTER_", "MAKE", "MFLAGS", "PYTHON", "VIRTUAL_ENV")


@contextmanager
def fresh_clone() -> Iterator[Path]:
    """Clone HEAD into a temporary folder, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="adapter-clone-", ignore_cleanup_errors=True) as folder:
        clone = Path(folder, "adapter")
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        yield clone


def environment() -> dict[str, str]:
    """The environment of this process without what belongs to this checkout."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}


def make(clone: Path, *arguments: str, seconds: int) -> subprocess.CompletedProcess[str]:
    """Run make in the clone to its end and return what it printed."""
    return subprocess.run(
        ["make", *arguments],
        cwd=clone,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def last_words(text: str) -> str:
    """The last line of what a failed program printed, the one that tends to say why; what make adds says nothing."""
    return ([line for line in text.splitlines() if line.strip() and not line.startswith("make")] or ["no word"])[-1]
