"""A switch that is turned off by a failure, and on again by a question asked beside the requests."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

REST_SECONDS: Final = 1.0
"""How long nobody asks after a failure; then, as often, one question is asked in the background."""


class Switch:
    """Whether a side store is asked at all. ``probe`` says whether it answers, and requests never wait for that.

    ``back`` is called once it does.

    ``begin`` runs a function beside the requests (a daemon thread, which is a greenlet where gevent is patched in),
    ``rest`` waits. Safe in threads and greenlets: its states are single values.
    """

    def __init__(
        self,
        probe: Callable[[], bool],
        back: Callable[[], None],
        *,
        begin: Callable[[Callable[[], None]], None] | None = None,
        rest: Callable[[], None] = lambda: time.sleep(REST_SECONDS),
    ) -> None:
        self._probe, self._back = probe, back
        self._begin = begin or _beside
        self._rest = rest
        self._lock = threading.Lock()
        self.on = True

    def off(self) -> None:
        """Ask nothing until the probe succeeds."""
        with self._lock:
            if not self.on:
                return
            self.on = False
        self._begin(self._wait)

    def _wait(self) -> None:
        self._rest()
        while not self._probe():
            self._rest()
        self.on = True
        self._back()


def _beside(act: Callable[[], None]) -> None:
    threading.Thread(target=act, name="adapter-shared", daemon=True).start()
