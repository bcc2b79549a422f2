"""Who has a page open: a signed cookie with the id of an API key, never its text, and a token for the forms.

What the key may do is not in it: that is looked up at each request. It ends eight hours after the login.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from itsdangerous import BadData, URLSafeSerializer

LIFE: Final = 8 * 3600
_SALT: Final = "adapter.console"


@dataclass(frozen=True, slots=True)
class Session:
    """``key`` is the id of an API key, "" before the login. ``token`` is in every form. ``begun`` is a wall clock's."""

    key: str = ""
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    begun: float = field(default_factory=time.time)

    def takes(self, token: str) -> bool:
        """Whether a form is one of ours: whoever made it has seen a page of this session."""
        return hmac.compare_digest(token.encode(), self.token.encode())


class Sessions:
    """Writes and reads cookies. ``keys`` returns what they are signed with, that of new ones last."""

    def __init__(self, keys: Callable[[], Sequence[bytes]], now: Callable[[], float] = time.time) -> None:
        self._keys, self._now = keys, now

    def begin(self, key: str = "") -> Session:
        """Return a new session."""
        return Session(key, begun=self._now())

    def written(self, session: Session) -> str:
        """Return the text of the cookie."""
        return str(self._serializer().dumps([session.key, session.token, session.begun]))

    def read(self, text: str) -> Session | None:
        """Return the session of a cookie; None for one that is not ours, or too old."""
        try:
            key, token, begun = self._serializer().loads(text)
            session = Session(str(key), str(token), float(begun))
        except (BadData, TypeError, ValueError):  # the latter two: another release of this program wrote it
            return None
        return session if 0 <= self._now() - session.begun + 60 <= LIFE + 60 else None

    def _serializer(self) -> Any:
        # The overloads of its constructor say nothing about what they return.
        return URLSafeSerializer(list(self._keys()), salt=_SALT)
