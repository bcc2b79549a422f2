"""Work that is done again and again beside the requests of one process, begun before them or by the first of them."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable
from typing import Final

FIRST_SECONDS: Final = 3.0
"""How long a request waits for the first round, where that has not ended; later ones never wait."""
_HERE: Final = [os.getpid()]


def _forked() -> None:
    _HERE[0] = os.getpid()


os.register_at_fork(after_in_child=_forked)


def process() -> int:
    """Return the id of this process, without asking the kernel: each call of a feature that moves wants to know."""
    return _HERE[0]


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
        self._pid = self._ready = 0
        self._first, self._wake = threading.Event(), threading.Event()
        self._ended, self._turns = threading.Condition(), 0

    def begin(self) -> None:
        """Begin, where this process has not."""
        if self._pid != process():
            with self._beginning:
                if self._pid != process():
                    self._first, self._wake = threading.Event(), threading.Event()
                    mine = weakref.ref(self), self._first, self._wake, self._period
                    threading.Thread(target=_rounds, args=mine, name="adapter-background", daemon=True).start()
                    self._pid = process()

    def begun(self) -> None:
        """Begin, where this process has not, and wait for the first round, but not for ever."""
        if self._ready != _HERE[0]:
            self.begin()
            if self._first.is_set() or self._first.wait(self._patience):
                self._ready = process()

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
