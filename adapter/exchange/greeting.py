"""Connections that say who we are once for each connection, before the first request on it: NTLM over HTTP.

MS-NTHT, section 3.1: an empty request carries the first token, the 401 to it the server's challenge, and the first real
request the answer. All that fails before that request says that nothing was sent. A 401 later, or an answer with
``Persistent-Auth: false``, makes the next request on that connection begin anew.
"""

from __future__ import annotations

import base64
import binascii
import http.client
import re
from collections.abc import Callable, Mapping
from typing import Any

from urllib3.exceptions import NewConnectionError
from urllib3.response import HTTPResponse

from adapter.exchange.whole import WholeConnection

Step = Callable[[bytes], bytes]
"""One connection's handshake: the server's token in (empty for the first), ours out."""
Greet = Callable[[bytes], Step]
"""Begins a handshake; it is given the server's certificate (DER), empty without TLS."""

_CHALLENGE = re.compile(r"(?:^|,)\s*NTLM\s+([A-Za-z0-9+/=]+)\s*(?:,|$)")
_MOST = 64 * 1024


class GreetingConnection(WholeConnection):
    """A connection that greets where it was made with ``greet``."""

    def __init__(self, *args: Any, greet: Greet | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self._greet = greet
        self._greeted = False

    def request(  # type: ignore[override]  # our options are urllib3's own
        self, method: str, url: str, body: Any = None, headers: Mapping[str, str] | None = None, **options: Any
    ) -> None:
        """Send a request, on a new connection after the handshake."""
        if self._greet is None:
            return super().request(method, url, body, headers, **options)
        if self.sock is None:
            self.connect()
        who = {} if self._greeted else self._handshake(url, self._greet)
        self._greeted = True
        return super().request(method, url, body, {**(headers or {}), **who}, **options)

    def close(self) -> None:
        """Close; whoever opens it anew (urllib3 does so before a request over TLS) is not known to the server."""
        super().close()
        self._greeted = False

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # urllib3's own type differs so
        """Return the answer; one that shows that the server does not know us makes the next request greet again."""
        response = super().getresponse()
        if response.status == 401 or response.headers.get("persistent-auth", "").lower() == "false":
            self._greeted = False
        return response

    def _handshake(self, url: str, greet: Greet) -> Mapping[str, str]:
        """Return the field that the first real request carries; none where the server asks for no NTLM."""
        certificate = getattr(self.sock, "getpeercert", lambda binary_form: b"")(binary_form=True) or b""
        step = greet(certificate)
        try:
            super().request("POST", url, b"", {**_field(step(b"")), "Content-Length": "0"}, preload_content=False)
            response = super().getresponse()
            response.read(_MOST)
            if response.length_remaining:  # no login page is so long; nothing more can be said on this connection
                self.close()
                self.connect()
                return {}
            found = _CHALLENGE.search(response.headers.get("www-authenticate", ""))
            return _field(step(base64.b64decode(found[1]))) if found and response.status == 401 else {}
        except (OSError, http.client.HTTPException, binascii.Error) as error:
            raise NewConnectionError(self, f"handshake: {type(error).__name__}") from error


def _field(token: bytes) -> Mapping[str, str]:
    return {"Authorization": f"NTLM {base64.b64encode(token).decode('ascii')}"}
