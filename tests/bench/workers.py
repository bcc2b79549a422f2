"""What Linux counts of a server's workers: memory, CPU, descriptors, threads."""

from __future__ import annotations

import os
from pathlib import Path

_KB = 1024
_TICKS = os.sysconf("SC_CLK_TCK")


def children(pid: int) -> list[int]:
    """Return the processes that one has started and that live."""
    return [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]


def seconds(pid: int) -> float:
    """Return user and system time of a process, in seconds (proc_pid_stat(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def descriptors(pid: int) -> int:
    """Return how many files and sockets a process has open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def threads(pid: int) -> int:
    """Return how many threads a process has."""
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def _rollup(pid: int) -> dict[str, int]:
    """Return the sums of proc_pid_smaps(5) of a process, in bytes."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {line.split(":")[0]: int(line.split(":")[1].split()[0]) * _KB for line in lines}


def private(pid: int) -> int:
    """Return the bytes that no other process shares: what the machine gets back when this one ends."""
    found = _rollup(pid)
    return found["Private_Clean"] + found["Private_Dirty"]


def resident(pid: int) -> int:
    """Return all bytes that a process has in memory, shared ones too."""
    return _rollup(pid)["Rss"]
