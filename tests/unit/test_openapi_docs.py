"""/openapi.json, and the docs page: own files only, under a policy that lets nothing else in."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from werkzeug.test import TestResponse

from adapter.web import docs
from tests.unit.edge import Edge

DOCUMENT = b'{"openapi":"3.1.1"}'


def ask(path: str, title: str = "Muster", **more: str) -> TestResponse:
    """Ask an application that has the docs page."""
    return Edge(extra=[docs.install(DOCUMENT, title)]).ask(path, headers=more)


def test_document_is_served_as_it_is() -> None:
    """/openapi.json answers the bytes that were built."""
    answer = ask("/openapi.json")
    assert (200, DOCUMENT, "application/json") == (answer.status_code, answer.data, answer.content_type)


def test_document_is_not_sent_twice() -> None:
    """Who has the document already gets 304 without a body; another tag gets it whole."""
    tag = ask("/openapi.json").headers["ETag"]
    again = ask("/openapi.json", **{"If-None-Match": tag})
    assert (304, b"") == (again.status_code, again.data)
    assert 200 == ask("/openapi.json", **{"If-None-Match": '"other"'}).status_code


def test_page_lets_nothing_foreign_in() -> None:
    """The page's policy allows scripts, styles and calls of the own origin only, and no inline script."""
    policy = ask("/docs").headers["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert "'none'" == rules["default-src"]
    assert "'self'" == rules["script-src"] == rules["style-src"] == rules["connect-src"]
    assert "unsafe" not in policy


def test_page_holds_no_inline_script() -> None:
    """Every script is a file, every file is below /docs, and each of them is served."""
    page = ask("/docs").text
    assert re.findall(r"<script[^>]*>", page)
    assert [] == re.findall(r"<script[^>]*>[^<]+</script>", page)
    assert "http" not in page
    for name in re.findall(r'(?:src|href)="(docs/[^"]+)"', page):
        assert 200 == ask(f"/{name}").status_code


def test_start_file_points_to_the_document() -> None:
    """Our own script starts Swagger UI on /openapi.json and asks no foreign validator."""
    script = ask("/docs/start.js")
    assert "text/javascript; charset=utf-8" == script.content_type
    assert 'url: "openapi.json"' in script.text
    assert "validatorUrl: null" in script.text


def test_title_is_text() -> None:
    """A title cannot become markup."""
    assert "<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>" in ask("/docs", "<script>alert(1)</script>").text


@pytest.mark.parametrize(
    "path",
    [
        "/docs/",
        "/docs/index.html",
        "/docs/VERSION",
        "/docs/oauth2-redirect.html",
        "/docs/swagger-ui.js",
        "/docs/../docs.py",
        "/docs/..%2f__init__.py",
        "/docs/%2e%2e/__init__.py",
        "/docs//etc/passwd",
    ],
)
def test_only_named_files_are_served(path: str) -> None:
    """Whatever else lies in the package, or above it, is no path here."""
    assert 404 == ask(path).status_code


def test_swagger_ui_knows_openapi_31() -> None:
    """The installed package ships Swagger UI 5 or newer, which reads OpenAPI 3.1."""
    version = (files("flask_swagger_ui") / "dist" / "VERSION").read_text(encoding="utf-8")
    assert 5 <= int(version.removeprefix("v").split(".")[0])
