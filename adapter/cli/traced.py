"""The application that the web process serves, with every operation's pipeline watched while it runs.

The edge, the pipelines and the backends are the real ones; only a watcher stands between the edge and each pipeline.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from adapter.app import Built, application
from adapter.errors import RequestError
from adapter.mapping.bound import Endpoint
from adapter.messages import Handler, Request, Response
from adapter.steps.side import SCOPE
from adapter.telemetry import Telemetry

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


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
    response: Response | None = None
    error: RequestError | None = None
    moments: list[Moment] = field(default_factory=list)

    def mark(self, kind: str, message: bytes = b"") -> None:
        """Keep a moment. This is what a request's ``trace`` is given."""
        self.moments.append(Moment(kind, time.monotonic(), message))

    def message(self, kind: str) -> bytes | None:
        """Return the last message of a kind, None where there was none."""
        return next((moment.message for moment in reversed(self.moments) if moment.kind == kind), None)


def watched(built: Built, passage: Passage) -> WSGIApplication:
    """Return the application of a project that keeps everything about the one call that is made in ``passage``.

    It logs only bugs, to standard error, and asks nobody who they are: whoever runs it has the project, and may choose
    the side of a feature that moves.
    """

    def watch(endpoint: Endpoint, handle: Handler) -> Handler:
        def seen(request: Request) -> Response:
            passage.endpoint, passage.request = endpoint, request
            passage.mark("start")
            try:
                tester = replace(request.caller, scopes=request.caller.scopes | {SCOPE})
                passage.response = handle(replace(request, trace=passage.mark, caller=tester))
            except RequestError as error:
                passage.error = error
                raise
            finally:
                passage.mark("end")
            return passage.response

        return seen

    asked_nobody = replace(built, settings=replace(built.settings, callers="everyone"))
    return application(asked_nobody, Telemetry("ERROR", sys.stderr), watch)
