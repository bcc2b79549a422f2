"""A token taken apart (RFC 7515, section 7.1), before anything in it is believed: sizes, forms, what it asks for."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapter.callers.refusing import unauthenticated
from adapter.errors import InvalidRequest, RequestError
from adapter.strict_json import decode

MOST = 8192
_DEPTH, _DIGITS = 8, 20
# What would change what is signed or how: none of it is understood here, so it must not pass (RFC 7515, 4.1.11).
_NOT_UNDERSTOOD = ("crit", "b64", "zip", "enc")


@dataclass(frozen=True, slots=True)
class Signed:
    """A token: its whole text, its header and its claims. None of it is checked."""

    text: str
    header: Mapping[str, Any]
    claims: Mapping[str, Any]

    def said(self, name: str) -> str:
        """Return a member of the header that is text, "" where it is none."""
        value = self.header.get(name, "")
        return value if isinstance(value, str) else ""


def apart(text: str) -> Signed:
    """Take a token apart. Raise 401 where it is none, or one that asks for what is not understood.

    ``jku``, ``x5u``, ``x5c`` and ``jwk`` are not looked at: keys come from where the settings say (RFC 8725, 3.10).
    """
    parts = text.split(".")
    if len(text) > MOST or len(parts) != 3 or not all(parts):
        raise malformed()
    header, claims = _object(parts[0]), _object(parts[1])
    _bytes(parts[2])
    if any(name in header for name in _NOT_UNDERSTOOD):
        raise unauthenticated("not-understood")
    return Signed(text, header, claims)


def malformed() -> RequestError:
    """Return the refusal of a text that is no signed token."""
    return unauthenticated("malformed-token")


def _object(part: str) -> dict[str, Any]:
    """Read a JSON object, with each member once: two readers must not see two different tokens (RFC 8725, 2.4)."""
    try:
        found = decode(_bytes(part), max_depth=_DEPTH, max_digits=_DIGITS)
    except InvalidRequest:
        raise malformed() from None
    if not isinstance(found, dict):
        raise malformed()
    return found


def _bytes(part: str) -> bytes:
    """Read base64url without padding, in the one form that it has (RFC 7515, section 2)."""
    try:
        data = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise malformed() from None
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii") != part:
        raise malformed()
    return data
