"""CPU seconds of processes and of all that they started, as Linux counts them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")


def tree(pid: int) -> Iterator[int]:
    """Yield a process and its living descendants."""
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from tree(int(child))


def cpu_seconds(pid: int) -> float:
    """Return user and system time of a process and its living descendants, in seconds (proc_pid_stat(5))."""
    return sum(_own(each) for each in tree(pid))


def _own(pid: int) -> float:
    # the name in brackets may hold spaces and brackets
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
