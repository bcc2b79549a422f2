"""The straight way to an operation: it takes only what Flask would take there, and nobody can tell the difference."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from adapter.web.straight import Finder
from tests.unit.edge import Edge, slug

RULES = {
    "/": "GET",
    "/v1/orders": "GET POST",
    "/v1/orders/<id>": "GET PATCH DELETE",
    "/v1/orders/<id>/lines": "GET",
    "/v1/orders/<id>/lines/<line>": "GET",
    "/v1/orders/archive": "GET",
    "/v1/items/<a>": "GET",
    "/v1/items/<b>/parts": "GET",
    "/v2/folder/": "GET",
    "/v2/folder/<id>": "GET",
    "/v3/<path:rest>": "GET",
    "/v3/plain": "GET",
    "/v4/a-<id>": "GET",
    "/v4/<id>": "GET",
    "/<name>": "GET",
}
SEGMENTS = ("v1", "v2", "v3", "v4", "orders", "archive", "items", "folder", "plain", "lines", "parts", "x", "a-1", "")


PLAIN = [text for text in RULES if text not in ("/<name>", "/v1/orders/archive", "/v3/<path:rest>")]


@cache
def url_map(texts: frozenset[str]) -> Map:
    """Rules as the edge makes its map of them."""
    rules = [
        Rule(text, endpoint=f"{text} {method}", methods=[method])
        for text in sorted(texts)
        for method in RULES[text].split()
    ]
    return Map(rules, merge_slashes=False)


@cache
def finder(texts: frozenset[str]) -> Finder:
    """What finds them."""
    return Finder(url_map(texts).iter_rules())


def by_flask(texts: frozenset[str], method: str, path: str) -> Any:
    """Return what the router of Flask finds, None where it refuses or redirects."""
    try:
        return url_map(texts).bind("localhost").match(path, method)
    except HTTPException:
        return None


@given(
    st.frozensets(st.sampled_from(sorted(RULES))) | st.just(frozenset(PLAIN)),
    st.sampled_from(["GET", "GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS", "get", ""]),
    st.lists(st.sampled_from(SEGMENTS) | st.text(max_size=3), max_size=6).map(lambda parts: "/" + "/".join(parts)),
)
@example(frozenset(RULES), "GET", "/v1/orders/archive")
@example(frozenset({"/v1/orders/archive", "/v1/orders/<id>/lines"}), "GET", "/v1/orders/archive/lines")
@example(frozenset({"/v2/folder/"}), "GET", "/v2/folder")
@example(frozenset({"/v3/<path:rest>", "/v3/plain"}), "GET", "/v3/plain")
@example(frozenset({"/v4/a-<id>", "/v4/<id>"}), "GET", "/v4/a-1")
@example(frozenset({"/v1/orders"}), "GET", "//v1/orders")
@example(frozenset({"/v1/orders/<id>"}), "GET", "/v1/orders/1\n")
def test_what_is_found_is_what_flask_finds(texts: frozenset[str], method: str, path: str) -> None:
    """Never another operation, never other parameters; where there is a doubt nothing is found."""
    found = finder(texts).find(method, path)

    assert found is None or found == by_flask(texts, method, path)


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/v1/orders", ("/v1/orders GET", {})),
        ("POST", "/v1/orders", ("/v1/orders POST", {})),
        ("GET", "/v1/orders/5/lines/7", ("/v1/orders/<id>/lines/<line> GET", {"id": "5", "line": "7"})),
        ("GET", "/v1/items/A-1 b", ("/v1/items/<a> GET", {"a": "A-1 b"})),
        ("GET", "/v1/items/x/parts", ("/v1/items/<b>/parts GET", {"b": "x"})),
    ],
)
def test_plain_paths_go_straight(method: str, path: str, expected: object) -> None:
    """Parameters have the names of their own rule, though another rule calls the same segment otherwise."""
    assert expected == finder(frozenset(PLAIN)).find(method, path)


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("HEAD", "/v1/things/1", 200),
        ("OPTIONS", "/v1/things/1", 204),
        ("GET", "/v1/things/a%2Fb", 200),
        ("GET", "/v1/things/%C3%BC", 200),
    ],
)
def test_what_is_not_plain_is_answered_by_flask(method: str, path: str, expected: int) -> None:
    """The same handler, the same headers."""
    answer = Edge().ask(path, method)

    assert expected == answer.status_code
    assert "no-store" == answer.headers["Cache-Control"]


def test_a_refusal_is_the_same_on_both_ways() -> None:
    """Unknown host, on a plain path and on one that Flask has to look at."""
    for path in ("/v1/things/1", "/v1/things/%C3%BC"):
        edge = Edge()
        assert (421, "unknown-host") == slug(edge.ask(path, base_url="http://elsewhere"))
        assert [("-", 421, "unknown-host")] == [
            (line["operation"], line["status"], line["problem"]) for line in edge.lines()
        ]


def test_what_a_team_hangs_into_the_application_is_called() -> None:
    """Nothing goes past a check that somebody added, not even where requests went straight before."""
    edge = Edge()
    before = edge.ask("/v1/things/1", "GET").status_code
    edge.app.before_request(lambda: ("not today", 403))

    assert (200, 403) == (before, edge.ask("/v1/things/1", "GET").status_code)
