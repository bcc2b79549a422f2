"""The operator's secrets (ADAPTER_STORE_KEY), and the keys that are derived from them (HKDF, RFC 5869).

The first secret is the current one; the others still open what they protected. A secret is named by an id that is
derived from it and tells nothing about it.
"""

from __future__ import annotations

import functools
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from adapter.errors import VaultError

NONCE = 12  # bytes: what AES-GCM takes


def new_secret() -> str:
    """Return a new secret: 256 random bits."""
    return secrets.token_urlsafe(32)


def refused(kind: str, cause: str) -> VaultError:
    """Return the error for what is not erased and cannot be opened."""
    detail = "What is kept of this cannot be opened."
    return VaultError("sealed", 503, detail, cause=cause, sent="no", kind="secret" if kind == "secret" else "corrupt")


class Secret:
    """One secret of the operator's. It is not shown, and not pickled."""

    def __init__(self, text: str) -> None:
        self._text = text.encode()
        self.id = self._derived(b"id", 4).hex()

    def __repr__(self) -> str:
        """Name it, and no more."""
        return f"Secret({self.id})"

    def __reduce__(self) -> str:
        raise TypeError("secrets are not pickled")

    @functools.cache  # noqa: B019 - a process has a few secrets, for as long as it lives
    def key(self, purpose: str) -> bytes:
        """Return 32 bytes for one purpose. Those of another purpose tell nothing about them."""
        return self._derived(purpose.encode(), 32)

    def _derived(self, purpose: bytes, length: int) -> bytes:
        return HKDF(SHA256(), length, salt=None, info=b"strangler-adapter 1 " + purpose).derive(self._text)


class Keyring:
    """All secrets of the operator's, the current one first. ``text`` has them parted by commas."""

    def __init__(self, text: str) -> None:
        self.secrets = tuple(Secret(word.strip()) for word in text.split(",") if word.strip())
        if not self.secrets:
            raise ValueError("no secret at all")
        self._known = {secret.id: secret for secret in self.secrets}

    @property
    def current(self) -> Secret:
        """The secret that protects what is new."""
        return self.secrets[0]

    def find(self, id: str) -> Secret:
        """Return the secret with an id. Raise VaultError (``secret``) where this process does not have it."""
        found = self._known.get(id)
        if found is None:
            raise refused("secret", f"the secret {id} is not in ADAPTER_STORE_KEY")
        return found

    def wrap(self, key: bytes, about: bytes) -> tuple[bytes, str]:
        """Return a key that the current secret protects, and that secret's id. ``about`` is what the key is for."""
        nonce = secrets.token_bytes(NONCE)
        return nonce + AESGCM(self.current.key("wrap")).encrypt(nonce, key, about), self.current.id

    def unwrap(self, wrapped: bytes, secret: str, about: bytes) -> bytes:
        """Return a key that was wrapped. Raise VaultError where that cannot be."""
        wrapping = AESGCM(self.find(secret).key("wrap"))
        try:
            return wrapping.decrypt(wrapped[:NONCE], wrapped[NONCE:], about)
        except (InvalidTag, ValueError) as error:
            raise refused("corrupt", "a wrapped key is damaged") from error
