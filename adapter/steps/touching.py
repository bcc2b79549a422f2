"""The step that drops what a write has made old: around the call of the backend, whoever makes it."""

from __future__ import annotations

from collections.abc import Callable, Collection

from adapter.errors import InvalidRequest, RequestError
from adapter.messages import Handler, Middleware, Request, Response


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
