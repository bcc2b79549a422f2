"""Running gunicorn masters, as Linux shows them below /proc (proc(5))."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

PROC = Path("/proc")
# What gunicorn gives the master that USR2 starts: the old one's process id.
_OLD = "GUNICORN_PID"


def environment(pid: int) -> Mapping[str, str]:
    """Return what a process had in its environment when it was started. Raises OSError where it may not be seen."""
    lines = (PROC / str(pid) / "environ").read_bytes().decode("utf-8", "surrogateescape").split("\0")
    return {name: value for name, mark, value in (line.partition("=") for line in lines) if mark}


def folder(pid: int) -> Path:
    """Return the current folder of a process. Raises OSError where it may not be seen."""
    return (PROC / str(pid) / "cwd").readlink()


def alive(pid: int) -> bool:
    """Whether a process is there and has not ended."""
    try:
        state = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in ("Z", "X")


def successor(old: int) -> int | None:
    """Return the master that an old one has started in its own place, None where there is none."""
    return next((pid for pid in _children(old) if _names(pid, old)), None)


def _children(pid: int) -> Iterator[int]:
    try:
        for task in (PROC / str(pid) / "task").iterdir():
            yield from map(int, (task / "children").read_text().split())
    except OSError:  # it has ended meanwhile
        return


def _names(pid: int, old: int) -> bool:
    try:
        return environment(pid).get(_OLD) == str(old)
    except OSError:
        return False
