"""fig.states: features, rows and processes that die, in any order, on the product's own store, with a model beside it.

The state machine is ``tests/strangler/machine.py``: Hypothesis chooses who moves the feature from which epoch, who
writes, who looks, and where a process or its connection dies (before a commit, after it, with a copy in its hands).
After each step the store has to be where a second, simpler telling of the rules says; and at no epoch may an entity
have two writers, nor may an acknowledged write be missing at the side that has the say. What a transition is, is said
at ``played``. LONG=1 plays 200,000.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from hypothesis import Phase

from tests.evidence import Result
from tests.resilience.stores import ENGINES, place
from tests.strangler.playing import played

SHORT, LONG = 5_000, 200_000
_MEMORY = Path("/dev/shm")
"""Processes die here, machines do not: what a disk would lose is not the question."""


def measure() -> Result:
    """Play half of it on each engine, from a seed of now."""
    wanted = LONG if os.environ.get("LONG") == "1" else SHORT
    seed, words, many = int(time.time()), [], 0
    for number, engine in enumerate(ENGINES):
        with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
            store = place(engine, Path(folder)).store(patience=60.0)
            seen = played(store, wanted // len(ENGINES), seed + number * 1_000_000, (Phase.generate,))
            store.close()
        many += seen["transitions"]
        moves, writes = seen["advance done"] + seen["rollback done"], seen["claim ours"]
        died = sum(number for what, number in seen.items() if what.startswith("died"))
        words.append(f"{engine}: {moves} moves, {writes} writes, {died} deaths, {seen['fenced']} fenced")
    return Result(f"{many:,}; 0; 0 ({'; '.join(words)}; seed {seed})", many >= wanted)
