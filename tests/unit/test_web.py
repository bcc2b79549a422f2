"""What reaches a handler through the edge, what is refused before, and which browsers may call."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest

from adapter.settings import Settings
from tests.unit.edge import Edge, slug

TRACE = f"00-{'a' * 32}-{'b' * 16}-01"


def test_a_request_is_built_from_what_came() -> None:
    """Path decoded, query in order, body and media type as sent, only headers that are let in."""
    edge = Edge()
    edge.ask(
        "/v1/things/a%2Fb%20c?x=2&y=&x=1+%2B",
        "PATCH",
        data=b'{"a":1}',
        headers={
            "Content-Type": "application/merge-patch+json",
            "If-Match": '"1"',
            "Authorization": "secret",
            "Cookie": "secret",
            "X-Request-Id": "caller-1.2_3",
            "traceparent": TRACE,
        },
    )

    (request,) = edge.seen
    assert ("things.PATCH", "PATCH", "caller-1.2_3") == (request.operation, request.method, request.id)
    assert {"id": "a/b c"} == request.path
    assert (("x", "2"), ("y", ""), ("x", "1 +")) == request.query
    assert (b'{"a":1}', "application/merge-patch+json") == (request.body, request.content_type)
    assert {"if-match": '"1"'} == request.headers
    assert re.fullmatch(f"00-{'a' * 32}-(?!{'b' * 16})[0-9a-f]{{16}}-01", request.traceparent)


def test_an_answer_carries_its_ids_and_protection() -> None:
    """Id and trace for support; no sniffing, no storing."""
    answer = Edge().ask("/v1/things/1", headers={"X-Request-Id": "caller-1", "traceparent": TRACE})

    assert "caller-1" == answer.headers["X-Request-Id"]
    assert "a" * 32 == answer.headers["traceparent"].split("-")[1]
    assert ("nosniff", "no-store") == (answer.headers["X-Content-Type-Options"], answer.headers["Cache-Control"])


@pytest.mark.parametrize("sent", [None, "", "a b", "a" * 65, "ä", "<x>", "a,b"])
def test_an_id_that_is_not_sane_is_replaced(sent: str | None) -> None:
    """What could break a log or a header becomes a new UUID."""
    answer = Edge().ask("/v1/things/1", headers={} if sent is None else {"X-Request-Id": sent})

    assert 4 == uuid.UUID(answer.headers["X-Request-Id"]).version


@pytest.mark.parametrize(
    ("sent", "continued"),
    [
        (TRACE, True),
        (f"01-{'a' * 32}-{'b' * 16}-01-more", True),
        (f"{TRACE}-more", False),
        (TRACE.upper(), False),
        (f"ff-{'a' * 32}-{'b' * 16}-01", False),
        (f"00-{'0' * 32}-{'b' * 16}-01", False),
        (f"00-{'a' * 32}-{'0' * 16}-01", False),
        ("", False),
    ],
)
def test_only_a_valid_trace_is_continued(sent: str, continued: bool) -> None:
    """W3C Trace Context section 3.2: what is invalid starts a new trace."""
    answer = Edge().ask("/v1/things/1", headers={"traceparent": sent})

    assert continued == (answer.headers["traceparent"].split("-")[1] == "a" * 32)


@pytest.mark.parametrize(
    ("method", "path", "more", "expected"),
    [
        ("GET", "/nowhere", {}, (404, "no-such-path")),
        ("GET", "/v1/things/1/", {}, (404, "no-such-path")),
        ("OPTIONS", "/nowhere", {}, (404, "no-such-path")),
        ("PUT", "/v1/things/1", {}, (405, "method-not-allowed")),
        ("POST", "/healthz", {}, (405, "method-not-allowed")),
        ("GET", "/v1/things/1", {"headers": {"Host": "evil.example"}}, (421, "unknown-host")),
        ("GET", "/v1/things/1", {"headers": {"Host": "localhost.evil"}}, (421, "unknown-host")),
        ("GET", "/v1/things/1", {"headers": {"Host": ""}}, (400, "missing-host")),
        ("GET", "/v1/things/1", {"headers": {"Accept": "text/html"}}, (406, "not-acceptable")),
        ("GET", "/v1/things/1", {"headers": {"Accept": "application/json;q=0, */*"}}, (406, "not-acceptable")),
        ("GET", "/v1/things/%00", {}, (400, "bad-request")),
        ("GET", "/v1/things/%0B", {}, (422, "invalid-request")),
        ("GET", "/v1/things/1?a=%FF", {}, (400, "bad-request")),
        ("GET", "/v1/things/1", {"environ_overrides": {"QUERY_STRING": "a=\xfc"}}, (400, "bad-request")),
        ("GET", "/v1/things/1?" + "a=&" * 101, {}, (400, "bad-request")),
        ("GET", "/v1/things/1?%01=1", {}, (422, "invalid-request")),
        ("POST", "/v1/things", {"data": b"{}"}, (415, "unsupported-media-type")),
        ("POST", "/v1/things", {"data": b"{}", "content_type": "text/json"}, (415, "unsupported-media-type")),
        ("DELETE", "/v1/things/1", {"data": b"{}", "content_type": "text/plain"}, (415, "unsupported-media-type")),
        ("POST", "/v1/things", {"data": b" " * 51, "content_type": "application/json"}, (413, "request-too-large")),
    ],
)
def test_what_cannot_be_served_is_a_problem_and_one_line(
    method: str, path: str, more: dict[str, Any], expected: tuple[int, str]
) -> None:
    """Every refusal is a problem document, reaches no handler, and leaves one line."""
    edge = Edge()

    assert expected == slug(edge.ask(path, method, **more))
    assert [] == edge.seen
    assert [expected] == [(line["status"], line["problem"]) for line in edge.lines()]


@pytest.mark.parametrize(
    ("method", "kind", "status"),
    [
        ("POST", "application/json", 200),
        ("POST", 'application/json; charset="UTF-8"', 200),
        ("POST", "application/vnd.shop+json", 200),
        ("POST", "application/json; charset=latin-1", 415),
        ("POST", "application/merge-patch+json", 415),
        ("PATCH", "application/merge-patch+json", 200),
        ("PATCH", "application/json-patch+json", 415),
    ],
)
def test_bodies_are_json_in_utf8(method: str, kind: str, status: int) -> None:
    """JSON and its relatives; a merge patch only where something is patched, a list of edits never."""
    path = "/v1/things" if method == "POST" else "/v1/things/1"

    assert status == Edge().ask(path, method, data=b"{}", content_type=kind).status_code


def test_a_refused_media_type_says_what_would_do() -> None:
    """RFC 9110 section 15.5.16 and RFC 5789 section 3.1."""
    edge = Edge()
    encoded = {"data": b"{}", "content_type": "application/json", "headers": {"Content-Encoding": "gzip"}}

    assert "application/json" == edge.ask("/v1/things", "POST", data=b"{}").headers["Accept"]
    assert "merge-patch" in edge.ask("/v1/things/1", "PATCH", data=b"{}").headers["Accept-Patch"]
    assert "identity" == edge.ask("/v1/things", "POST", **encoded).headers["Accept-Encoding"]


@pytest.mark.parametrize("accept", ["*/*", "application/*", "application/json; charset=utf-8", "text/html, */*;q=0.1"])
def test_who_can_take_json_gets_it(accept: str) -> None:
    """Ranges and parameters are understood."""
    assert 200 == Edge().ask("/v1/things/1", headers={"Accept": accept}).status_code


def test_the_methods_of_a_path_are_listed() -> None:
    """405 and OPTIONS name the same methods, HEAD among them."""
    edge = Edge()
    refused, options = edge.ask("/v1/things/1", "PUT"), edge.ask("/v1/things/1", "OPTIONS")

    assert "DELETE, GET, HEAD, OPTIONS, PATCH" == refused.headers["Allow"] == options.headers["Allow"]
    assert (204, None) == (options.status_code, options.content_type)


def test_head_is_a_get_without_its_body() -> None:
    """The pipeline sees a GET; the length is that of the GET's answer."""
    edge = Edge()
    answer = edge.ask("/v1/things/1", "HEAD")

    assert (200, b"", "2") == (answer.status_code, answer.data, answer.headers["Content-Length"])
    assert ["GET"] == [request.method for request in edge.seen]


