"""What a token that is signed rightly must say (RFC 9068, section 4; RFC 7519, section 4.1), and whose it is."""

from __future__ import annotations

import hashlib
import hmac
import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from adapter.callers.issuers import Issuer
from adapter.callers.refusing import unauthenticated
from adapter.messages import Caller

LEEWAY: Final = 30.0
"""Seconds by which the clock of an issuer may differ from ours."""
_PLAIN = re.compile(r"[A-Za-z0-9._|:-]{1,64}")
_SCOPE = re.compile(r"[!#-\[\]-~]{1,128}")
_MOST_SCOPES = 200
_LONGEST = 255


def must_hold(claims: Mapping[str, Any], issuer: Issuer, now: float) -> float:
    """Return until when the claims hold, on a wall clock in seconds. Raise 401 where they do not hold ``now``."""
    if claims.get("iss") != issuer.url:
        raise unauthenticated("wrong-issuer")
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    if not any(each in issuer.audiences for each in named if isinstance(each, str)):
        raise unauthenticated("wrong-audience")
    ends = _time(claims, "exp")
    if ends is None:
        raise unauthenticated("no-end")
    if now >= ends + LEEWAY:
        raise unauthenticated("expired-token", "The token has expired.")
    for name in ("nbf", "iat"):
        begins = _time(claims, name)
        if begins is not None and now < begins - LEEWAY:
            raise unauthenticated("early-token", "The token is not valid yet.")
    return ends + LEEWAY


def caller(claims: Mapping[str, Any], issuer: Issuer, key: bytes) -> Caller:
    """Return whose token it is, and its scopes: ``scope`` (RFC 9068, section 2.2.3) and ``scp``.

    A subject that is no plain word, such as a mail address, is shown as a hash that ``key`` keys.
    """
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST:
        raise unauthenticated("no-subject")
    shown = subject
    if not _PLAIN.fullmatch(subject):
        shown = (
            "~"
            + hmac.digest(key, f"{issuer.url}\n{subject}".encode("utf-8", "surrogatepass"), hashlib.sha256).hex()[:32]
        )
    scopes = [*_scopes(claims.get("scope")), *_scopes(claims.get("scp"))]
    return Caller(f"{issuer.name}:{shown}", frozenset(scopes[:_MOST_SCOPES]))


def _scopes(said: Any) -> list[str]:
    words = said.split(" ") if isinstance(said, str) else said if isinstance(said, list) else []
    return [each for each in words if isinstance(each, str) and _SCOPE.fullmatch(each)]


def _time(claims: Mapping[str, Any], name: str) -> float | None:
    """Return a NumericDate (RFC 7519, section 2), None where it is absent. Raise 401 where it is anything else."""
    value = claims.get(name)
    if value is None and name not in claims:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal | float):
        raise unauthenticated("malformed-time")
    number = float(value)
    if not math.isfinite(number) or not 0 <= number < 1e11:
        raise unauthenticated("malformed-time")
    return number
