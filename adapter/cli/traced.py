"""The application that the web process serves, with every operation's pipeline watched while it runs.

The edge, the pipelines and the backends are the real ones; only a watcher stands between the edge and each pipeline.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from adapter.app import Built, declared, handlers
from adapter.errors import RequestError
from adapter.mapping.bound import Endpoint
from adapter.messages import Checked, Handler, Request, Response
from adapter.steps.validate import validate
from adapter.telemetry import Telemetry
from adapter.web import Route, install

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Watch = Callable[[Endpoint, Handler], Handler]


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened: ``start``, ``checked``, ``soap-out``, ``soap-in``, ``end``; ``at`` is in seconds."""

    kind: str
    at: float
    message: bytes = b""


@dataclass(slots=True)
class Passage:
    """What one call was on its way through a pipeline; ``endpoint`` is None when it never reached one."""

    endpoint: Endpoint | None = None
    request: Request | None = None
    checked: Checked | None = None
    response: Response | None = None
    error: RequestError | None = None
    moments: list[Moment] = field(default_factory=list)

    def mark(self, kind: str, message: bytes = b"") -> None:
        """Keep a moment. This is what a request's ``trace`` is given."""
        self.moments.append(Moment(kind, time.monotonic(), message))

    def message(self, kind: str) -> bytes | None:
        """Return the last message of a kind, None where there was none."""
        return next((moment.message for moment in reversed(self.moments) if moment.kind == kind), None)


def application(built: Built, watch: Watch = lambda endpoint, handle: handle) -> WSGIApplication:
    """Return the application of a project, each pipeline wrapped by ``watch``. It logs only bugs, to standard error."""
    telemetry = Telemetry("ERROR", sys.stderr)
    made = handlers(built, telemetry)
    routes = [
        Route(each.name, each.method, each.path, watch(each, made[each.name]), each.timeout or built.settings.timeout)
        for each in built.endpoints
    ]
    return install(routes, built.settings, telemetry, declared=declared(built.endpoints))


def into(passage: Passage, built: Built) -> Watch:
    """Return the watcher that keeps everything about the one call that is made."""
    limits = {"max_depth": built.settings.max_depth, "max_digits": built.settings.max_digits}

    def watch(endpoint: Endpoint, handle: Handler) -> Handler:
        def keep(request: Request) -> Response:
            passage.checked = request.checked
            passage.mark("checked")
            return Response(200)

        check = validate(endpoint, **limits)(keep)

        def watched(request: Request) -> Response:
            passage.endpoint, passage.request = endpoint, request
            passage.mark("start")
            try:
                check(request)  # the pipeline checks once more by itself; what it found is not seen from outside
                passage.response = handle(replace(request, trace=passage.mark))
            except RequestError as error:
                passage.error = error
                raise
            finally:
                passage.mark("end")
            return passage.response

        return watched

    return watch
