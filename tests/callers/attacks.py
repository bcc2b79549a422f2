"""What must be refused: tokens and keys that are forged, stale, or meant for somebody else.

Each is a name and what makes its text: a token of the time on the wall clock, a key of one that is good. The sources
are RFC 8725 (best practices for JWTs), section 2, and RFC 9068, section 4.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.callers.issuing import by_hand, claims, curve_key, encoded, jwk, rsa_key, token

Attack = Callable[[float], str]
_HEADER = {"alg": "RS256", "typ": "at+jwt", "kid": "one"}


def _hmac(secret: bytes, algorithm: str) -> Attack:
    """Sign with what everybody knows, the public key, as if it were a secret."""

    def made(now: float) -> str:
        header = encoded(json.dumps({**_HEADER, "alg": algorithm}).encode())
        text = f"{header}.{encoded(json.dumps(claims(now)).encode())}"
        return f"{text}.{encoded(jwt.algorithms.HMACAlgorithm(_HASHES[algorithm]).sign(text.encode(), secret))}"

    return made


_HASHES: Mapping[str, Any] = {
    "HS256": jwt.algorithms.HMACAlgorithm.SHA256,
    "HS384": jwt.algorithms.HMACAlgorithm.SHA384,
    "HS512": jwt.algorithms.HMACAlgorithm.SHA512,
}


def _pem(name: str) -> bytes:
    return rsa_key(name).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _none(algorithm: str) -> Attack:
    header = encoded(json.dumps({**_HEADER, "alg": algorithm}).encode())
    return lambda now: f"{header}.{encoded(json.dumps(claims(now)).encode())}."


def _claimed(**more: Any) -> Attack:
    return lambda now: token(claims(now, **more))


def _timed(name: str, seconds: float) -> Attack:
    return lambda now: token(claims(now, **{name: int(now + seconds)}))


def _headed(header: Mapping[str, Any], key: str = "one") -> Attack:
    return lambda now: by_hand({**_HEADER, **header}, claims(now), rsa_key(key))


def _changed(part: int) -> Attack:
    """Change one part of a good token, and leave the signature."""

    def made(now: float) -> str:
        parts = token(claims(now)).split(".")
        other = token(claims(now, sub="admin", scope="customers.read customers.write")).split(".")
        return ".".join(other[index] if index == part else each for index, each in enumerate(parts))

    return made


TOKENS: dict[str, Attack] = {
    # who signed
    "signed by another key under a known id": lambda now: token(claims(now), key=rsa_key("thief")),
    "signed under an unknown id": lambda now: token(claims(now), {"kid": "two"}, key=rsa_key("two")),
    "its own key in the header (jwk)": _headed({"jwk": jwk("thief")}, "thief"),
    "a place of keys in the header (jku)": _headed({"jku": "https://thief.example/jwks", "kid": "thief"}, "thief"),
    "a certificate's place in the header (x5u)": _headed({"x5u": "https://thief.example/x5u"}, "thief"),
    "a certificate in the header (x5c)": _headed({"x5c": ["MIIB"]}, "thief"),
    "a path as key id": _headed({"kid": "../../../../dev/null"}),
    "SQL as key id": _headed({"kid": "one' OR '1'='1"}),
    "a number as key id": _headed({"kid": 1}),
    "claims changed": _changed(1),
    "header changed": lambda now: _other_header(token(claims(now)), token(claims(now), {"x": "y"})),
    "signature of another token": _changed(2),
    "signature cut off": lambda now: token(claims(now))[:-8],
    "signature left out": lambda now: token(claims(now)).rpartition(".")[0] + ".",
    # algorithms
    "alg none": _none("none"),
    "alg None": _none("None"),
    "alg nOnE": _none("nOnE"),
    "alg empty": _none(""),
    "alg HS256 with the public key": _hmac(_pem("one"), "HS256"),
    "alg HS384 with the public key": _hmac(_pem("one"), "HS384"),
    "alg HS512 with the public key": _hmac(_pem("one"), "HS512"),
    "alg HS256 with the JWK's modulus": _hmac(jwk("one")["n"].encode(), "HS256"),
    "alg HS256 with an empty secret": _hmac(b"", "HS256"),
    "alg RS384, which the issuer does not use": lambda now: token(claims(now), algorithm="RS384"),
    "alg PS256, which the issuer does not use": lambda now: token(claims(now), algorithm="PS256"),
    "alg ES256 under the id of an RSA key": lambda now: token(claims(now), key=curve_key("x"), algorithm="ES256"),
    "alg left out": lambda now: by_hand({"typ": "at+jwt", "kid": "one"}, claims(now)),
    "alg a list": _headed({"alg": ["RS256"]}),
    # what would change what is signed
    "crit with something unknown": _headed({"crit": ["x"], "x": 1}),
    "crit empty": _headed({"crit": []}),
    "b64 false": _headed({"b64": False, "crit": ["b64"]}),
    "zip": _headed({"zip": "DEF"}),
    # another kind of token
    "an ID token (typ JWT)": _headed({"typ": "JWT"}),
    "typ left out": lambda now: by_hand({"alg": "RS256", "kid": "one"}, claims(now)),
    "typ of a logout token": _headed({"typ": "logout+jwt"}),
    # for somebody else
    "another issuer": _claimed(iss="https://thief.example"),
    "the issuer with a slash": _claimed(iss="https://login.example/realm/"),
    "the issuer in capitals": _claimed(iss="HTTPS://LOGIN.EXAMPLE/realm"),
    "no issuer": _claimed(iss=None),
    "the issuer in a list": lambda now: by_hand(_HEADER, claims(now, iss=["https://login.example/realm"])),
    "another audience": _claimed(aud="billing-api"),
    "the audience as a part": _claimed(aud="orders-api.thief.example"),
    "no audience": _claimed(aud=None),
    "an empty list of audiences": _claimed(aud=[]),
    "no subject": _claimed(sub=None),
    "an empty subject": _claimed(sub=""),
    "a subject that is a number": lambda now: by_hand(_HEADER, claims(now, sub=7)),
    # times
    "expired": _timed("exp", -31),
    "expired long ago": _timed("exp", -86400 * 365),
    "no end": _claimed(exp=None),
    "an end that is text": lambda now: by_hand(_HEADER, claims(now, exp="9999999999")),
    "an end that is true": lambda now: by_hand(_HEADER, claims(now, exp=True)),
    "an endless end": lambda now: by_hand(_HEADER, claims(now, exp=10**15)),
    "not valid yet": _timed("nbf", 60),
    "issued in the future": _timed("iat", 3600),
    # forms
    "a member twice": lambda now: by_hand(_HEADER, json.dumps(claims(now)).encode()[:-1] + b',"sub":"admin"}'),
    "NaN as end": lambda now: by_hand(_HEADER, json.dumps(claims(now)).encode().replace(b'"jti"', b'"exp":NaN,"jti"')),
    "claims that are a list": lambda now: by_hand(_HEADER, b"[]"),
    "a header that is text": lambda now: by_hand(b'"RS256"', claims(now)),
    "no UTF-8": lambda now: by_hand(_HEADER, b'{"iss":"\xff"}'),
    "four parts": lambda now: token(claims(now)) + ".x",
    "two parts": lambda now: token(claims(now)).rpartition(".")[0],
    "five parts, as if encrypted": lambda now: token(claims(now)) + ".x.y",
    "padding": lambda now: token(claims(now)) + "=",
    "other bits at the end": lambda now: _other_bits(token(claims(now))),
    "too long": lambda now: token(claims(now, x="x" * 9000)),
    "deeply nested": lambda now: by_hand(_HEADER, b'{"x":' + b"[" * 200 + b"]" * 200 + b"}"),
    "one word": lambda now: "token",
}


def _other_bits(text: str) -> str:
    """Spell the signature otherwise: its last digit holds bits that nothing reads."""
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + digits[digits.index(text[-1]) ^ 1]


def _other_header(text: str, other: str) -> str:
    return ".".join([other.split(".")[0], *text.split(".")[1:]])


def _swapped(key: str) -> str:
    """Let two digits of a secret that differ change places."""
    at = next(index for index in range(20, 40) if key[index] != key[index + 1])
    return key[:at] + key[at + 1] + key[at] + key[at + 2 :]


KEYS: dict[str, Callable[[str], str]] = {
    "one digit changed": lambda key: key[:20] + ("a" if key[20] != "a" else "b") + key[21:],
    "two digits in the other order": lambda key: (
        key[:30] + key[31] + key[30] + key[32:] if key[30] != key[31] else "sa_"
    ),
    "the end cut off": lambda key: key[:-1],
    "one more digit": lambda key: key + "a",
    "only the id": lambda key: key[:14],
    "the prefix alone": lambda key: "sa_",
    "in capitals": str.upper,
    "another prefix": lambda key: "sb_" + key[3:],
}
