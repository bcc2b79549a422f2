"""An answer in parts whose envelope is read first, while the document beside it is still arriving."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from adapter.backends.soap.attachments import root_headers
from adapter.exchange import Opened, Reply, reply_invalid
from adapter.exchange.multipart import MEDIA_TYPE, Part, Parts, content_id
from adapter.messages import Stream

# The deadline bounds a call until its envelope is there. A document may be long, but it has to keep coming.
IDLE_SECONDS: Final = 30.0


class Arriving:
    """The parts of an answer that come after the envelope. Whoever does not stream one of them closes it."""

    def __init__(self, opened: Opened, parts: Iterator[Part]) -> None:
        self._opened = opened
        self._parts = parts

    def stream(self, name: str) -> Stream:
        """Return the part of this Content-ID as a body. Raise BackendReplyInvalid where it does not come next to it."""
        self._opened.patience(IDLE_SECONDS)
        try:
            part = next((part for part in self._parts if part.id == name), None)
        except BaseException:
            self.close()
            raise
        if part is None:
            self.close()
            raise reply_invalid("an attachment is missing")
        return Stream(part.chunks, self.close)

    def close(self) -> None:
        """End the exchange; what has not arrived is not waited for."""
        self._opened.close()


def envelope_first(opened: Opened, most: int) -> tuple[Reply, Arriving | None]:
    """Return an answer as soon as its envelope is in, and what comes after it; None where all of it is there.

    ``most`` bounds the envelope, and an answer that has no parts. Raises BackendReplyInvalid, the answer closed.
    """
    try:
        if opened.media_type != MEDIA_TYPE:
            reply = Reply(opened.status, opened.headers, Part({}, opened.chunks).whole(most))
            opened.close()
            return reply, None
        parts = Parts(opened.headers.get("content-type", ""), opened.chunks)
        rest = iter(parts)
        first = next(rest, None)
        start = content_id(parts.parameters.get("start", ""))
        if first is None or (start and first.id and first.id != start):
            raise reply_invalid("multipart that does not begin with the envelope")
        headers = root_headers(opened.headers, first.headers)
        return Reply(opened.status, headers, first.whole(most)), Arriving(opened, rest)
    except BaseException:
        opened.close()
        raise
