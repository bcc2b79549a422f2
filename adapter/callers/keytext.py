"""The text of an API key: ``sa_<id>_<secret><check>``. The prefix is for scanners that look for secrets that leaked.

``id`` is public and finds the key, ``secret`` holds 256 random bits, ``check`` is a CRC-32 of all before it, so that a
key with a typing error, or one that was cut off, is refused without being looked for.
"""

from __future__ import annotations

import re
import secrets
import string
from binascii import crc32

PREFIX = "sa_"
_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_ID, _SECRET, _CHECK = 11, 43, 6  # digits to the base 62 that hold 64, 256 and 32 bits
_FORM = re.compile(rf"{PREFIX}([0-9A-Za-z]{{{_ID}}})_[0-9A-Za-z]{{{_SECRET}}}([0-9A-Za-z]{{{_CHECK}}})")


def new_key() -> tuple[str, str]:
    """Return the id and the whole text of a new key."""
    id = _digits(secrets.randbits(64), _ID)
    body = f"{PREFIX}{id}_{_digits(secrets.randbits(256), _SECRET)}"
    return id, body + _check(body)


def id_of(text: str) -> str:
    """Return the id of a key, "" where the text is no whole key."""
    found = _FORM.fullmatch(text)
    return found[1] if found is not None and found[2] == _check(text[:-_CHECK]) else ""


def _check(body: str) -> str:
    return _digits(crc32(body.encode("ascii")), _CHECK)


def _digits(number: int, length: int) -> str:
    found = ""
    for _ in range(length):
        number, digit = divmod(number, 62)
        found = _DIGITS[digit] + found
    return found
