"""The step that sees to it that the code tables of an operation are there before its values are checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from adapter.messages import Handler, Middleware, Request, Response

Ready = Callable[[Request], tuple[str, ...]]


def look_up(tables: Sequence[Ready]) -> Middleware:
    """Return the step. Each of ``tables`` asks for one where it has to, and returns what was odd about that."""

    def wrap(then: Handler) -> Handler:
        def handle(request: Request) -> Response:
            notes = tuple(note for ready in tables for note in ready(request))
            response = then(request)
            return replace(response, notes=notes + response.notes) if notes else response

        return handle

    return wrap
