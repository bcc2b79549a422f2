"""Which differences are one and the same: those of one operation, at one place whatever the item, of one kind."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from adapter.rollout.differences import Difference


def fingerprint(operation: str, difference: Difference) -> str:
    """Return the group of a difference: 12 hexadecimal digits (BLAKE2b, RFC 7693), the same in every process."""
    text = "\0".join((operation, difference.shape, difference.kind))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6, person=b"rollout group").hexdigest()


def groups(operation: str, differences: Iterable[Difference]) -> dict[str, Difference]:
    """Return the first difference of each group."""
    found: dict[str, Difference] = {}
    for each in differences:
        found.setdefault(fingerprint(operation, each), each)
    return found
