"""OAuth 2.0 client credentials (RFC 6749, section 4.4): how a token is asked for."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus, urlencode

from adapter.errors import BackendFault, InvalidRequest
from adapter.exchange import Exchange, Reply, reply_invalid
from adapter.identity.credentials import Value
from adapter.strict_json import decode

MAX_BYTES = 64 * 1024
WHERE = "token endpoint"
_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")
_ERROR = re.compile(r"[a-z_]{1,40}")
_LIFE = 300  # seconds, where the answer does not say


def client_credentials(
    exchange: Exchange, client_id: Value, client_secret: Value, scope: Value
) -> Callable[[float], tuple[str, float]]:
    """Return the function that asks for a token: a deadline in, token and life in seconds out.

    ``exchange`` is pinned to the token endpoint. Raises BackendError where no token is granted.
    """

    def ask(deadline: float) -> tuple[str, float]:
        # Section 2.3.1: both are form-encoded before they go into HTTP Basic.
        client = f"{quote_plus(client_id())}:{quote_plus(client_secret())}".encode()
        form = {"grant_type": "client_credentials"} | ({"scope": wanted} if (wanted := scope()) else {})
        headers = {
            "Accept": "application/json",
            "Authorization": f"Basic {base64.b64encode(client).decode('ascii')}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        body = urlencode(form).encode("ascii")
        return _granted(exchange.send("POST", deadline=deadline, headers=headers, body=body))

    return ask


def _granted(reply: Reply) -> tuple[str, float]:
    """Return the token and its life in seconds (section 5.1)."""
    if reply.status in (429, 503):
        raise BackendFault("backend-busy", 503, cause=f"status {reply.status}", code=f"http-{reply.status}")
    found = _document(reply)
    if reply.status in (400, 401, 403):
        said = str(found.get("error", ""))
        code = said if _ERROR.fullmatch(said) else f"http-{reply.status}"
        raise BackendFault("backend-refused-us", 502, cause=f"status {reply.status}", code=code)
    if reply.status != 200:
        raise reply_invalid(f"status {reply.status}")
    token, kind, life = found.get("access_token"), found.get("token_type"), found.get("expires_in", _LIFE)
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise reply_invalid("no access_token")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise reply_invalid("a token_type other than Bearer")
    if not re.fullmatch(r"[0-9]{1,9}", str(life)):
        raise reply_invalid("an expires_in that is no number of seconds")
    return token, float(str(life))


def _document(reply: Reply) -> dict[str, Any]:
    """Return the answer's JSON object; a refusal needs none."""
    try:
        found = decode(reply.body, max_depth=16, max_digits=20)
    except InvalidRequest:
        found = None
    if not isinstance(found, dict):
        if reply.status == 200:
            raise reply_invalid("an answer that is no JSON object")
        return {}
    return found
