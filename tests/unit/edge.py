"""An edge with one handler behind it, spoken to through Flask's client."""

from __future__ import annotations

import io
import json
from typing import Any

from werkzeug.test import TestResponse

from adapter.messages import Handler, Request, Response
from adapter.settings import Settings
from adapter.steps.observe import observe
from adapter.telemetry import Telemetry
from adapter.web import Route, install


def echo(request: Request) -> Response:
    """Answer 200 with an empty object."""
    return Response(200, b"{}")


class Edge:
    """An application with one handler behind GET, PATCH and DELETE of a thing and POST of things; keeps requests."""

    def __init__(self, handle: Handler = echo, settings: Settings | None = None, **more: Any) -> None:
        self.log = io.StringIO()
        self.seen: list[Request] = []
        telemetry = Telemetry(stream=self.log)

        def keep(request: Request) -> Response:
            self.seen.append(request)
            return handle(request)

        kept = observe(telemetry.started, telemetry.finished)(keep)
        routes = [
            Route(f"things.{method}", method, "/v1/things/{id}", kept, 5) for method in ("GET", "PATCH", "DELETE")
        ]
        routes.append(Route("things.POST", "POST", "/v1/things", kept, 5))
        self.app = install(routes, settings or Settings(max_request_bytes=50), telemetry, **more)

    def ask(self, path: str, method: str = "GET", **more: Any) -> TestResponse:
        """Send one request and read the whole answer."""
        return self.app.test_client().open(path, method=method, buffered=True, **more)

    def lines(self) -> list[dict[str, Any]]:
        """Return the log lines of requests."""
        return [line for text in self.log.getvalue().splitlines() if (line := json.loads(text))["event"] == "request"]


def slug(answer: TestResponse) -> tuple[int, str]:
    """Return status and problem slug; the answer must be a problem document with a request id."""
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.status_code == answer.json["status"]
    assert answer.json["instance"].rpartition(":")[2].lstrip("#") == answer.headers["X-Request-Id"]
    return answer.status_code, answer.json["type"].removeprefix("/problems/")
