"""Python's cyclic garbage collector, kept out of building and out of large messages.

A project of many operations is some million objects, all of which stay. The collector would look at each of them
again and again while they are made, and find nothing: more than half of the time of a start.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_NEVER: Final = 1_000_000_000
_LONGEST: Final = 30.0


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


class Deferred:
    """Keeps the collector from walking over a large message again and again while that message is there.

    A full collection looks at every object of a process, and nothing else runs meanwhile. What a message is read into
    holds no cycles, so looking is in vain. What is new is collected as ever; what has grown older waits until no large
    message is left, but never longer than half a minute.
    """

    def __init__(self) -> None:
        self._messages = 0
        self._until = 0.0
        self._thresholds: tuple[int, int, int] | None = None

    def hold(self) -> None:
        """A large message is there now."""
        self._messages += 1
        if self._messages == 1:
            self._until = time.monotonic() + _LONGEST
            self._thresholds = gc.get_threshold()
            gc.set_threshold(self._thresholds[0], _NEVER, _NEVER)
        elif time.monotonic() > self._until:
            self._restore()

    def release(self) -> None:
        """One is gone."""
        self._messages -= 1
        if not self._messages:
            self._restore()

    def _restore(self) -> None:
        if self._thresholds is not None:
            gc.set_threshold(*self._thresholds)
            self._thresholds = None
