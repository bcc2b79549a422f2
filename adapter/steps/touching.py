"""The step that drops what a write has made old: around the call of the backend, whoever makes it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from adapter.cache import Cache, touched_tags
from adapter.errors import InvalidRequest, RequestError
from adapter.mapping.bound import Endpoint
from adapter.messages import Handler, Middleware, Request, Response


def dropping(endpoint: Endpoint, cache: Cache | None) -> Iterator[Middleware]:
    """Yield the step, where an operation makes something old that is kept."""
    if cache is not None and endpoint.touches:
        yield touching(touched_tags(endpoint.touches), cache.drop)


def touching(tags: Callable[[Request], tuple[str, ...]], drop: Callable[[Collection[str]], None]) -> Middleware:
    """Return the step. What was certainly not carried out drops nothing; what may have been, does."""

    def wrap(then: Handler) -> Handler:
        def handle(request: Request) -> Response:
            try:
                response = then(request)
            except BaseException as error:  # a killed greenlet may have sent it
                if not _not_done(error):
                    drop(tags(request))
                raise
            drop(tags(request))
            return response

        return handle

    return wrap


def _not_done(error: BaseException) -> bool:
    return isinstance(error, InvalidRequest) or (isinstance(error, RequestError) and error.sent == "no")
