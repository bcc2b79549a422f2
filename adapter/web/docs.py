"""``/openapi.json``, and ``/docs``: Swagger UI on top of it, from files of an installed package, never from elsewhere.

Only the two files that the page needs are read, while building; nothing that a caller names reaches the file system.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib.resources import files

import flask
from flask import Flask
from markupsafe import Markup

_PACKAGE = "flask_swagger_ui"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE = Markup(
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    '<title>{title}</title><link rel="stylesheet" href="docs/swagger-ui.css"><link rel="icon" href="data:,">'
    '<div id="docs"></div><script src="docs/swagger-ui-bundle.js"></script><script src="docs/start.js"></script></html>'
)
_START = b"""SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  displayRequestDuration: true,
  validatorUrl: null
});
"""


def install(document: bytes, title: str) -> Callable[[Flask], None]:
    """Return what adds ``/openapi.json`` (``document`` as it is), ``/docs`` and the files of that page."""
    page = _PAGE.format(title=title).encode("utf-8")
    dist = files(_PACKAGE) / "dist"
    served = {
        "/openapi.json": _view(document, "application/json"),
        "/docs": _view(page, "text/html; charset=utf-8", {"Content-Security-Policy": _POLICY}),
        "/docs/start.js": _view(_START, "text/javascript; charset=utf-8"),
        "/docs/swagger-ui.css": _view((dist / "swagger-ui.css").read_bytes(), "text/css; charset=utf-8"),
        "/docs/swagger-ui-bundle.js": _view(
            (dist / "swagger-ui-bundle.js").read_bytes(), "text/javascript; charset=utf-8"
        ),
    }

    def add(app: Flask) -> None:
        for path, view in served.items():
            app.add_url_rule(path, path.strip("/").replace(".", "-"), view)

    return add


def _view(body: bytes, content_type: str, headers: dict[str, str] | None = None) -> Callable[[], flask.Response]:
    """Return the view of a body that stays the same: 304 for who has it already (RFC 9110, section 13.1.2)."""
    tag = hashlib.sha256(body).hexdigest()[:32]

    def view() -> flask.Response:
        response = flask.Response(body, content_type=content_type, headers=headers)
        response.headers["Cache-Control"] = "no-cache"
        response.set_etag(tag)
        response.make_conditional(flask.request)
        return response

    return view
