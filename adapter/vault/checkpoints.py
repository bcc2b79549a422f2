"""Signed checkpoints of the audit: how many entries there were, and the hash of the last (Ed25519, RFC 8032).

A chain alone cannot show that its end was cut off, or that all of it was written anew. A checkpoint can, if a copy of
it lies where whoever changes the database cannot write. The signing key is derived from the operator's secret.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adapter.errors import AdapterError, VaultError
from adapter.store.audit import Head
from adapter.vault.keyring import Keyring, Secret


class Forged(AdapterError):
    """A checkpoint that cannot be believed; the text says why."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where the chain was at a time (seconds since 1970). ``secret`` is the id of the secret that signed it."""

    count: int
    hash: str
    time: float
    secret: str


def signed(ring: Keyring, head: Head, now: float) -> str:
    """Return a checkpoint of a chain that ends at ``head``: one line of JSON."""
    checkpoint = Checkpoint(head.sequence, head.hash.hex(), now, ring.current.id)
    signature = _key(ring.current).sign(_told(checkpoint))
    return json.dumps({**asdict(checkpoint), "signature": signature.hex()})


def read(ring: Keyring, text: str) -> Checkpoint:
    """Return the checkpoint that a text is. Raise Forged where it is none of ours."""
    try:
        found = json.loads(text)
        signature = bytes.fromhex(found.pop("signature"))
        checkpoint = Checkpoint(**found)
        key = _key(ring.find(str(checkpoint.secret))).public_key()
    except VaultError as error:
        raise Forged(f"its signature cannot be checked: {error.cause}") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Forged("it is no checkpoint") from error
    try:
        key.verify(signature, _told(checkpoint))
    except InvalidSignature as error:
        raise Forged("its signature is not that of its text") from error
    return checkpoint


def _told(checkpoint: Checkpoint) -> bytes:
    return b"audit checkpoint 1 " + json.dumps(asdict(checkpoint), sort_keys=True).encode()


def _key(secret: Secret) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(secret.key("audit"))
