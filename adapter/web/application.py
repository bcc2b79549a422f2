"""Flask without what it does for each request and no request of ours needs: coroutines, sessions, names of hosts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flask import Flask, Request
from flask.sessions import NullSession, SecureCookieSessionInterface
from werkzeug.routing import MapAdapter


class _Sessionless(SecureCookieSessionInterface):
    """No caller has a session, so one that is empty and cannot be written serves all."""

    _none: Final = NullSession()

    def open_session(self, app: Flask, request: Request) -> Any:
        return self._none


class Application(Flask):
    """The application. Routes are found by method and path alone; ``web.hosts`` looks at the host."""

    session_interface = _Sessionless()

    def hooks(self) -> int:
        """Return how many functions stand around the views: ours, and those that a team has hung beside them."""
        around = (self.before_request_funcs, self.after_request_funcs, self.teardown_request_funcs,
                  self.url_value_preprocessors)  # fmt: skip
        codes = (code for spec in self.error_handler_spec.values() for code in spec.values())
        return sum(len(each) for table in around for each in table.values()) + sum(map(len, codes))

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function: none of ours is a coroutine, and Flask would look at each with each request."""
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Return what finds the route of a request. No answer is made with the host, so none is taken from it."""
        if request is None:
            return None
        environ = request.environ
        path = environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace")
        return MapAdapter(
            self.url_map, "", environ.get("SCRIPT_NAME") or "/", "", environ["wsgi.url_scheme"], path, request.method
        )
