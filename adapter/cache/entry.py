"""One answer that is kept, and what it still counts for at an age (RFC 9111, section 4.2; RFC 5861)."""

from __future__ import annotations

import enum
import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field

from adapter.errors import RequestError

OVERHEAD = 1000
"""Bytes that an entry costs beside its body, roughly: key, tags, fields, and its places in tables."""


@dataclass(frozen=True, slots=True)
class Life:
    """Seconds for which an answer counts, and for which it is given after that: always, and where there is no other."""

    fresh: float
    stale: float = 0.0
    stale_if_error: float = 0.0

    @property
    def whole(self) -> float:
        """Seconds until it is of no use at all."""
        return self.fresh + max(self.stale, self.stale_if_error)


class Standing(enum.Enum):
    """What an answer counts for: as it is; while a newer one is fetched; where there is no newer one; nothing."""

    FRESH = 1
    STALE = 2
    SPARE = 3
    GONE = 4


def standing(life: Life, age: float) -> Standing:
    """Return what an answer counts for that was asked for ``age`` seconds ago."""
    if age < life.fresh:
        return Standing.FRESH
    if age < life.fresh + life.stale:
        return Standing.STALE
    return Standing.SPARE if age < life.fresh + life.stale_if_error else Standing.GONE


@dataclass(slots=True, eq=False)
class Entry:
    """One answer. ``made`` is when it was asked for, on the clock of its keeper.

    ``error`` is the refusal that it is, where the ERP has no such thing. ``mark`` says of what generation it is in the
    store that workers share, None where that was not asked. ``failing``: a newer one could not be had; the next attempt
    is due at ``again``.
    """

    body: bytes
    content_type: str
    status: int
    made: float
    life: Life
    tags: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    error: RequestError | None = None
    mark: bytes | None = None
    failing: bool = False
    again: float = 0.0

    @property
    def size(self) -> int:
        """Bytes of memory, roughly."""
        return len(self.body) + OVERHEAD

    @property
    def etag(self) -> str:
        """Its entity tag (RFC 9110, section 8.8.3), "" where it has none."""
        return self.headers.get("ETag", "")


def strong(body: bytes) -> str:
    """Return a strong entity tag of some bytes: other bytes have another one."""
    return f'"{urlsafe_b64encode(hashlib.blake2b(body, digest_size=15).digest()).decode()}"'