def test_no_browser_may_call_without_the_setting() -> None:
    """The default is closed, for preflights too."""
    answer = Edge().ask("/v1/things/1", headers={"Origin": "https://shop.example"})

    assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


SHOP = Settings(cors_origins=("https://shop.example",))
PREFLIGHT = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "content-type"}


def test_a_known_origin_may_call_and_read() -> None:
    """The preflight lists methods and headers, the answer the headers a script may read; caches tell origins apart."""
    edge = Edge(settings=SHOP)
    preflight = edge.ask("/v1/things/1", "OPTIONS", headers={"Origin": "https://shop.example", **PREFLIGHT})
    answer = edge.ask("/nowhere", headers={"Origin": "https://shop.example"})

    assert (204, "https://shop.example") == (preflight.status_code, preflight.headers["Access-Control-Allow-Origin"])
    assert "PATCH" in preflight.headers["Access-Control-Allow-Methods"]
    assert "content-type" in preflight.headers["Access-Control-Allow-Headers"]
    assert (404, "https://shop.example") == (answer.status_code, answer.headers["Access-Control-Allow-Origin"])
    assert "X-Request-Id" in answer.headers["Access-Control-Expose-Headers"]
    assert "Origin" == answer.headers["Vary"] == preflight.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in preflight.headers


@pytest.mark.parametrize("origin", ["https://shop.example.evil", "http://shop.example", "null", "https://SHOP.example"])
def test_another_origin_may_not(origin: str) -> None:
    """Origins are compared whole, never by prefix."""
    answer = Edge(settings=SHOP).ask("/v1/things/1", "OPTIONS", headers={"Origin": origin, **PREFLIGHT})

    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Origin" == answer.headers["Vary"]
