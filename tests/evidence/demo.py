"""job.demo: how long a newcomer waits for the demonstration, from the clone to its end."""

from __future__ import annotations

import time

from tests.evidence import Result
from tests.evidence.clone import fresh_clone, last_words, make

GOAL = 90.0


def measure() -> Result:
    """Clone, make an environment, run ``make demo ONCE=1``; the value is in seconds."""
    start = time.monotonic()
    with fresh_clone() as clone:
        done = make(clone, "demo", "ONCE=1", seconds=540)
        seconds = time.monotonic() - start
    if done.returncode:
        return Result(f"failed: {last_words(done.stderr)}", ok=False)
    return Result(f"{seconds:.1f}", seconds <= GOAL)
