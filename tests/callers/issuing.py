"""An issuer of access tokens for tests: keys, a JWK set, tokens signed rightly or with something wrong in them."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from adapter.exchange import Reply

ISSUER, AUDIENCE = "https://login.example/realm", "orders-api"


@cache
def rsa_key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """Return a key pair; the same for the same name."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@cache
def curve_key(name: str) -> ec.EllipticCurvePrivateKey:
    """Return a key pair on the curve P-256; the same for the same name."""
    return ec.generate_private_key(ec.SECP256R1())


@cache
def edwards_key(name: str) -> ed25519.Ed25519PrivateKey:
    """Return a key pair for Ed25519; the same for the same name."""
    return ed25519.Ed25519PrivateKey.generate()


def jwk(id: str, key: Any = None, **more: Any) -> dict[str, Any]:
    """Return the public half of a key as a JWK (RFC 7517)."""
    pair = key or rsa_key(id)
    kinds: list[tuple[type, str]] = [
        (rsa.RSAPrivateKey, "RS256"),
        (ec.EllipticCurvePrivateKey, "ES256"),
        (ed25519.Ed25519PrivateKey, "EdDSA"),
    ]
    algorithm = next(name for kind, name in kinds if isinstance(pair, kind))
    made: dict[str, Any] = jwt.get_algorithm_by_name(algorithm).to_jwk(pair.public_key(), as_dict=True)
    return {"kid": id, "use": "sig", **made, **more}


def jwk_set(*keys: Mapping[str, Any]) -> bytes:
    """Return a JWK set as an issuer serves it; that of the key ``one`` where none is given."""
    return json.dumps({"keys": list(keys or [jwk("one")])}).encode()


def claims(now: float, **more: Any) -> dict[str, Any]:
    """Return the claims of a good token; what is given as None is left out."""
    usual = {
        "iss": ISSUER, "aud": AUDIENCE, "sub": "shop", "client_id": "shop", "jti": "1",
        "iat": int(now), "exp": int(now) + 300, "scope": "customers.read",
    }  # fmt: skip
    return {name: value for name, value in {**usual, **more}.items() if value is not None}


def token(
    said: Mapping[str, Any],
    header: Mapping[str, Any] | None = None,
    *,
    key: Any = None,
    algorithm: str = "RS256",
) -> str:
    """Sign claims. ``header`` stands over the usual one; None in it leaves a member out."""
    whole = {"typ": "at+jwt", "kid": "one", **(header or {})}
    wanted = {name: value for name, value in whole.items() if value is not None}
    return jwt.encode(dict(said), key or rsa_key("one"), algorithm, headers=wanted)


def by_hand(header: Mapping[str, Any] | bytes, said: Mapping[str, Any] | bytes, key: Any = None) -> str:
    """Sign with RS256 whatever header and claims say, also what no library would."""
    parts = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in (header, said)]
    text = ".".join(encoded(each) for each in parts)
    signature = jwt.get_algorithm_by_name("RS256").sign(text.encode(), key or rsa_key("one"))
    return f"{text}.{encoded(signature)}"


def encoded(data: bytes) -> str:
    """Return bytes in base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def serving(*bodies: bytes | Exception) -> tuple[Callable[[float], Reply], list[float]]:
    """Return what fetches these one after the other (the last one again and again), and when it was asked."""
    waiting, asked = list(bodies), list[float]()

    def fetch(deadline: float) -> Reply:
        asked.append(time.monotonic())
        body = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(body, Exception):
            raise body
        return Reply(200, {"content-type": "application/json"}, body)

    return fetch, asked
