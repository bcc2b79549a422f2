"""What ``speed.worst_freeze`` is made of beside the adapter: a prober outside, a watch inside the worker."""

from __future__ import annotations

from pathlib import Path


def kept_waiting(pid: int) -> float:
    """Return the seconds for which a process could have run and had no processor, since others had it.

    That is the second field of /proc/PID/schedstat (Linux, Documentation/scheduler/sched-stats.rst).
    """
    return int(Path(f"/proc/{pid}/schedstat").read_text("ascii").split()[1]) / 1e9
