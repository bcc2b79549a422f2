"""What was read becomes a response: status, Location, and the shape of a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import quote

from adapter import json_pieces
from adapter.mapping.bound import Endpoint
from adapter.messages import Request, Response, Stream
from adapter.rows import JSON
from adapter.rows.form import Form, Page
from adapter.rows.forms import forms
from adapter.translate.document import documented
from adapter.translate.flowing import Coming
from adapter.translate.links import linker, location
from adapter.translate.reader import Result

# What may stand in an entity tag as it is; a percent sign begins what may not.
_ETAGC = "!#$&'()*+,-./:;<=>?@[]^_`{|}~"


def respond(endpoint: Endpoint) -> Callable[[Result, Request], Response]:
    """Return how one operation's results are answered.

    An object is the body itself, and so are the bytes of a document. A list is ``{"items": […]}``, with
    ``"page": {"limit", "offset", "total"}`` where the operation is paged (``total`` only where the ERP counts).
    """
    status, template = endpoint.reply.status, endpoint.reply.rule.location
    shape, paged = endpoint.reply.rule.shape, endpoint.page is not None
    below, answer, link = endpoint.resource.path, documented(endpoint), linker(endpoint)
    token = endpoint.token

    def make(result: Result, request: Request) -> Response:
        headers = {**result.headers, **_tag(result.document, token)} if token else result.headers
        response = whole(result, request)
        return replace(response, headers={**headers, **response.headers}) if headers else response

    def whole(result: Result, request: Request) -> Response:
        if shape == "none":
            return Response(status, notes=result.notes)
        document = result.document
        if shape == "document":
            return answer(document, result.notes)
        if link is not None:
            link(document, request.path)
        if shape == "each":
            document = {"items": document, **({"page": _page(result.total, request)} if paged else {})}
        where = location(below + template, document, request.path) if template else ""
        headers = {"Location": where} if where else {}
        return Response(status, json_pieces.encode(document), headers=headers, notes=result.notes)

    return make


def _tag(document: Any, token: str) -> dict[str, str]:
    """Return the field ETag (RFC 9110, section 8.8.3) with the ERP's own token of a version, where it is there."""
    value = document.get(token)
    return {} if value in (None, "") else {"ETag": f'"{quote(str(value), safe=_ETAGC)}"'}


def respond_rows(endpoint: Endpoint) -> Callable[[Result | Coming, Request], Response]:
    """Return how the list of one operation is answered in the form that the caller asks for, row by row if it can be.

    A list that was read as a whole is the same bytes as one that is still coming.
    """
    found, status, paged = forms(endpoint.types, endpoint.reply.type), endpoint.reply.status, endpoint.page is not None
    link = linker(endpoint)

    def make(result: Result | Coming, request: Request) -> Response:
        form = found[request.wanted or JSON]
        page = partial(_page, request=request) if paged else None
        body, notes = _body(result, form, page, (lambda rows: link(rows, request.path)) if link is not None else None)
        # Some proxies wait for more than one row, unless they are told not to.
        headers = {**result.headers, "Vary": "Accept", "X-Accel-Buffering": "no"}
        return Response(status, body, form.content_type, headers, notes)

    return make


def _body(
    result: Result | Coming, form: Form, page: Callable[[int | None], Page] | None, link: Callable[[Any], None] | None
) -> tuple[bytes | Stream, tuple[str, ...]]:
    if isinstance(result, Result):
        if link is not None:
            link(result.document)
        return form.whole(result.document, page(result.total) if page is not None else None), result.notes

    def chunks() -> Iterator[bytes]:
        before, first = form.start, True
        for rows in result.batches:
            if link is not None:
                link(rows)
            yield before + form.some(rows, first)
            before, first = b"", False
        total = result.total()
        if end := form.end(page(total) if page is not None else None):
            yield end

    return Stream(chunks(), result.close, result.notes, result.abandon), ()


def _page(total: int | None, request: Request) -> dict[str, int]:
    checked = request.checked
    assert checked is not None
    page = {"limit": int(checked.query["limit"]), "offset": int(checked.query["offset"])}
    return page if total is None else {**page, "total": total}
