"""Our check with single checks switched off, to see what each of them keeps out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hmac import HMAC
from lxml import etree

from adapter.wsse import info, times, verify, xmldsig
from adapter.wsse.names import ID, SECURITY
from tests.wsse.erp import HMAC_SHA256, RSA_SHA1, SHA1


def _nothing(*_: object) -> None:
    """Check nothing."""


def _first_security(root: Any) -> Any:
    return next(root.iter(SECURITY))


def _first_found(root: Any, signed: info.SignedInfo) -> dict[str, Any]:
    """Resolve ids as many do: the first element that has it, or the document."""
    first: dict[str, Any] = {}
    for element in root.iter("*"):
        first.setdefault(element.get(ID), element)
    return {reference.id: first.get(reference.id, root) for reference in signed.references}


def _first(parent: Any, tag: str) -> Any:
    return parent.find(tag)


def _any_body(self: verify.Verifier, root: Any, sent: verify.Sent) -> Any:
    return root.find("{*}Body")


def _inclusive(element: Any, prefixes: object = ()) -> bytes:
    return etree.tostring(element, method="c14n")


def _holds(key: Any, method: str, data: bytes, value: bytes) -> bool:
    """Take whatever method the message names, with the key that is at hand."""
    if method != HMAC_SHA256:
        return xmldsig.holds(key, method, data, value)
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    code = HMAC(pem, hashes.SHA256())
    code.update(data)
    return code.finalize() == value


_METHODS = {**xmldsig.METHODS, RSA_SHA1: (rsa.RSAPublicKey, hashes.SHA1())}
_DIGESTS = {**xmldsig.DIGESTS, SHA1: hashlib.sha1}
# A check's name, and what has to be replaced so that it is off.
CHECKS: Mapping[str, tuple[tuple[Any, str, Any], ...]] = {
    "body": ((verify.Verifier, "body", _any_body),),
    "_security": ((verify, "_security", _first_security),),
    "_found": ((verify, "_found", _first_found),),
    "only": ((verify, "only", _first), (info, "only", _first)),
    "_check_covered": ((verify, "_check_covered", _nothing),),
    "_check_digest": ((verify, "_check_digest", _nothing),),
    "_check_signer": ((verify, "_check_signer", _nothing),),
    "_check_confirmed": ((verify, "_check_confirmed", _nothing),),
    "check_fresh": ((verify, "check_fresh", _nothing),),
    "replays": ((times.Replays, "check", _nothing),),
    "_check_method": ((info, "_check_method", _nothing), (xmldsig, "METHODS", _METHODS), (verify, "holds", _holds)),
    "_check_digest_method": ((info, "_check_digest_method", _nothing), (xmldsig, "DIGESTS", _DIGESTS)),
    "_check_transforms": ((info, "_check_transforms", _nothing),),
    "_check_canonicalization": ((info, "_check_canonicalization", _nothing), (info, "canonical", _inclusive)),
    "_check_uri": ((info, "_check_uri", _nothing),),
}


@contextmanager
def without(*checks: str) -> Iterator[None]:
    """Switch checks off while the block runs."""
    places = [place for check in checks for place in CHECKS[check]]
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in places]
    try:
        for owner, name, instead in places:
            setattr(owner, name, instead)
        yield
    finally:
        for owner, name, old in reversed(before):
            setattr(owner, name, old)
