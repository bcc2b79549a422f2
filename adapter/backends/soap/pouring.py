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
from itertools import chain
from typing import Any, Final

from adapter.attachments import unpacked
from adapter.backends.soap.ready import Content, envelope_bytes
from adapter.backends.soap.showing import as_shown
from adapter.errors import BackendError, RequestError
from adapter.exchange import Exchange, Pouring, Reply
from adapter.identity.hiding import hidden
from adapter.messages import Request
from adapter.translate.in_text import ROWS

_MARK: Final = ROWS.encode("ascii")
_UNSENT: Final = "The connection ended before all rows were sent. Nothing was taken."
_SHOWN_BYTES: Final = 100_000


def poured(
    exchange: Exchange,
    fields: Mapping[str, str],
    envelope: Any,
    content: Content,
    request: Request,
    hides: Sequence[str],
) -> tuple[Reply, bool]:
    """Send an envelope with the rows of its ``content``; return the answer, and whether it came before the last one.

    The request's trace sees the beginning of what was sent, without what is in ``hides``. Raises what asking for rows
    raises, and what ``Exchange.send`` raises; both say whether anything was sent.
    """
    assert content.rows is not None
    whole = envelope_bytes(envelope, content.text)
    if request.trace is None:
        return _sent(exchange, fields, whole, content.rows, request)
    kept = _Kept(content.rows)
    try:
        return _sent(exchange, fields, whole, iter(kept), request)
    finally:
        request.trace("soap-out", hidden(kept.within(as_shown(envelope, hides, content.text)), hides))


def _sent(
    exchange: Exchange, fields: Mapping[str, str], envelope: bytes, rows: Iterator[bytes], request: Request
) -> tuple[Reply, bool]:
    head, tail = envelope.split(_MARK)
    upload, body = request.upload, None
    patience = upload.patience if upload is not None else request.deadline - time.monotonic()
    try:
        chunks = _chunks(head + next(rows, b""), rows, tail)
        body = Pouring(chunks, patience)
        deadline = time.monotonic() + patience
        reply = exchange.send("POST", deadline=deadline, headers={**fields, "Connection": "close"}, body=body)
    except BackendError as error:
        if body is None or body.whole or error.sent != "maybe":
            raise
        raise replace(error, sent="no", detail=_UNSENT) from error
    except RequestError as error:
        error.sent = "no"
        raise
    return unpacked(reply, exchange.max_reply_bytes), not body.whole


def _chunks(head: bytes, rows: Iterator[bytes], tail: bytes) -> Iterator[bytes]:
    yield head
    yield from rows
    yield tail


class _Kept:
    """Keeps the beginning of what is sent, for who looks on."""

    def __init__(self, rows: Iterator[bytes]) -> None:
        self._rows = rows
        self._kept: list[bytes] = []

    def __iter__(self) -> Iterator[bytes]:
        """Yield the rows."""
        size = 0
        for each in self._rows:
            if size + len(each) <= _SHOWN_BYTES:
                self._kept.append(each)
            elif size <= _SHOWN_BYTES:
                self._kept.append(b"<!-- and so on -->")
            size += len(each)
            yield each

    def within(self, envelope: bytes) -> bytes:
        """Return an envelope with what was kept in its place."""
        head, tail = envelope.split(_MARK)
        return b"".join(chain([head], self._kept, [tail]))
