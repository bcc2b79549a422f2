"""An answer that is kept as it is given: whole, as 304 to one who has it, or as the refusal that it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from adapter.cache.entry import Entry
from adapter.cache.fields import matches
from adapter.messages import Request, Response

_OF_304: Final = ("ETag", "Cache-Control", "Vary")
_CONDITION: Final = "if-none-match"


def given(entry: Entry, request: Request, fields: Mapping[str, str]) -> Response:
    """Return a kept answer, or 304 where the caller has it. Raise the refusal that it is."""
    if entry.error is not None:
        raise replace(entry.error, headers={**entry.error.headers, **fields})
    if has(request, entry):
        return unchanged(entry, fields)
    return Response(entry.status, entry.body, entry.content_type, {**entry.headers, **fields}, (), "cache")


def has(request: Request, entry: Entry) -> bool:
    """Whether the caller has these bytes, and says so (RFC 9110, section 13.1.2)."""
    sent = request.headers.get(_CONDITION)
    return sent is not None and matches(sent, entry.etag)


def unchanged(entry: Entry, fields: Mapping[str, str]) -> Response:
    """Return the answer to one who has these bytes (RFC 9110, section 15.4.5)."""
    own = {name: entry.headers[name] for name in _OF_304 if name in entry.headers}
    return Response(304, b"", entry.content_type, {**own, **fields}, (), "cache")


def unconditional(request: Request) -> Request:
    """Return the request for the whole answer: who already has it is found out here."""
    if _CONDITION not in request.headers:
        return request
    return replace(request, headers={name: each for name, each in request.headers.items() if name != _CONDITION})
