"""Which of 10,000 buckets an entity is in. A larger share only adds buckets, so nobody goes back and forth.

A keyed hash (BLAKE2b, RFC 7693): nobody who does not know the key can choose a bucket. Every process, machine and
release gives the same; ``tests/unit/test_rollout_bucket.py`` pins some.
"""

from __future__ import annotations

import hashlib

from adapter.rollout.rules import WHOLE


def bucket(key: bytes, group: str, entity: str) -> int:
    """Return the bucket of an entity: 0 to 9999. ``key`` has at most 64 bytes; ``group`` has no NUL."""
    text = f"{group}\0{entity}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8, key=key).digest(), "big") % WHOLE
