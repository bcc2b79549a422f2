"""Python's cyclic garbage collector, kept out of building.

A project of many operations is some million objects, all of which stay. The collector would look at each of them
again and again while they are made, and find nothing: more than half of the time of a start.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """Let the collector rest inside of the block, and work again after it where it worked before."""
    worked = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if worked:
            gc.enable()
