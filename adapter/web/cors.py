"""Which browser origins may call (Fetch standard, section 3.2, "CORS protocol"). Without the setting: none."""

from __future__ import annotations

from dataclasses import dataclass

import flask

from adapter import problems
from adapter.web.arrival import HEADERS

_MAY_SEND = ("content-type", "x-request-id", "traceparent", "authorization", "x-api-key", *HEADERS)
_MAY_READ = ("X-Request-Id", "traceparent", "Location", "Allow", "Content-Disposition", "Retry-After", "ETag",
             "WWW-Authenticate", "RateLimit-Policy", "RateLimit", "X-RateLimit-Limit", "X-RateLimit-Remaining",
             "X-RateLimit-Reset")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fields:
    """Header fields of operations beside those of the house: that requests may have, and that answers may have."""

    sent: tuple[str, ...] = ()
    read: tuple[str, ...] = ()


def options(request: flask.Request) -> flask.Response:
    """Answer OPTIONS, a preflight or not: 204 with the methods of the path. Raise 404 ``no-such-path``."""
    adapter = flask.current_app.create_url_adapter(request)
    methods = set(adapter.allowed_methods()) if adapter else set()
    if not methods:
        raise problems.house("no-such-path")
    response = flask.Response(status=204)
    response.headers["Allow"] = ", ".join(sorted(methods))
    return response


def allow(
    request: flask.Request, response: flask.Response, origins: tuple[str, ...], fields: Fields = Fields()
) -> None:
    """Add the headers that let a browser of one of ``origins`` read the answer, and send what a preflight asks for."""
    if not origins:
        return
    response.vary.add("Origin")
    origin = request.headers.get("Origin")
    if origin is None or (origin not in origins and "*" not in origins):
        return
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = ", ".join((*_MAY_READ, *fields.read))
    if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "")
        response.headers["Access-Control-Allow-Headers"] = ", ".join((*_MAY_SEND, *fields.sent))
        response.headers["Access-Control-Max-Age"] = "600"
