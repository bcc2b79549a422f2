"""Time that nobody can set: how long it is sure that a try of a row may still have its effect.

The clock on the wall says when something is looked at again. That a write may be sent again it never says alone: it may
be set forward, or be another machine's. A row also has, from whoever sent it, the monotonic time of that machine, since
it was started, at which its last try is over (``boot``, ``until``, ``span``). All processes of a machine share it.

Another machine's, or that of before a restart, says nothing here: then the whole ``span`` has to pass in this process
since it first asked about the try. Rows of several machines are so settled later, never sooner.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from adapter.store.writes import Rest, Write

_BOOT = Path("/proc/sys/kernel/random/boot_id")  # proc(5)
_SPACE = Path("/proc/self/ns/time")  # time_namespaces(7): a container may count from elsewhere
_MOST = 10_000


def boot() -> str:
    """Return what names this machine since it was started. Where nothing does, a name of this process alone."""
    try:
        space = _SPACE.readlink().name if _SPACE.is_symlink() else ""
        return f"{_BOOT.read_text('ascii').strip()} {space}"
    except OSError:
        return uuid.uuid4().hex


class Steady:
    """The monotonic time of one machine. A process has one, and its own copy of what it saw after a fork."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, name: str = "") -> None:
        self._clock, self._boot = clock, name or boot()
        self._seen: OrderedDict[tuple[object, ...], float] = OrderedDict()
        self._noting = threading.Lock()

    def rest(self, seconds: float) -> Rest:
        """Return what a row is given whose try is over in some seconds, with whatever the ERP does later."""
        return Rest(self._boot, self._clock() + seconds, seconds)

    def left(self, row: Write, least: float) -> float:
        """Return in how many seconds the last try of a row is over; 0 where it is.

        ``least``: seconds that it takes where it is not known whose time the row has.
        """
        now = self._clock()
        left = row.until - now
        if row.boot == self._boot and left <= row.span:  # else this time began anew, as in a copy of a machine
            return max(0.0, left)
        return max(0.0, self._first(row, now) + max(row.span, least) - now)

    def _first(self, row: Write, now: float) -> float:
        """Return when this process first asked about this try. What was dropped begins anew."""
        this = (row.id, row.owner, row.attempts, row.boot, row.until)
        with self._noting:
            first = self._seen.setdefault(this, now)
            if len(self._seen) > _MOST:
                self._seen.popitem(last=False)
        return first
