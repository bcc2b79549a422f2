"""Cursors as callers see them: opaque, signed (itsdangerous: HMAC), and good for a while."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from adapter.problems import house

LIFE = 3600
_SALT = "adapter.cursor"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list stands: the operation, what its first call was made of, and the next row.

    ``path`` and ``query`` are checked values, ``limit`` the rows of a page. ``at`` are the values of the call for the
    page (empty: the first call), of whose rows ``skip`` were answered already.
    """

    operation: str
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    limit: int
    at: Mapping[str, str]
    skip: int


class Cursors:
    """Writes and reads cursors. ``secret`` returns the text that they are signed with; "" stands for one of our own.

    Our own is made once, before the workers part: it ends with the process, and another machine does not know it.
    """

    def __init__(self, secret: Callable[[], str] = str, life: float = LIFE) -> None:
        own = secrets.token_urlsafe(32)
        self._secret = lambda: secret() or own
        self._life = life

    def written(self, place: Place) -> str:
        """Return the cursor for a place."""
        return str(self._serializer().dumps(asdict(place)))

    def read(self, text: str, operation: str, path: Mapping[str, Any]) -> Place:
        """Return the place of a cursor. Raise RequestError for one that is not ours, of another list, or too old."""
        try:
            place = Place(**self._serializer().loads(text, max_age=int(self._life)))
        except SignatureExpired:
            raise house("cursor-expired") from None
        except (BadData, TypeError):  # TypeError: another release of this program wrote it
            raise house("cursor-invalid") from None
        if place.operation != operation or place.path != path:
            raise house("cursor-invalid", cause=f"{operation}: a cursor of {place.operation}")
        return place

    def _serializer(self) -> Any:
        # The overloads of its constructor say nothing about what they return.
        return URLSafeTimedSerializer(self._secret(), salt=_SALT)  # type: ignore[no-untyped-call]
