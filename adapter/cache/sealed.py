"""Names and seals for what workers hand each other, so that in the shared store nobody reads whose answer is what.

A name is a keyed hash of all that makes two requests ask for the same, the caller among it. What is sealed
(AES-256-GCM) is bound to its name: put elsewhere it cannot be opened, so that it never is the answer to another.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapter.cache.keys import Key

_NONCE: Final = 12


class Sealing:
    """Names and seals by one secret of at least 32 bytes. Those of another secret are strangers to each other."""

    def __init__(self, secret: bytes) -> None:
        self._naming = hmac.digest(secret, b"strangler-adapter answers 1 name", hashlib.sha256)
        self._cipher = AESGCM(hmac.digest(secret, b"strangler-adapter answers 1 seal", hashlib.sha256))

    def name(self, key: Key) -> str:
        """Return the name of what a key asks for. Keys are tuples of texts, so their written form tells them apart."""
        return hmac.digest(self._naming, repr(key).encode("utf-8", "surrogatepass"), hashlib.sha256)[:16].hex()

    def seal(self, name: str, data: bytes) -> bytes:
        """Return ``data`` so that it can be opened at this name alone."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, data, name.encode())

    def open(self, name: str, sealed: bytes) -> bytes | None:
        """Return what was sealed; None for what was not sealed by us, or for another name."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())
        except (InvalidTag, ValueError):
            return None
