"""The head of an answer, where it is plain: read with one expression instead of a parser of e-mails.

``http.client`` reads status line and header fields line by line, and has them parsed as the header of a message of
e-mail, which knows folded lines, broken lines and defects. A head that has none of that is read here; any other is left
to ``http.client``, which finds it untouched.
"""

from __future__ import annotations

import http.client
import re
from typing import Any, Final

_TOKEN: Final = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]"
# RFC 9112, sections 4 and 5, without what is obsolete: no folded line, no byte outside of ASCII.
_PLAIN: Final = re.compile(
    rb"HTTP/1\.1 ([2-5][0-9]{2})(?: ([\x21-\x7e][\x20-\x7e]*+)?)?\r\n((?:" + _TOKEN + rb"++:[\t\x20-\x7e]*+\r\n)++)\r\n"
)
_MOST_FIELDS: Final = 64
_LENGTH: Final = re.compile(r"[0-9]{1,18}")
_WITHOUT_BODY: Final = (204, 304)


class PlainResponse(http.client.HTTPResponse):
    """An answer whose head is read at once where it is plain and says how long the body is."""

    def begin(self) -> None:
        """Read the head. Raises what ``http.client`` raises."""
        response: Any = self  # what is not in the types of http.client
        if response.headers is None and response._method != "HEAD":
            found = _PLAIN.match(response.fp.peek())
            if found is not None and self._taken(found):
                return
        super().begin()

    def _taken(self, found: re.Match[bytes]) -> bool:
        status, reason = int(found[1]), (found[2] or b"").decode("ascii")
        fields = [line.partition(":") for line in found[3].decode("ascii").split("\r\n")[:-1]]
        names = [name.lower() for name, _, _ in fields]
        if status in _WITHOUT_BODY or len(names) > _MOST_FIELDS or "transfer-encoding" in names:
            return False
        message = http.client.HTTPMessage()
        for name, _, value in fields:
            message.set_raw(name, value.lstrip(" \t"))
        length = message["content-length"]
        if names.count("content-length") != 1 or not _LENGTH.fullmatch(length):
            return False
        self.fp.read(found.end())
        self.code = self.status = status
        self.version, self.reason, self.headers = 11, reason.strip(), message
        self.msg = message
        self.chunked, self.length = False, int(length)
        self.will_close = "close" in message.get("connection", "").lower()
        return True
