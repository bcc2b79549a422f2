"""Work that is done beside other work.

Each piece has a thread of its own for as long as it runs. A pool would have to be made after the fork, and bounded:
then one slow system behind us would make the callers of all others wait for a free place in it. There is nothing to
bound here: a request begins at most as many threads as its mapping names calls, and their deadline ends them. Under
gunicorn they are greenlets (``ops/gunicorn.conf.py`` patches ``threading``), which cost next to nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from adapter import pieces
from adapter.exchange.failures import TIMEOUT

R = TypeVar("R")
# Who meets the deadline says more precisely what happened than who waits for it.
_GRACE = 1.0


def begin(work: Callable[[], R], deadline: float) -> Callable[[], R]:
    """Begin ``work`` and return what waits for its end: it returns what the work returns, and raises what it raises.

    The work has to end by ``deadline`` itself; soon after it nobody waits any more (BackendTimeout). Nobody needs to
    wait at all: what comes then is dropped. An error is raised only once.
    """
    ended = threading.Event()
    results: list[R] = []
    large: list[bool] = []
    errors: list[Exception] = []

    def paced() -> R:
        result = work()
        large.append(pieces.current() is not None)
        return result

    def run() -> None:
        try:
            results.append(pieces.call(paced)())
        except Exception as error:  # handed on to who waits
            errors.append(error)
        finally:
            ended.set()

    threading.Thread(target=run, daemon=True, name="call").start()

    def wait() -> R:
        ended.wait(max(0.0, deadline - time.monotonic()) + _GRACE)
        if errors:
            try:
                raise errors[0]
            finally:
                errors.clear()  # it holds this frame, which would hold it
        if not results:
            raise TIMEOUT.error_because("a call did not end at its deadline")
        if any(large):
            pieces.begin(pieces.LARGE + 1, deadline)
        return results[0]

    return wait
