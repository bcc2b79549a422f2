"""Calls that block a thread, made from greenlets: they run in threads of gevent's, and the greenlet waits for one."""

from __future__ import annotations

import importlib
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from adapter.store.failures import unavailable

R = TypeVar("R")


def patched() -> bool:
    """Return whether threads of this process are greenlets."""
    monkey = sys.modules.get("gevent.monkey")
    return monkey is not None and bool(monkey.is_module_patched("threading"))


def lock() -> threading.Lock:
    """Return a lock between real threads, also where threads of this process are greenlets."""
    if not patched():
        return threading.Lock()
    made: threading.Lock = importlib.import_module("gevent.monkey").get_original("_thread", "allocate_lock")()
    return made


class Threads:
    """Real threads of one process, apart from those of gevent's resolver. Made after fork."""

    def __init__(self, most: int) -> None:
        self._pool: Any = importlib.import_module("gevent.threadpool").ThreadPool(most)
        self._timeout: Any = importlib.import_module("gevent").Timeout

    def run(self, act: Callable[[], R], until: float) -> R:
        """Return what ``act`` returns in a thread. Raise StoreUnavailable where that takes too long.

        ``act`` then goes on to its end by itself: it looks at the clock before it commits.
        """
        results: list[R] = []
        errors: list[BaseException] = []

        def caught() -> None:
            try:  # gevent would print what comes out of a thread, before it is raised here
                results.append(act())
            except BaseException as error:
                errors.append(error)

        late = self._timeout(max(0.001, until - time.monotonic()))
        try:
            with late:
                self._pool.spawn(caught).get()
        except self._timeout as error:
            if error is not late:
                raise
            raise unavailable("no answer in time") from None
        finally:
            del late  # it holds this frame, which would hold it
        if errors:
            raise errors.pop()  # for the same reason
        return results[0]

    def close(self) -> None:
        """End the threads."""
        self._pool.kill()
