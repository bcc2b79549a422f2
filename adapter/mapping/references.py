"""Our own reference of a write: a text that is made of the write's row, and the same whenever it is made."""

from __future__ import annotations

import base64
import hashlib

from adapter.mapping.codec import Codec

MOST = 26
"""Characters of the longest reference: 130 bits, five to a character."""


def reference(row: str, characters: int) -> str:
    """Return the reference of a row by its id: capitals and the digits 2 to 7 (base32, RFC 4648, section 6)."""
    digest = hashlib.sha256(b"reference\0" + row.encode()).digest()
    return base64.b32encode(digest).decode("ascii")[:characters]


def longest(codec: Codec) -> int:
    """Return how many characters of a reference a property takes and gives back as they are; 0 where none at all."""
    sample = reference("sample", MOST)
    for characters in range(MOST, 0, -1):
        try:
            text = codec.write(sample[:characters])
            if codec.read(text) == sample[:characters]:
                return characters
        except (ValueError, TypeError, AttributeError):  # a codec of another type does not look at texts
            continue
    return 0
