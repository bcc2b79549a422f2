"""Who asks the ERP, of all workers that share a store: one holds a lease, the others wait for what it hands on.

Rule 1: a key has one lease for each generation of its tags. Who asks after a write waits for nobody who asked before.
Rule 2: an answer is handed on sealed, at a name that only those find who ask for the same (``sealed``).
Rule 3: an error is handed on to those who waited for it, and to nobody who comes later.
Rule 4: without the store each worker asks for itself, at once; so it does where nobody may share what was got.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from typing import Final

from adapter.cache.carried import Carried, Turn, packed, unpacked
from adapter.cache.entry import Life
from adapter.cache.flights import late, out_of_time
from adapter.cache.keys import Key
from adapter.cache.sealed import Sealing
from adapter.shared import Leases, Shared
from adapter.shared.entries import LONGEST

MOST_BYTES: Final = 2**20
"""Answers that are larger are not handed on: the store would be busy with them, and takes others' calls too."""
_PAUSE, _LONGER, _LONGEST_PAUSE = 0.01, 1.5, 0.25
_TOLD_SECONDS: Final = 10.0
"""How long those who waited can find out what became of it: much longer than the longest pause."""
_TOLD_BELOW: Final = 1.0
"""An answer that is fresh for less than these seconds may be none any more when those who waited find it."""


class Turns:
    """The turns of one process. ``clock`` is that of deadlines, ``rest`` waits for some seconds."""

    def __init__(
        self,
        shared: Shared,
        leases: Leases,
        sealing: Sealing,
        *,
        clock: Callable[[], float] = time.monotonic,
        rest: Callable[[float], None] = time.sleep,
    ) -> None:
        self._shared, self._entries = shared, shared.entries
        self._leases, self._sealing = leases, sealing
        self._clock, self._rest = clock, rest

    def take(self, key: Key, tags: Sequence[str], deadline: float, wanted: Callable[[Carried], bool]) -> Turn:
        """Return our turn, once nobody else asks for the same. Raise BackendTimeout where that takes too long.

        ``wanted`` says of an answer that is kept whether it will do.
        """
        name, ahead, pause = self._sealing.name(key), "", _PAUSE
        while True:
            mark, found = self._kept(name, tags)
            if self._shared.away:
                return Turn(name, mark)
            if mark is None:  # too many ask it at once
                pause = self._paused(pause, deadline)
                continue
            if found is not None and wanted(found):
                return Turn(name, mark, found=found, waited=bool(ahead))
            told = self._told(name, ahead, tags, deadline) if ahead else None
            if told is not None:
                return Turn(name, mark, found=told if told.status or told.error is not None else None, waited=True)
            lease = _lease(name, mark)
            taken = self._leases.take(lease, deadline)
            if taken is None:  # it is lost, or too many ask it at once
                self._paused(0.0, deadline)
                continue
            holder, ours = taken
            if ours:
                return self._ours(Turn(name, mark, (lease, holder), waited=bool(ahead)), tags, wanted)
            ahead, pause = holder, self._paused(pause, deadline)

    def _told(self, name: str, ahead: str, tags: Sequence[str], deadline: float) -> Carried | None:
        """Return what became of it, of whoever went ahead; None where that is nothing, or we should ask once more."""
        told = self._kept(_place(name, ahead), tags)[1]
        if told is None or out_of_time(told.error, told.seconds, deadline - self._clock()):
            return None
        return told

    def _ours(self, turn: Turn, tags: Sequence[str], wanted: Callable[[Carried], bool]) -> Turn:
        """Return our turn, unless who held the lease before us kept an answer since we looked."""
        mark, found = self._kept(turn.name, tags)
        if found is None or not wanted(found):
            return Turn(turn.name, turn.mark if mark is None else mark, turn.lease, waited=turn.waited)
        self.end(turn)
        return Turn(turn.name, mark, found=found, waited=turn.waited)

    def hand_on(self, turn: Turn, carried: Carried, life: Life | None) -> None:
        """Hand on what became of our turn: to all who ask for the same while it is of use, or to those who wait.

        ``life`` is that of an answer that is kept, None for what is not.
        """
        if turn.lease is None or turn.mark is None:
            return
        if len(carried.body) > MOST_BYTES:
            carried, life = Carried(), None
        left = min(life.whole - carried.age, LONGEST) if life is not None else 0.0
        if left > 0:
            self._put(turn.name, carried, left, turn.mark)
        if life is None or life.fresh - carried.age < _TOLD_BELOW:
            self._put(_place(turn.name, turn.lease[1]), carried, _TOLD_SECONDS, turn.mark)

    def end(self, turn: Turn) -> None:
        """Let the next one have its turn."""
        if turn.lease is not None:
            self._leases.end(*turn.lease)

    def _put(self, place: str, carried: Carried, seconds: float, mark: bytes) -> None:
        self._entries.put(place, self._sealing.seal(place, packed(carried.standing(seconds))), seconds, mark)

    def _kept(self, place: str, tags: Sequence[str]) -> tuple[bytes | None, Carried | None]:
        """Return the generation of tags, and what stands at a place, with its age by now."""
        there = self._entries.get(place, tags)
        if there is None:
            return None, None
        data = self._sealing.open(place, there.data) if there.data is not None else None
        left = self._entries.left(place) if data is not None else None
        if data is None or left is None or left < 0:
            return there.mark, None
        return there.mark, unpacked(data).later(left)

    def _paused(self, pause: float, deadline: float) -> float:
        """Wait a little; return how long to wait next time. Raise BackendTimeout where there is no time left."""
        left = deadline - self._clock()
        if left <= 0:
            raise late()
        self._rest(min(pause, left))
        return min(pause * _LONGER, _LONGEST_PAUSE)


def _place(name: str, holder: str) -> str:
    return f"{name}:{holder}"


def _lease(name: str, mark: bytes) -> str:
    return f"adapter:ahead:{name}:{hashlib.blake2b(mark, digest_size=8).hexdigest()}"
