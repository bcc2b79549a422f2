"""What a request shows to say who it is from: one API key or one bearer token (RFC 6750, section 2.1), or nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapter import problems
from adapter.callers.keytext import PREFIX
from adapter.callers.refusing import unauthenticated

_BEARER = re.compile(r"bearer +([A-Za-z0-9._~+/-]{1,8192}=*)", re.IGNORECASE)
_KEY = re.compile(r"[A-Za-z0-9_]{1,200}")


@dataclass(frozen=True, slots=True)
class Shown:
    """One credential: the text of an API key, or of a token."""

    text: str
    is_key: bool


def shown(environ: Mapping[str, Any]) -> Shown | None:
    """Return what a request shows, None for nothing. Raise 400 where it is two things, 401 where it is no credential.

    The query is never looked at (RFC 9700, section 4.3.2).
    """
    authorization, own = environ.get("HTTP_AUTHORIZATION"), environ.get("HTTP_X_API_KEY")
    if authorization is None and own is None:
        return None
    if authorization is not None and own is not None:
        detail = "Show one credential: Authorization or X-API-Key, not both."
        raise problems.house("bad-request", detail, cause="two-credentials")
    if own is not None:
        if not _KEY.fullmatch(own):
            raise unauthenticated("no-key", "The X-API-Key header holds no key.")
        return Shown(own, True)
    found = _BEARER.fullmatch(authorization or "")
    if found is None:
        raise unauthenticated("no-bearer", "The Authorization header holds no bearer token.")
    return Shown(found[1], found[1].startswith(PREFIX))
