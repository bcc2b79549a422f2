"""Until when a request may use stores at all: whoever asks for one inside waits no longer than that.

It holds for every transaction that is made meanwhile, of whichever store, and goes into threads with their context.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_latest: ContextVar[float] = ContextVar("latest", default=float("inf"))


@contextmanager
def within(until: float) -> Iterator[None]:
    """Let no transaction of this context end after a moment on the monotonic clock."""
    token = _latest.set(min(until, _latest.get()))
    try:
        yield
    finally:
        _latest.reset(token)


def latest() -> float:
    """Return until when transactions of this context may take."""
    return _latest.get()
