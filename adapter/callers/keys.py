"""API keys: who shows one is looked up in a snapshot, which is made anew beside the requests.

A change is seen within two seconds, and a new key at once. While the store cannot be asked, the last snapshot counts.
When keys were last used is written in batches.
"""

from __future__ import annotations

import importlib
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from adapter.background import Background
from adapter.callers.snapshot import UNKNOWN, Kept, Pepper, Snapshot, must_be_whole
from adapter.durable import Durable
from adapter.errors import RequestError, StoreUnavailable
from adapter.messages import Caller

if TYPE_CHECKING:
    from adapter.store.keys import Key
    from adapter.vault import Keyring

PERIOD: Final = 1.0
_LOOK: Final = 0.5
"""Seconds that a caller waits whose key nobody knows yet."""
WRITTEN_EVERY: Final = 10.0
NOTED_EVERY: Final = 60.0
"""How exactly it is known when a key was last used, in seconds."""
_PURPOSE: Final = "api-keys"


class Keys:
    """The API keys of a project. ``now`` is a wall clock, ``aged`` is told how old the snapshot is, in seconds."""

    def __init__(
        self,
        durable: Durable,
        failed: Callable[[Exception], None],
        aged: Callable[[float], None] = lambda seconds: None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._durable, self._aged, self._now = durable, aged, now
        self._background = Background(self.refresh, PERIOD, failed)
        self._refreshing = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._failure: StoreUnavailable | None = None
        self._mark: object = None
        self._noted: dict[str, float] = {}
        self._uses: dict[str, tuple[float, bytes]] = {}
        self._made = self._written = time.monotonic()
        self._looked = self._made - PERIOD

    def begin(self) -> None:
        """Begin to read keys, so that the first who shows one need not wait, nor the store be there at that moment."""
        self._background.begin()

    def caller(self, text: str) -> Caller:
        """Return whose key it is. Raise 401 where it does not count, 503 where keys were never known here."""
        must_be_whole(text)  # so that nothing is opened for what is no key
        known = self._known()
        try:
            return known.caller(text, self._used)
        except RequestError as error:
            if error.cause != UNKNOWN or not self._newer():
                raise
        return self._known().caller(text, self._used)

    def _newer(self) -> bool:
        """Look whether a key that nobody knows was made just now; but not each time that somebody guesses."""
        now = time.monotonic()
        if now - self._looked < PERIOD:
            return False
        self._looked = now
        self._background.soon(_LOOK)
        return True

    def again(self, id: str) -> Caller:
        """Return whose key it is that was shown before, by its id. Raises what ``caller`` raises."""
        return self._known().again(id)

    def _known(self) -> Snapshot:
        self._background.begun()
        snapshot = self._snapshot
        if snapshot is None:
            unread = StoreUnavailable("store-unavailable", 503, cause="keys are still read", sent="no")
            raise replace(self._failure or unread)  # the same one would remember every request that it ended
        return snapshot

    def refresh(self) -> None:
        """Read what has changed, and write what was used. The store may fail; what is known stays then."""
        room = importlib.import_module("adapter.store.keys")
        with self._refreshing:
            try:
                self._read(room)
                self._failure = None
                if time.monotonic() - self._written >= WRITTEN_EVERY:
                    self.write(room)
            except StoreUnavailable as error:
                self._failure = error
            self._aged(time.monotonic() - self._made)

    def write(self, room: Any) -> None:
        """Write when keys were last used, and hashes that a newer secret protects."""
        uses, self._uses = self._uses, {}
        if uses:
            try:
                self._durable.store.run(lambda connection: room.note(connection, uses))
            except StoreUnavailable:
                self._uses = {**uses, **self._uses}
                raise
        self._written = time.monotonic()

    def _read(self, room: Any) -> None:
        store = self._durable.store
        mark = store.read(room.mark)
        if mark != self._mark or self._snapshot is None:
            self._snapshot = snapshot(store.read(room.every), self._durable.keyring, self._now)
            self._mark = mark
        self._made = time.monotonic()

    def _used(self, id: str, when: float, kept: bytes) -> None:
        if kept or when - self._noted.get(id, 0.0) > NOTED_EVERY:
            self._noted[id] = when
            self._uses[id] = (when, kept)


def peppers(ring: Keyring) -> list[Pepper]:
    """Return what hashes are keyed by, that of new ones first."""
    return [Pepper(secret.id, secret.key(_PURPOSE)) for secret in ring.secrets]


def snapshot(keys: list[Key], ring: Keyring, now: Callable[[], float]) -> Snapshot:
    """Return the keys of the store that a secret of ours protects."""
    ours = peppers(ring)
    known = {pepper.secret.encode("ascii"): pepper for pepper in ours}
    found: dict[str, Kept] = {}
    for key in keys:
        pepper = next((each for id, each in known.items() if key.hash.startswith(id)), None)
        if pepper is not None:
            caller = Caller(f"key:{key.owner}", frozenset(key.scopes))
            hash = key.hash[len(pepper.secret) :]
            found[key.id] = Kept(caller, hash, pepper, key.expires, key.revoked is not None)
    return Snapshot(found, ours[0], now)
