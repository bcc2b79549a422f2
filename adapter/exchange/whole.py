"""Connections on which a small request leaves in one piece, and which are looked at cheaply before they are used again.

``http.client`` sends the header and the body one after the other: two calls of the system, two packets, two records of
TLS, and a server that is woken for a header alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from urllib3.connection import HTTPConnection

from adapter.exchange.head import PlainResponse

# Larger ones are not copied.
_ONE_PIECE = 64 * 1024


class WholeConnection(HTTPConnection):
    """A connection that holds back the header of a request until its body comes, where that is small and there."""

    response_class = PlainResponse
    bounded: Any
    _held: list[bytes] | None = None

    def request(  # type: ignore[override]  # our options are urllib3's own
        self, method: str, url: str, body: Any = None, headers: Mapping[str, str] | None = None, **options: Any
    ) -> None:
        """Send a request. Raises what urllib3 raises, and nothing was sent before the whole of it was made."""
        if not isinstance(body, bytes) or len(body) > _ONE_PIECE:
            return super().request(method, url, body, headers, **options)
        held: list[bytes] = []
        self._held = held
        try:
            super().request(method, url, body, headers, **options)
        finally:
            self._held = None
        return super().send(b"".join(held))

    def send(self, data: Any) -> None:
        """Send what belongs to a request, or hold it back until all of it is there."""
        if self._held is None:
            super().send(data)
        else:
            self._held.append(data)

    @property
    def is_connected(self) -> bool:
        """Whether the connection is open and nothing has come that nobody asked for."""
        return self.sock is not None and self.bounded.silent()
