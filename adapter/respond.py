"""What was read becomes a response: status, Location, and the shape of a list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from adapter import json_pieces
from adapter.mapping.bound import Endpoint
from adapter.messages import Request, Response
from adapter.translate.document import documented
from adapter.translate.links import linker, location
from adapter.translate.reader import Result


def respond(endpoint: Endpoint) -> Callable[[Result, Request], Response]:
    """Return how one operation's results are answered.

    An object is the body itself, and so are the bytes of a document. A list is ``{"items": […]}``, with
    ``"page": {"limit", "offset", "total"}`` where the operation is paged (``total`` only where the ERP counts).
    """
    status, template = endpoint.reply.status, endpoint.reply.rule.location
    shape, paged = endpoint.reply.rule.shape, endpoint.page is not None
    below, answer, link = endpoint.resource.path, documented(endpoint), linker(endpoint)

    def make(result: Result, request: Request) -> Response:
        response = whole(result, request)
        return replace(response, headers={**result.headers, **response.headers}) if result.headers else response

    def whole(result: Result, request: Request) -> Response:
        if shape == "none":
            return Response(status, notes=result.notes)
        document = result.document
        if shape == "document":
            return answer(document, result.notes)
        if link is not None:
            link(document, request.path)
        if shape == "each":
            document = {"items": document, **({"page": _page(result, request)} if paged else {})}
        where = location(below + template, document, request.path) if template else ""
        headers = {"Location": where} if where else {}
        return Response(status, json_pieces.encode(document), headers=headers, notes=result.notes)

    return make


def _page(result: Result, request: Request) -> dict[str, int]:
    checked = request.checked
    assert checked is not None
    page = {"limit": int(checked.query["limit"]), "offset": int(checked.query["offset"])}
    return page if result.total is None else {**page, "total": result.total}
