"""How requests of one operation are said to its service, and what its answers are for callers: made while building."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from adapter import json_pieces
from adapter.backends.http.leaves import Seen, Wrong
from adapter.backends.http.reading import reader
from adapter.backends.http.writing import writer
from adapter.exchange import reply_invalid
from adapter.mapping.model.served import ServedOperation, Shaped
from adapter.mapping.model.service import SaidRule
from adapter.mapping.service_forms import changes
from adapter.messages import Request
from adapter.strict_json import decode

_MOST_DEPTH, _MOST_DIGITS = 500, 4000
Pairs = Sequence[tuple[str, str]]
# What may stand in an entity tag as it is; a percent sign begins what may not.
_ETAGC = "!#$&'()*+,-./:;<=>?@[]^_`{|}~"


@dataclass(frozen=True, slots=True)
class Read:
    """An answer as callers get it. ``body`` is None where it is the service's own bytes."""

    body: bytes | None
    notes: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Translation:
    """What becomes of a body, of a query and of an answer. None: it is as it came.

    ``status`` is that of success, 0 for the service's own; ``empty``: callers get no body.
    """

    body: Callable[[bytes], bytes] | None = None
    query: Callable[[Pairs], Pairs] | None = None
    read: Callable[[Any, Request], Read] | None = None
    status: int = 0
    empty: bool = False


AS_IT_IS = Translation()


def translation(operation: ServedOperation) -> Translation:
    """Return what is said between callers and the service of an operation."""
    sent = operation.sent
    return Translation(
        _body(sent) if sent is not None and changes(*sent) else None,
        _query(operation.query) if operation.query else None,
        _read(operation),
        operation.status,
        operation.empty,
    )


def _body(shaped: Shaped) -> Callable[[bytes], bytes]:
    write = writer(*shaped)

    def body(came: bytes) -> bytes:
        # It was decoded within the limits of the settings before, which are not wider than these.
        return json_pieces.encode(write(decode(came, max_depth=_MOST_DEPTH, max_digits=_MOST_DIGITS)))

    return body


def _query(rules: Sequence[SaidRule]) -> Callable[[Pairs], Pairs]:
    names = {rule.ours[0]: rule.theirs[0] for rule in rules}
    codes = {rule.ours[0]: rule.codes for rule in rules if rule.codes}

    def said(name: str, value: str) -> str:
        known = codes.get(name)
        if known is None:
            return value
        return known.get(value) or ",".join(known.get(each, each) for each in value.split(","))

    return lambda pairs: [(names.get(name, name), said(name, value)) for name, value in pairs]


def _read(operation: ServedOperation) -> Callable[[Any, Request], Read] | None:
    if operation.answered is None:
        return None
    check, changed, token = reader(*operation.answered), changes(*operation.answered), operation.token
    page = operation.page

    def read(document: Any, request: Request) -> Read:
        seen: Seen = set()
        try:
            made = check(document, seen)
        except Wrong as wrong:
            raise reply_invalid(f"the wrong shape: {wrong}") from None
        if page:
            made["page"] = {**_asked_for(request, page), **made.get("page", {})}
        headers = _tag(made, token) if token else {}
        same = not changed and not seen and not page
        return Read(None if same else json_pieces.encode(made), tuple(sorted(seen)), headers)

    return read


def _asked_for(request: Request, default: int) -> dict[str, int]:
    """Return the page that a caller asked for, which was checked."""
    given = dict(request.query)
    return {"limit": int(given.get("limit", default)), "offset": int(given.get("offset", 0))}


def _tag(document: Mapping[str, Any], token: str) -> dict[str, str]:
    """Return the field ETag (RFC 9110, section 8.8.3) with the token of a version, where it is there."""
    value = document.get(token)
    return {} if value in (None, "") else {"ETag": f'"{quote(str(value), safe=_ETAGC)}"'}
