"""OAuth 2.0 client credentials (RFC 6749, section 4.4): one token for all calls, fetched before it is needed again.

However many calls wait, one asks; the others take what it got, its failure too. A call that gets no token was never
sent, and its error says so.
"""

from __future__ import annotations

import base64
import math
import re
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote_plus, urlencode

from adapter.errors import BackendError, BackendFault, BackendTimeout, InvalidRequest
from adapter.exchange import Exchange, Reply, reply_invalid
from adapter.identity.credentials import Value
from adapter.strict_json import decode

MAX_BYTES = 64 * 1024
_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")
_ERROR = re.compile(r"[a-z_]{1,40}")
_LIFE = 300  # seconds, where the answer does not say
_MARGIN = 30  # seconds before its end a token counts as expired, at most a fifth of its life


class Tokens:
    """The source of tokens for one set of credentials. ``exchange`` is pinned to the token endpoint."""

    def __init__(
        self,
        exchange: Exchange,
        client_id: Value,
        client_secret: Value,
        scope: Value,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._exchange = exchange
        self._id, self._secret, self._scope = client_id, client_secret, scope
        self._clock = clock
        self._turn = threading.Lock()  # looked up now, so that gevent's is used after its monkey-patching
        self._token, self._until = "", -math.inf
        self._failure: tuple[int, BackendError] | None = None
        self._failures = 0

    def token(self, deadline: float) -> str:
        """Return a token that still counts. Raises BackendError (``sent: no``) where none is to be had in time."""
        failures = self._failures
        if self._clock() < self._until:
            return self._token
        if not self._turn.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise BackendTimeout("backend-timeout", 504, _DETAIL, cause="token endpoint: waited too long", sent="no")
        try:
            if self._clock() < self._until:
                return self._token
            if self._failure is not None and self._failure[0] > failures:
                raise replace(self._failure[1])
            return self._fetched(deadline)
        finally:
            self._turn.release()

    def forget(self, token: str) -> None:
        """Let a token count no more, unless another has taken its place."""
        if token == self._token:
            self._until = -math.inf

    def secrets(self) -> tuple[str, ...]:
        """Return what must not be shown: the token and the client's secret."""
        return self._token, self._secret()

    def _fetched(self, deadline: float) -> str:
        asked = self._clock()
        try:
            token, life = _granted(self._ask(deadline))
        except BackendError as error:
            failure = replace(error, detail=_DETAIL, cause=f"token endpoint: {error.cause}", sent="no")
            self._failures += 1
            # Another's deadline says nothing about the next call's.
            self._failure = None if isinstance(error, BackendTimeout) else (self._failures, failure)
            raise failure from error
        self._token, self._until = token, asked + life - min(_MARGIN, life / 5)
        self._failure = None
        return token

    def _ask(self, deadline: float) -> Reply:
        # Section 2.3.1: both are form-encoded before they go into HTTP Basic.
        client = f"{quote_plus(self._id())}:{quote_plus(self._secret())}".encode()
        form = {"grant_type": "client_credentials"} | ({"scope": scope} if (scope := self._scope()) else {})
        headers = {
            "Accept": "application/json",
            "Authorization": f"Basic {base64.b64encode(client).decode('ascii')}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return self._exchange.send("POST", deadline=deadline, headers=headers, body=urlencode(form).encode("ascii"))


_DETAIL = "The adapter could not log in at the system behind this API. Nothing was sent."


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
