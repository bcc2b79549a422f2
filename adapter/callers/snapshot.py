"""The API keys as one process knows them: what a request needs is looked up here, and nothing is asked of the store.

What is kept of a key is an HMAC-SHA256 of its text, keyed by a pepper that is derived from one of the operator's
secrets. The text has 256 random bits, so a fast hash is enough; who reads the database cannot make a key of it.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from adapter.callers.keytext import id_of
from adapter.callers.refusing import unauthenticated
from adapter.messages import Caller


@dataclass(frozen=True, slots=True)
class Pepper:
    """What hashes are keyed by: the id of a secret, and the key that is derived from it."""

    secret: str
    key: bytes = field(repr=False)

    def hashed(self, text: str) -> bytes:
        """Return the hash of a key."""
        return hmac.digest(self.key, text.encode("ascii"), "sha256")

    def kept(self, text: str) -> bytes:
        """Return what is kept of a key: the id of the secret, and the hash."""
        return self.secret.encode("ascii") + self.hashed(text)


@dataclass(frozen=True, slots=True)
class Kept:
    """One key: the caller that it stands for, and its hash. ``until`` is a wall clock's, None for ever."""

    caller: Caller
    hash: bytes = field(repr=False)
    pepper: Pepper
    until: float | None = None
    revoked: bool = False


# What is told of a use: the key's id, when, and what is to be kept of it from now on, b"" where that is so already.
Used = Callable[[str, float, bytes], None]
UNKNOWN: Final = "unknown-key"
"""Why a key is refused that is not there, and one whose secret part is not the right one."""
_NOBODYS = Kept(Caller(), bytes(32), Pepper("", bytes(32)))


class Snapshot:
    """Keys by their ids. ``current`` is the pepper of new hashes; ``now`` is a wall clock."""

    def __init__(self, keys: Mapping[str, Kept], current: Pepper, now: Callable[[], float]) -> None:
        self._keys, self._current, self._now = keys, current, now

    def caller(self, text: str, used: Used) -> Caller:
        """Return the caller of a key, and tell ``used`` of it. Raise 401 where it does not count."""
        id = must_be_whole(text)
        kept = self._keys.get(id, _NOBODYS)  # a key that is not there takes as long as one that is
        if not hmac.compare_digest(kept.pepper.hashed(text), kept.hash) or kept is _NOBODYS:
            raise unauthenticated(UNKNOWN)
        now = self._now()
        _must_count(kept, now)
        used(id, now, b"" if kept.pepper is self._current else self._current.kept(text))
        return kept.caller

    def again(self, id: str) -> Caller:
        """Return the caller of a key that was shown before. Raise 401 where it does not count any more."""
        kept = self._keys.get(id)
        if kept is None:
            raise unauthenticated(UNKNOWN)
        _must_count(kept, self._now())
        return kept.caller


def _must_count(kept: Kept, now: float) -> None:
    if kept.revoked:
        raise unauthenticated("revoked-key")
    if kept.until is not None and now >= kept.until:
        raise unauthenticated("expired-key")


def must_be_whole(text: str) -> str:
    """Return the id of a key. Raise 401 where its text is not whole."""
    if not (id := id_of(text)):
        raise unauthenticated("mistyped-key", "The API key is not whole, or has a typing error.")
    return id
