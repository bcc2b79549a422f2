"""The HTTP backend: what goes on to a microservice, and what of its answers reaches the caller."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from adapter.backends.http import http
from adapter.backends.http.refusing import refusal as refused
from adapter.errors import (
    BackendFault,
    BackendReplyInvalid,
    BackendTimeout,
    FieldError,
    InvalidRequest,
    RequestError,
)
from adapter.exchange import Reply
from adapter.mapping.model import Place
from adapter.mapping.model.service import ServiceFaultRule
from adapter.messages import Request, Response
from tests.unit.exchanges import SOON, exchange_with, silence
from tests.unit.loopback import PATIENCE, Script, answer, replying, serving

PROBLEM = "application/problem+json"
DECLARED = {"customer-not-found": 404, "erp-forbids": 403}


def request(*, seconds: float = PATIENCE, **parts: Any) -> Request:
    """Return a request for customer 42."""
    return Request(
        "customers.read", "id-1", time.monotonic() + seconds, **{"method": "GET", "path": {"id": "42"}, **parts}
    )


def call(
    script: Script, asked: Request | None = None, *, base: str = "", shown: tuple[str, ...] = ("customer-not-found",)
) -> tuple[Response, list[bytes]]:
    """Call a service once; return the response and the requests that arrived."""
    asked = asked or request()
    with serving(script) as server, exchange_with(server.url + base) as exchange:
        handle = http(
            exchange,
            asked.method,
            "/{id}",
            service_path="/customers",
            public_path="/v1/customers",
            problems=DECLARED,
            shown=shown,
        )
        return handle(asked), server.requests


def refusal(script: Script, asked: Request | None = None) -> RequestError:
    """Return how one call fails."""
    with pytest.raises(RequestError) as caught:
        call(script, asked)
    return caught.value


def says(body: Any, *, status: str = "200 OK", fields: str = "", media_type: str = "application/json") -> Script:
    """Answer with JSON, or with the bytes given."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return replying(answer(data, status=status, fields=fields, media_type=media_type))


def test_request_goes_on_as_it_came() -> None:
    """Method, encoded path, query, body, request id and trace go on; of the headers only the allowed ones."""
    asked = request(
        method="PUT",
        path={"id": "a/ü ?"},
        query=(("q", "x&y"), ("q", "ü")),
        body=b'{"a": 1.50}',
        content_type="application/merge-patch+json",
        headers={"Accept-Language": "de", "Host": "me.example", "Authorization": "Bearer x", "Cookie": "c"},
        traceparent="00-1-2-01",
    )
    response, (sent,) = call(says({}), asked, base="/api/")
    head, _, body = sent.partition(b"\r\n\r\n")
    lines = [line.decode() for line in head.split(b"\r\n")]
    assert "PUT /erp/api/customers/a%2F%C3%BC%20%3F?q=x%26y&q=%C3%BC HTTP/1.1" == lines[0]
    assert b'{"a": 1.50}' == body
    assert {"accept-language: de", "X-Request-Id: id-1", "traceparent: 00-1-2-01"} <= set(lines)
    assert "Content-Type: application/merge-patch+json" in lines
    assert [] == [line for line in lines if "me.example" in line or line.startswith(("Authorization", "Cookie"))]
    assert "http" == response.answered_by


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_path_cannot_be_climbed(value: str) -> None:
    """A path parameter that would change the path is refused before anything is sent."""
    error = refusal(says({}), request(path={"id": value}))
    (wrong,) = error.fields
    assert (InvalidRequest, 422, "path", "id") == (type(error), error.status, wrong.place, wrong.pointer)


@pytest.mark.parametrize(
    ("script", "status", "body"),
    [
        (says(b'{"credit": 1.50}'), 200, b'{"credit": 1.50}'),
        (says(b'{"a": "\\u00e4"}', media_type="application/hal+json; charset=utf-8"), 200, b'{"a": "\\u00e4"}'),
        (says(b"[]", status="201 Created"), 201, b"[]"),
        (says(b"", status="202 Accepted"), 202, b""),
        (says(b"", status="204 No Content"), 204, b""),
    ],
)
def test_success_comes_back_as_it_is(script: Script, status: int, body: bytes) -> None:
    """Status and the bytes of the body are those of the service."""
    response, _ = call(script)
    assert (status, body, "application/json") == (response.status, response.body, response.content_type)


@pytest.mark.parametrize(
    ("said", "location"),
    [
        ("/erp/customers/42", "/v1/customers/42"),
        ("{origin}/erp/customers/42?a=1", "/v1/customers/42?a=1"),
        ("/erp/customers", "/v1/customers"),
        ("/erp/customersabc/42", None),
        ("/other/42", None),
        ("http://elsewhere.example/erp/customers/42", None),
        ("//elsewhere.example/erp/customers/42", None),
    ],
)
def test_location(said: str, location: str | None) -> None:
    """A Location of the service's own is said in the façade's terms; any other is left out and noted."""

    def script(peer: Any) -> None:
        peer.request()
        origin = f"http://127.0.0.1:{peer.sock.getsockname()[1]}"
        peer.send(answer(b"{}", media_type="application/json", fields=f"Location: {said.format(origin=origin)}\r\n"))

    response, _ = call(script)
    assert (location, () if location else ("location-elsewhere",)) == (response.headers.get("Location"), response.notes)


