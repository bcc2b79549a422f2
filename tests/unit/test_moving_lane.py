"""Work beside requests: a queue with an end, by number and by bytes, in each process its own."""

from __future__ import annotations

import os
import threading

from adapter.moving.lane import BYTES, FEW, LATEST, Lane

PATIENCE = 10


def test_a_lane_is_full_by_bytes_too_and_late_work_is_told() -> None:
    """Large answers must not add up, and what waited too long is compared with something newer."""
    now, done, late = [0.0], threading.Event(), threading.Event()
    lane: Lane[str] = Lane(100, lambda work: done.set(), lambda work: late.set(), lambda: now[0])
    assert not lane.offer("huge", BYTES + 1)
    assert lane.offer("whole", BYTES)
    assert done.wait(PATIENCE)
    held, goes_on = threading.Semaphore(0), threading.Event()

    def hold(work: str) -> None:
        held.release()
        assert goes_on.wait(PATIENCE)

    full: Lane[str] = Lane(100, hold, lambda work: late.set(), lambda: now[0])
    for _ in range(FEW):
        assert full.offer("x", BYTES)
        assert held.acquire(timeout=PATIENCE)
    assert full.offer("waits", 1)
    now[0] = LATEST + 1
    goes_on.set()
    assert late.wait(PATIENCE)


def test_a_process_that_was_forked_has_lanes_of_its_own() -> None:
    """What waits in the parent is the parent's; the child's work is done in the child."""
    done = threading.Event()
    lane: Lane[str] = Lane(10, lambda work: done.set(), lambda work: None)
    assert lane.offer("parent", 1)
    assert done.wait(PATIENCE)
    done.clear()
    read, write = os.pipe()
    child = os.fork()
    if not child:
        lane.offer("child", 1)
        os.write(write, b"1" if done.wait(PATIENCE) else b"0")
        os._exit(0)
    os.waitpid(child, 0)
    assert b"1" == os.read(read, 1)
    os.close(read)
    os.close(write)
