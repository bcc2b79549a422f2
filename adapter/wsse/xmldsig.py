"""XML Signature (W3C, version 1.1): canonical bytes, digests, signature values, and the algorithms that count here.

Rule 1: one canonical form, exclusive C14N without comments. The parser has dropped comments, so no two readers can
        differ over them. A processing instruction inside (SOAP forbids them) makes the digest differ.
Rule 2: what is not listed here is not known: no SHA-1, no HMAC, no other transform.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from lxml import etree

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey

_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_ENC = "http://www.w3.org/2001/04/xmlenc#"
DIGESTS = {f"{_ENC}sha256": hashlib.sha256, f"{_MORE}sha384": hashlib.sha384, f"{_ENC}sha512": hashlib.sha512}
METHODS: dict[str, tuple[type[PublicKey], hashes.HashAlgorithm]] = {
    f"{_MORE}{kind}-sha{hash_.digest_size * 8}": (key, hash_)
    for kind, key in (("rsa", rsa.RSAPublicKey), ("ecdsa", ec.EllipticCurvePublicKey))
    for hash_ in (hashes.SHA256(), hashes.SHA384(), hashes.SHA512())
}
DIGEST = f"{_ENC}sha256"
_RSA_BITS = 2048
_EC_BITS = 256


def canonical(element: Any, prefixes: Iterable[str] = ()) -> bytes:
    """Return an element in Exclusive XML Canonicalization 1.0; ``prefixes`` is its InclusiveNamespaces PrefixList."""
    return etree.tostring(
        element, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=list(prefixes) or None
    )


def digest(data: bytes, algorithm: str = DIGEST) -> bytes:
    """Return the digest of canonical bytes. Raises KeyError for an algorithm that does not count."""
    return DIGESTS[algorithm](data).digest()


def strong(key: object) -> bool:
    """Tell whether a public key can be used here: RSA from 2048 bits, elliptic curves from 256."""
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size >= _RSA_BITS
    return isinstance(key, ec.EllipticCurvePublicKey) and key.key_size >= _EC_BITS


def sign(key: PrivateKey, data: bytes) -> bytes:
    """Return the value of a signature by ``method_of`` the key."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    size = _half(key.key_size)
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def method_of(key: PrivateKey) -> str:
    """Return the address of the signature method for a key."""
    return f"{_MORE}{'rsa' if isinstance(key, rsa.RSAPrivateKey) else 'ecdsa'}-sha256"


def holds(key: object, method: str, data: bytes, value: bytes) -> bool:
    """Tell whether ``value`` is the signature of ``data`` by the private half of ``key``."""
    kind, algorithm = METHODS[method]
    if not isinstance(key, kind) or not strong(key):
        return False
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(value, data, padding.PKCS1v15(), algorithm)
        else:
            size = _half(key.key_size)
            if len(value) != 2 * size:
                return False
            r, s = (int.from_bytes(half, "big") for half in (value[:size], value[size:]))
            key.verify(encode_dss_signature(r, s), data, ec.ECDSA(algorithm))
    except InvalidSignature:
        return False
    return True


def from_base64(text: str | None) -> bytes | None:
    """Return the bytes of xsd:base64Binary, which may hold white space; None for what is none."""
    try:
        return base64.b64decode("".join((text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def to_base64(data: bytes) -> str:
    """Return base64 on one line."""
    return base64.b64encode(data).decode("ascii")


def _half(bits: int) -> int:
    return (bits + 7) // 8
