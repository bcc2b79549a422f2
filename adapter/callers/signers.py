"""The public keys of an issuer, from its JWK set (RFC 7517): only such as can be used to check its signatures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import jwt
from jwt.exceptions import PyJWTError

from adapter.callers.issuers import ALGORITHMS
from adapter.callers.refusing import unauthenticated
from adapter.callers.signed import Signed

_MOST_KEYS: Final = 100
_RSA_BITS: Final = 2048
# RFC 7518, section 3.1: an elliptic curve belongs to one algorithm.
_CURVES: Final = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512", "Ed25519": "EdDSA"}


_JWS: Final = jwt.PyJWS(algorithms=list(ALGORITHMS))


class Signers:
    """Keys by key id and algorithm; those of one set."""

    def __init__(self, keys: Mapping[str, Mapping[str, jwt.PyJWK]]) -> None:
        self._keys = keys

    def __len__(self) -> int:
        """How many keys there are."""
        return len(self._keys)

    def knows(self, id: str) -> bool:
        """Whether there is a key with an id."""
        return id in self._keys or (not id and len(self._keys) == 1)

    def check(self, token: Signed) -> None:
        """Check the signature of a token whose algorithm is one of the issuer's. Raise 401 where it is not right."""
        id, algorithm = token.said("kid"), token.said("alg")
        by_algorithm = self._keys.get(id) if id else next(iter(self._keys.values()))
        key = by_algorithm.get(algorithm) if by_algorithm is not None else None
        if key is None:
            raise unauthenticated("wrong-key-for-algorithm")
        try:
            _JWS.decode(token.text, key, [algorithm])
        except PyJWTError:
            raise unauthenticated("wrong-signature") from None


def signers(document: Any, algorithms: Sequence[str]) -> Signers:
    """Return the keys of a JWK set that can check one of ``algorithms``; an issuer may have others too.

    Raise ValueError where it is no JWK set, or nothing of it can be used.
    """
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list) or len(keys) > _MOST_KEYS:
        raise ValueError("no JWK set")
    found: dict[str, dict[str, jwt.PyJWK]] = {}
    for key in keys:
        if not isinstance(key, dict) or not _may_sign(key):
            continue
        id = key.get("kid", "")
        usable = {each: made for each in algorithms if _fits(key, each) and (made := _made(key, each)) is not None}
        if usable and isinstance(id, str):
            found.setdefault(id, usable)
    if not found:
        raise ValueError("a JWK set without a key that can be used")
    return Signers(found)


def _may_sign(key: Mapping[str, Any]) -> bool:
    """Whether a key is for signatures (RFC 7517, sections 4.2 and 4.3)."""
    operations = key.get("key_ops")
    return key.get("use", "sig") == "sig" and (not isinstance(operations, list) or "verify" in operations)


def _fits(key: Mapping[str, Any], algorithm: str) -> bool:
    """Whether a key is for an algorithm. A secret key (``oct``) is for none of them."""
    if key.get("alg", algorithm) != algorithm:
        return False
    if algorithm[:2] in ("RS", "PS"):
        return key.get("kty") == "RSA"
    return key.get("kty") in ("EC", "OKP") and _CURVES.get(str(key.get("crv"))) == algorithm


def _made(key: Mapping[str, Any], algorithm: str) -> jwt.PyJWK | None:
    public = {name: value for name, value in key.items() if name not in ("d", "p", "q", "dp", "dq", "qi", "oth", "k")}
    try:
        made = jwt.PyJWK(public, algorithm)
    except PyJWTError:
        return None
    return made if getattr(made.key, "key_size", _RSA_BITS) >= _RSA_BITS or algorithm[:2] not in ("RS", "PS") else None
