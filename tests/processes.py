"""What Linux counts of processes: CPU, memory, descriptors, threads, and what they started."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_KB: Final = 1024
_TICKS: Final = os.sysconf("SC_CLK_TCK")


def children(pid: int) -> list[int]:
    """Return the processes that one has started and that live."""
    return [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]


def tree(pid: int) -> Iterator[int]:
    """Yield a process and its living descendants."""
    yield pid
    for child in children(pid):
        yield from tree(child)


def cpu_seconds(pid: int) -> float:
    """Return user and system time of one process, in seconds (proc_pid_stat(5))."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / _TICKS


def tree_cpu_seconds(pid: int) -> float:
    """Return user and system time of a process and its living descendants, in seconds."""
    return sum(cpu_seconds(each) for each in tree(pid))


def parent(pid: int) -> int:
    """Return the process that started one, or that took it over."""
    return int(_stat(pid)[1])


def _stat(pid: int) -> list[str]:
    # the name in brackets may hold spaces and brackets
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def descriptors(pid: int) -> int:
    """Return how many files and sockets a process has open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def threads(pid: int) -> int:
    """Return how many threads a process has."""
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def status_kib(pid: int, name: str) -> int:
    """Return one of the sizes of proc_pid_status(5), in KiB: ``VmRSS`` is what is resident now, ``VmHWM`` its peak."""
    return int(re.findall(rf"{name}:\s+([0-9]+) kB", Path(f"/proc/{pid}/status").read_text())[0])


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
