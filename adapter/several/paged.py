"""A list behind one cursor: as many of the ERP's pages as a page of ours needs, and a cursor for the rest.

Rule 1: a page of ours has as many rows as the caller asked for, however long the ERP's pages are, but for the last.
Rule 2: no row is lost: what the ERP sent beyond a page stays behind the cursor, which remembers the ERP's page and how
        many of its rows were answered. That page is asked for again.
Rule 3: there is no end without an end: an ERP that names the same next page again is refused, and one request asks for
        a bounded number of pages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from adapter import json_pieces
from adapter.mapping.bound import Cursor, Endpoint
from adapter.messages import Checked, Handler, Request, Response
from adapter.problems import house
from adapter.several.tokens import Cursors, Place
from adapter.translate.reading import invalid
from adapter.translate.turning import Page

MAX_PAGES = 20
AskPage = Callable[[Request, int], Page]


@dataclass
class _Collected:
    rows: list[Any]
    notes: list[str]
    total: int | None = None
    rest: Place | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def paged(endpoint: Endpoint, cursor: Cursor, first: AskPage, following: AskPage, cursors: Cursors) -> Handler:
    """Return the handler. ``first`` and ``following`` ask for one page of the ERP, of so many rows at the most."""
    rule = cursor.rule
    # A mapping may change while cursors of before are still good: what it no longer knows would be lost in silence.
    tests = endpoint.filter.tests if endpoint.filter is not None else ()
    known = {"sort", *(field.name for field in (*endpoint.query_fields, *(test.field for test in tests)))}

    def ask(request: Request, place: Place) -> Page:
        asked = max(place.limit, rule.min) if rule.limit else rule.size
        checked = request.checked or Checked()
        page = {"limit": str(asked), **{f"next {to}": text for to, text in place.at.items()}}
        own = replace(checked, query=place.query, call=replace(checked.call, page=page))
        return (following if place.at else first)(replace(request, checked=own), asked)

    def handle(request: Request) -> Response:
        checked = request.checked or Checked()
        text = checked.query.get("cursor")
        if text is not None:
            place = cursors.read(text, endpoint.name, checked.path)
            if not place.query.keys() <= known or place.at.keys() not in (set(), cursor.values.keys()):
                raise house("cursor-invalid", cause=f"{endpoint.name}: a cursor of an older mapping")
        else:
            query = {name: value for name, value in checked.query.items() if name != "limit"}
            place = Place(endpoint.name, checked.path, query, int(checked.query["limit"]), {}, 0)
        found = _collect(endpoint, cursor, partial(ask, request), place)
        return _answer(found, place.limit, cursors.written(found.rest) if found.rest is not None else "")

    return handle


def _collect(endpoint: Endpoint, cursor: Cursor, ask: Callable[[Place], Page], place: Place) -> _Collected:
    """Ask for the ERP's pages until one of ours is full."""
    found, seen = _Collected([], []), [place.at]
    for _ in range(MAX_PAGES):
        page = ask(place)
        found.notes.extend(page.notes)
        found.headers = page.headers
        found.total = page.total if found.total is None else found.total
        rows = page.rows[place.skip :]
        need = place.limit - len(found.rows)
        found.rows += rows[:need]
        if len(rows) > need:
            found.rest = replace(place, skip=place.skip + need)
            return found
        if page.next is None:
            return found
        place = replace(place, at=_written(endpoint, cursor, page.next), skip=0)
        if place.at in seen:
            raise invalid(endpoint.name, "the reply names a page that was there already")
        seen.append(place.at)
        if len(found.rows) == place.limit:
            break
    found.rest = place
    return found


def _written(endpoint: Endpoint, cursor: Cursor, values: Mapping[str, str]) -> dict[str, str]:
    """Return the values of the next call as its request takes them."""
    written = {}
    for to, text in values.items():
        codec = cursor.values[to].codec
        assert codec is not None
        try:
            written[to] = codec.write(codec.read(text))
        except ValueError:
            raise invalid(endpoint.name, "what the reply says of the next page does not fit") from None
    return written


def _answer(found: _Collected, limit: int, cursor: str) -> Response:
    """Return the page. The next one is linked (RFC 8288) by a reference that is relative to this one's address."""
    page: dict[str, Any] = {"limit": limit}
    if cursor:
        page["next"] = cursor
    if found.total is not None:
        page["total"] = found.total
    headers = {**found.headers, **({"Link": f'<?cursor={cursor}>; rel="next"'} if cursor else {})}
    body = json_pieces.encode({"items": found.rows, "page": page})
    return Response(200, body, headers=headers, notes=tuple(found.notes), answered_by="soap")
