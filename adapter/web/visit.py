"""What the edge knows of one request, from its first byte until its answer has left; nothing else is kept of it.

It is made outside of Flask and travels in the environment of WSGI: what every request asks for would cost more behind
Flask's proxies.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import flask

from adapter.web import answer, paths, trace

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_KEY = "adapter.visit"


@dataclass(slots=True)
class Visit:
    """One request. ``begin`` is on the clock of ``time.monotonic``; ``operation`` is ``-`` until one is found.

    ``problem`` and ``cause`` say how it was refused, ``observed`` that a pipeline records it.
    """

    begin: float
    id: str
    traceparent: str
    parent: str
    operation: str = "-"
    problem: str = ""
    cause: str = ""
    observed: bool = False


def outermost(app: WSGIApplication, sampled: Callable[[], bool]) -> WSGIApplication:
    """Wrap an application so that each request has a visit, and each answer its ids and the protective headers.

    Encoded slashes are kept from here on. ``sampled`` decides whether a trace that begins here is recorded.
    """

    def call(environ: WSGIEnvironment, start_response: StartResponse) -> object:
        visit = environ[_KEY] = Visit(
            time.monotonic(),
            trace.request_id(environ.get("HTTP_X_REQUEST_ID")),
            *trace.continued(environ.get("HTTP_TRACEPARENT"), sampled),
        )
        paths.keep_encoded_slashes(environ)
        own = (("X-Request-Id", visit.id), ("traceparent", visit.traceparent))

        def start(status: str, headers: list[tuple[str, str]], error: Any = None) -> Callable[[bytes], object]:
            return start_response(status, answer.protected(status, headers, own), error)

        return app(environ, start)

    return call  # type: ignore[return-value]


def visit_of(environ: WSGIEnvironment) -> Visit:
    """Return the visit of a request."""
    visit: Visit = environ[_KEY]
    return visit


def current() -> tuple[flask.Request, Visit]:
    """Return the request that Flask is answering, without its proxy around it, and its visit."""
    request: flask.Request = flask.request._get_current_object()  # type: ignore[attr-defined]
    return request, visit_of(request.environ)
