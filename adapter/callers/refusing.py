"""How callers are refused: 401 with a challenge (RFC 9110, section 11.6.1; RFC 6750, section 3)."""

from __future__ import annotations

from adapter import problems
from adapter.errors import RequestError

REALM = 'Bearer realm="api"'


def unauthenticated(cause: str, detail: str = "The key or token is not valid.") -> RequestError:
    """Return the refusal of a credential. ``cause`` is a word for the log and the metric; callers do not see it."""
    challenge = f'{REALM}, error="invalid_token"'
    return problems.house("unauthenticated", detail, headers={"WWW-Authenticate": challenge}, cause=cause)


def nobody() -> RequestError:
    """Return the refusal of a request that shows no credential; such a challenge has no error code."""
    detail = "Show an API key (X-API-Key) or a token (Authorization: Bearer)."
    return problems.house("unauthenticated", detail, headers={"WWW-Authenticate": REALM}, cause="nothing-shown")
