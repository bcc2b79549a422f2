"""Work that is done again and again beside the requests of one process, begun before them or by the first of them."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable
from typing import Final

FIRST_SECONDS: Final = 3.0
"""How long a request waits for the first round, where that has not ended; later ones never wait."""


class Background:
    """Calls ``act`` every ``period`` seconds in a thread of its own, or a greenlet where threads are greenlets.

    Make it before the fork, if you like: each process has its own thread. What ``act`` raises is given to ``failed``,
    and the next round comes all the same. ``first`` is how long a request waits for the first round.
    """

    def __init__(
        self,
        act: Callable[[], None],
        period: float,
        failed: Callable[[Exception], None],
        first: float = FIRST_SECONDS,
    ) -> None:
        self._act, self._period, self._failed, self._patience = act, period, failed, first
        self._beginning = threading.Lock()
        self._pid = 0
        self._first, self._wake = threading.Event(), threading.Event()
        self._ended, self._turns = threading.Condition(), 0

    def begin(self) -> None:
        """Begin, where this process has not."""
        if self._pid != os.getpid():
            with self._beginning:
                if self._pid != os.getpid():
                    self._first, self._wake = threading.Event(), threading.Event()
                    mine = weakref.ref(self), self._first, self._wake, self._period
                    threading.Thread(target=_rounds, args=mine, name="adapter-background", daemon=True).start()
                    self._pid = os.getpid()

    def begun(self) -> None:
        """Begin, where this process has not, and wait for the first round, but not for ever."""
        self.begin()
        if not self._first.is_set():
            self._first.wait(self._patience)

    def wake(self) -> None:
        """Let the next round come at once."""
        self._wake.set()

    def soon(self, patience: float) -> None:
        """Let the next round come at once, and wait for its end, but not longer than ``patience`` seconds."""
        with self._ended:
            before = self._turns
            self._wake.set()
            self._ended.wait_for(lambda: self._turns > before, patience)

    def _round(self) -> None:
        try:
            self._act()
        except Exception as error:  # it is told; a thread that ended would leave what is known to grow old for good
            self._failed(error)
        with self._ended:
            self._turns += 1
            self._ended.notify_all()


def _rounds(asked: weakref.ref[Background], first: threading.Event, wake: threading.Event, period: float) -> None:
    """Go on as long as somebody has what this is for."""
    while (background := asked()) is not None:
        background._round()
        del background
        first.set()
        wake.wait(period)
        wake.clear()
