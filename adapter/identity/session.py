"""A session of the ERP's own: log in by an operation, show the token in every call, log in again when it expired.

Rule 1: a call is made again only when the ERP said that it does not know the token, since it did not act then; once.
Rule 2: a token that another call has renewed already is not renewed again (``Tokens``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from adapter.errors import SessionExpired
from adapter.exchange import Reply
from adapter.identity.tokens import Tokens
from adapter.mapping.model.soap import SessionRule

R = TypeVar("R")
# What may stand in a header field, and in a cookie's value (RFC 6265, section 4.1.1), without being taken apart there.
_FIELD = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,4094}[\x21-\x7e])?")
_COOKIE = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{1,4096}")
_TEXT = re.compile("[^\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]{1,4096}")


class Session:
    """The session that the calls of one port share."""

    def __init__(self, rule: SessionRule, tokens: Tokens) -> None:
        self._rule, self._tokens = rule, tokens

    def run(self, deadline: float, act: Callable[[str], R]) -> R:
        """Return what ``act`` makes of a token. It runs once more, with a new one, where it raises SessionExpired.

        Raises what ``act`` and ``Tokens.token`` raise.
        """
        granted = self._tokens.token(deadline)
        try:
            return act(granted.text)
        except SessionExpired:
            self._tokens.forget(granted)
        return act(self._tokens.token(deadline).text)

    def fields(self, token: str) -> Mapping[str, str]:
        """Return the HTTP header fields that show a token."""
        if self._rule.at == "cookie":
            return {"Cookie": f"{self._rule.where}={token}"}
        return {self._rule.where: token} if self._rule.at == "http_header" else {}


def usable(rule: SessionRule, token: str) -> bool:
    """Tell whether a token can stand where it is shown."""
    kind = {"cookie": _COOKIE, "http_header": _FIELD}.get(rule.at, _TEXT)
    return kind.fullmatch(token) is not None


def cookie(reply: Reply, name: str) -> str:
    """Return the value of a cookie that an answer sets (RFC 6265, section 4.1), "" where it sets none."""
    found = re.search(rf'(?:^|,)\s*{re.escape(name)}="?([^";,\s]*)', reply.headers.get("set-cookie", ""))
    return found[1] if found else ""
