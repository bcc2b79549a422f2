"""Spans of OpenTelemetry: one for each request, one for each of its steps, one for each call of a backend.

Without a tracer (ADAPTER_TRACES) a request meets nothing of this but one look at a context variable for each call. A
tracer is handed to the pipeline; what is deeper in the request finds it in its context, which each greenlet has of its
own. A span holds no payload, no header and no query, like a line of the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import replace
from functools import partial
from typing import Protocol

from adapter.errors import RequestError
from adapter.messages import Handler, Middleware, Request, Response, Stream


class Tracer(Protocol):
    """What collects spans."""

    def request(self, request: Request) -> AbstractContextManager[Callable[[int, str], None]]:
        """Return the span of a request, whose id ``Request.traceparent`` has; entering it gives what ends it.

        That takes the status and the problem, "" for none, and may be called after the context is left.
        """

    def span(self, name: str, *, calls: bool) -> AbstractContextManager[None]:
        """Return a span inside the one that is open here. ``calls``: another system is asked in it."""

    def traceparent(self) -> str:
        """Return the ``traceparent`` of the span that is open here (W3C Trace Context)."""


_ACTIVE: ContextVar[Tracer | None] = ContextVar("tracer", default=None)
_NOTHING: AbstractContextManager[None] = nullcontext()


def calling(name: str) -> AbstractContextManager[None]:
    """Return the span of one call of a backend; each try is one."""
    tracer = _ACTIVE.get()
    return _NOTHING if tracer is None else tracer.span(name, calls=True)


def traceparent(request: Request) -> str:
    """Return what a backend is told of the trace: the span that is open here, else that of the request."""
    tracer = _ACTIVE.get()
    return request.traceparent if tracer is None else tracer.traceparent()


def spanned(tracer: Tracer, steps: Iterable[Middleware]) -> Iterator[Middleware]:
    """Yield steps, each behind one that opens a span for it, and before all of them one for the whole request."""
    yield _whole(tracer)
    for step in steps:
        yield _one(tracer, step.__qualname__.partition(".")[0])
        yield step


def _one(tracer: Tracer, name: str) -> Middleware:
    def wrap(then: Handler) -> Handler:
        def handle(request: Request) -> Response:
            with tracer.span(name, calls=False):
                return then(request)

        return handle

    return wrap


def _whole(tracer: Tracer) -> Middleware:
    def wrap(then: Handler) -> Handler:
        def handle(request: Request) -> Response:
            if not request.traceparent:
                return then(request)
            with _active(tracer), tracer.request(request) as end:
                try:
                    response = then(request)
                except RequestError as error:
                    end(error.status, error.problem)
                    raise
                except BaseException:  # a killed greenlet has ended too
                    end(500, "internal-error")
                    raise
            if isinstance(response.body, Stream):
                return replace(response, body=_ending(response.body, partial(end, response.status, "")))
            end(response.status, "")
            return response

        return handle

    return wrap


def _ending(stream: Stream, end: Callable[[], None]) -> Stream:
    def close() -> None:
        try:
            stream.close()
        finally:
            end()

    return replace(stream, close=close)


@contextmanager
def _active(tracer: Tracer) -> Iterator[None]:
    token = _ACTIVE.set(tracer)
    try:
        yield
    finally:
        _ACTIVE.reset(token)
