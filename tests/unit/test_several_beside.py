"""Work beside other work: results, errors, and who waits for whom; under threads and under gevent."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from adapter import pieces
from adapter.errors import BackendTimeout
from adapter.several import beside

PATIENCE = 20.0
GEVENT = """
import sys
if sys.argv[1] == "import first":
    import adapter.several.beside
import gevent.monkey
gevent.monkey.patch_all()
import threading, time
from adapter.several.beside import begin
together = threading.Barrier(20)
def work():
    return together.wait(20)
waits = [begin(work, time.monotonic() + 20) for _ in range(20)]
print(len({wait() for wait in waits}))
"""


def test_what_the_work_returns_is_returned() -> None:
    """Who waits gets the result, as often as they ask."""
    wait = beside.begin(lambda: 4, time.monotonic() + PATIENCE)
    assert (4, 4) == (wait(), wait())


def test_what_the_work_raises_is_raised() -> None:
    """An exception of the work is raised where its result was waited for."""

    def work() -> int:
        raise LookupError("no such line")

    with pytest.raises(LookupError, match="no such line"):
        beside.begin(work, time.monotonic() + PATIENCE)()


def test_pieces_of_work_meet() -> None:
    """Two pieces of work run at the same time: each waits for the other."""
    together = threading.Barrier(2)
    waits = [beside.begin(lambda: together.wait(PATIENCE), time.monotonic() + PATIENCE) for _ in range(2)]
    assert {0, 1} == {wait() for wait in waits}


def test_nobody_waits_long_after_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work that does not end at its deadline is a timeout for who waits, and what it brings later is dropped."""
    monkeypatch.setattr(beside, "_GRACE", 0.0)
    go = threading.Event()
    wait = beside.begin(lambda: go.wait(PATIENCE), time.monotonic())
    with pytest.raises(BackendTimeout):
        wait()
    go.set()


@pytest.mark.parametrize("order", ["patch first", "import first"])
def test_gevent_cooperation(order: str) -> None:
    """Under gevent the pieces are greenlets that wait for each other, whenever its monkey-patching happens."""
    run = subprocess.run(
        [sys.executable, "-c", GEVENT, order],
        capture_output=True, text=True, timeout=60, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert ("20\n", 0) == (run.stdout, run.returncode), run.stderr


def test_what_is_large_beside_is_large_for_who_waits() -> None:
    """A large answer of one call is worked on in pieces there, and where all answers become one."""

    def work() -> bool:
        pieces.begin(pieces.LARGE + 1, time.monotonic() + PATIENCE)
        return pieces.current() is not None

    def both() -> tuple[bool, bool, bool]:
        before = pieces.current() is not None
        there = beside.begin(work, time.monotonic() + PATIENCE)()
        return before, there, pieces.current() is not None

    assert (False, True, True) == pieces.call(both)()
