"""Leases: of all workers one goes ahead with something, and the others see who.

Who holds a lease renews it, so that it may be short: of a worker that was killed nothing is left after
``LEASE_SECONDS``, however long what it began would have taken. Only who holds one can renew it or give it back.
"""

from __future__ import annotations

import math
import secrets
import threading
import time
from collections.abc import Callable
from typing import Final

from adapter.shared.link import Script, Shared

LEASE_SECONDS: Final = 2.0
"""How long a lease is good for unless it is renewed."""
RENEW_SECONDS: Final = 0.5


class Leases:
    """The leases that one process holds. ``clock`` is monotonic, in seconds.

    ``begin`` runs a function beside the requests, and ``rest`` waits there until leases are due to be renewed.
    """

    def __init__(
        self,
        shared: Shared,
        *,
        clock: Callable[[], float] = time.monotonic,
        begin: Callable[[Callable[[], None]], None] | None = None,
        rest: Callable[[], None] = lambda: time.sleep(RENEW_SECONDS),
    ) -> None:
        self._shared, self._clock = shared, clock
        self._begin, self._rest = begin or _beside, rest
        self._held: dict[tuple[str, str], float] = {}
        self._renewing = False
        self._lock = threading.Lock()

    def take(self, name: str, until: float) -> tuple[str, bool] | None:
        """Return a word for who holds a lease, and whether that is us now. None while the store is away.

        Ours is renewed until ``end``, or until a time on our clock.
        """
        word = secrets.token_hex(12)
        answer = self._shared.run(_TAKE, (name,), word, self._milliseconds(until))
        if answer is None:
            return None
        holder = answer[0].decode()
        if holder != word:
            return holder, False
        with self._lock:
            self._held[name, word] = until
            due, self._renewing = not self._renewing, True
        if due:
            self._renew_beside()
        return word, True

    def end(self, name: str, word: str) -> None:
        """Give a lease back, unless it is another's by now."""
        with self._lock:
            self._held.pop((name, word), None)
        self._shared.run(_END, (name,), word)

    def _milliseconds(self, until: float) -> int:
        return max(1, math.ceil(min(LEASE_SECONDS, until - self._clock()) * 1000))

    def _renew_beside(self) -> None:
        try:
            self._begin(self._renew)
        except RuntimeError:  # no thread can be started: what takes longer is asked for by another as well
            self._renewing = False

    def _renew(self) -> None:
        while True:
            self._rest()
            with self._lock:
                now = self._clock()
                self._held = {each: until for each, until in self._held.items() if until > now}
                held = tuple(self._held.items())
                if not held:
                    self._renewing = False
                    return
            for (name, word), until in held:
                self._shared.run(_RENEW, (name,), word, self._milliseconds(until))


def _beside(act: Callable[[], None]) -> None:
    threading.Thread(target=act, name="adapter-leases", daemon=True).start()


_TAKE = Script("""
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return {ARGV[1]} end
return {redis.call('GET', KEYS[1])}
""")
_RENEW = Script("""
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0
""")
_END = Script("""
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
""")