@pytest.mark.parametrize(
    "script",
    [
        says(b"<html>", media_type="text/html"),
        says(b"{}", media_type="text/plain"),
        says(b""),
        says(b'{"a": NaN}'),
        says(b'{"a": 1, "a": 2}'),
        says(b'{"a": 1'),
        says(b'{"a": "\xff"}'),
        says(b'{"a": "\\u0000"}'),
        says(b"[" * 100_000),
        says(b"{}", status="206 Partial"),
        says(b"{}", status="302 Found"),
        says(b"{}", status="500 Oops"),
        says({"type": "/problems/customer-not-found"}, status="500 Oops", media_type=PROBLEM),
        says({"type": "/problems/unheard-of"}, status="404 No", media_type=PROBLEM),
        says({"type": "/problems/customer-not-found"}, status="410 Gone", media_type=PROBLEM),
        says({"type": "/problems/customer-not-found"}, status="404 No"),
        says(b"{", status="404 No", media_type=PROBLEM),
        says([], status="404 No", media_type=PROBLEM),
        says({"type": {}}, status="422 No", media_type=PROBLEM),
    ],
)
def test_invalid_answers(script: Script) -> None:
    """Anything but JSON of the contract, or a declared problem with its own status, is an invalid answer."""
    error = refusal(script)
    assert (BackendReplyInvalid, "backend-reply-invalid", 502) == (type(error), error.problem, error.status)


def test_declared_problem_is_passed_on() -> None:
    """A problem that the operation declares reaches the caller, with its text in one short line."""
    body = {"type": "https://svc/problems/customer-not-found", "detail": "no\n such  one" + "x" * 1000}
    error = refusal(says(body, status="404 Not Found", media_type=PROBLEM + "; charset=utf-8"))
    assert isinstance(error, BackendFault)
    assert ("customer-not-found", 404, "yes") == (error.problem, error.status, error.sent)
    assert error.detail.startswith("no such onexxx")
    assert 300 == len(error.detail)


def test_words_that_no_mapping_shows_stay_here() -> None:
    """A declared problem without ``message: true`` comes through without the service's own words."""
    body = {"type": "/problems/customer-not-found", "detail": "row 7 of table KUNDE"}
    with pytest.raises(BackendFault) as caught:
        call(says(body, status="404 Not Found", media_type=PROBLEM), shown=())
    assert ("customer-not-found", "") == (caught.value.problem, caught.value.detail)


def test_field_errors_are_passed_on() -> None:
    """Field errors in the house's form come through; others are left out."""
    good = {"in": "body", "pointer": "/name", "detail": "Too long."}
    others = [{"in": "cookie", "pointer": "/a", "detail": "b"}, {"in": "body"}, "text", {**good, "detail": 1}]
    body = {"type": "invalid-request", "errors": [*others, good]}
    error = refusal(says(body, status="422 No", media_type=PROBLEM))
    assert ("invalid-request", (FieldError("body", "/name", "Too long."),)) == (error.problem, error.fields)


def test_a_line_of_another_operation_says_nothing() -> None:
    """A line of the service's table whose problem this operation does not declare is not looked at."""
    reply = Reply(404, {"content-type": "application/json"}, b"{}")
    lines = [ServiceFaultRule(Place("f", 1, 1), 404, problem) for problem in ("unheard-of", "customer-not-found")]
    error = refused(reply, DECLARED, (), lines)
    assert ("customer-not-found", 404) == (error.problem, error.status)
    assert "backend-reply-invalid" == refused(reply, DECLARED, (), lines[:1]).problem


@pytest.mark.parametrize("status", ["401 Who", "403 Not you"])
def test_refusing_us(status: str) -> None:
    """A refusal of our own access is no problem of the caller's."""
    error = refusal(says({}, status=status))
    assert ("backend-refused-us", 502) == (error.problem, error.status)


@pytest.mark.parametrize(
    ("status", "wait", "headers"),
    [("503 Busy", "7", {"Retry-After": "7"}), ("429 Slow", "Wed, 21 Oct 2026 07:28:00 GMT", {}), ("503 B", "-1", {})],
)
def test_busy_service(status: str, wait: str, headers: dict[str, str]) -> None:
    """A busy service is said to be busy, with its own time to wait; the call may have been carried out."""
    error = refusal(says({}, status=status, fields=f"Retry-After: {wait}\r\n"))
    assert isinstance(error, BackendFault)
    assert ("backend-busy", 503, "maybe", headers) == (error.problem, error.status, error.sent, error.headers)


def test_deadline_goes_along() -> None:
    """The request's deadline bounds the call."""
    assert isinstance(refusal(silence, request(seconds=SOON)), BackendTimeout)
