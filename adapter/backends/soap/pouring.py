"""One exchange whose rows go on to the ERP while they arrive: one envelope, which ends once the last row was right.

Rule 1: nothing is sent before the first row is there and right.
Rule 2: whatever ends the rows before their end (a wrong one, a caller who leaves) ends the exchange without the end of
        the envelope, so nothing can have been taken.
Rule 3: what the ERP answers before the end counts, unless it says that all is well: it has not seen all of it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from adapter.attachments import unpacked
from adapter.backends.soap.arriving import Coming, First
from adapter.backends.soap.ready import Content, envelope_bytes, parted
from adapter.backends.soap.security import shown
from adapter.errors import BackendError, BackendFault, RequestError
from adapter.exchange import Exchange, Pouring, Reply
from adapter.exchange.multipart import Part
from adapter.identity.hiding import hidden
from adapter.messages import Request
from adapter.translate.in_text import ROWS

_MARK: Final = ROWS.encode("ascii")
_UNSENT: Final = "The connection ended before all rows were sent. Nothing was taken."
_SHOWN_BYTES: Final = 100_000


def sent_away(request: Request) -> bool:
    """Whether a body of the caller's was sent on already, so that it cannot be sent again."""
    return request.upload is not None and request.upload.taken


def must_be_there(request: Request) -> None:
    """Raise BackendFault where the caller's body is gone."""
    if sent_away(request):
        cause = "the login had ended while a document was sent"
        raise BackendFault("backend-refused-us", 502, cause=cause, sent="yes")


def poured(
    exchange: Exchange,
    fields: Mapping[str, str],
    envelope: Any,
    content: Content,
    request: Request,
    hides: Sequence[str],
    first: First | None,
) -> tuple[Reply, Coming | None, bool]:
    """Send an envelope with the rows of its ``content``; return the answer, and whether it came before the last one.

    What is still arriving of the answer is returned too, where ``first`` reads its beginning. The request's trace sees
    the beginning of what was sent, without what is in ``hides``. Raises what asking for rows raises, and what
    ``Exchange.send`` raises; both say whether anything was sent.
    """
    assert content.rows is not None
    whole = envelope_bytes(envelope, content.text)
    if request.trace is None:
        return _sent(exchange, fields, whole, content.rows, request, first)
    kept = _Kept(content.rows)
    try:
        return _sent(exchange, fields, whole, iter(kept), request, first)
    finally:
        if kept.begun:
            request.trace("soap-out", kept.within(shown(envelope, hides), content.text or "", hides))


def _sent(
    exchange: Exchange,
    fields: Mapping[str, str],
    envelope: bytes,
    rows: Iterator[bytes],
    request: Request,
    first: First | None,
) -> tuple[Reply, Coming | None, bool]:
    head, tail = envelope.split(_MARK)
    upload, body = request.upload, None
    patience = upload.patience if upload is not None else request.deadline - time.monotonic()
    try:
        chunks = _chunks(head + next(rows, b""), rows, tail)
        body = Pouring(chunks, patience)
        reply, coming = _answer(exchange, {**fields, "Connection": "close"}, body, first)
    except BackendError as error:
        if body is None or body.whole or error.sent != "maybe":
            raise
        raise replace(error, sent="no", detail=_UNSENT) from error
    except RequestError as error:
        error.sent = "no"
        raise
    return reply, coming, not body.whole


def _answer(
    exchange: Exchange, fields: Mapping[str, str], body: Pouring, first: First | None
) -> tuple[Reply, Coming | None]:
    most, deadline = exchange.max_reply_bytes, time.monotonic() + body.patience
    if first is None:
        return unpacked(exchange.send("POST", deadline=deadline, headers=fields, body=body), most), None
    opened = exchange.open("POST", deadline=deadline, headers=fields, body=body)
    if body.whole:
        return first(opened, most)
    try:
        return unpacked(Reply(opened.status, opened.headers, Part({}, opened.chunks).whole(most)), most), None
    finally:
        opened.close()


def _chunks(head: bytes, rows: Iterator[bytes], tail: bytes) -> Iterator[bytes]:
    yield head
    yield from rows
    yield tail


class _Kept:
    """Keeps the beginning of what is sent, for who looks on."""

    def __init__(self, rows: Iterator[bytes]) -> None:
        self.begun = False
        self._rows = rows
        self._kept: list[bytes] = []

    def __iter__(self) -> Iterator[bytes]:
        """Yield the rows."""
        size = 0
        try:
            for each in self._rows:
                self.begun = True
                if size + len(each) <= _SHOWN_BYTES:
                    self._kept.append(each)
                elif size <= _SHOWN_BYTES:
                    self._kept.append(b"<!-- and so on -->")
                size += len(each)
                yield each
        except RequestError:
            self._kept.append(b"<!-- here it was cut off -->")
            raise
        self.begun = True

    def within(self, envelope: bytes, text: str, hides: Sequence[str]) -> bytes:
        """Return an envelope with ``text`` in its place, and in that what was kept, without what is in ``hides``."""
        before, after = parted(envelope)
        head, tail = text.encode("utf-8").split(_MARK)
        return hidden(b"".join([before, head, *self._kept, tail, after]), hides)
