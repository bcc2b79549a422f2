"""How answers, errors and streams leave the edge, and the pages of the house."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import flask
import pytest
from flask import Flask

from adapter.errors import BackendFault, BackendLost, BuildError
from adapter.messages import Handler, Request, Response, Stream
from adapter.problems import Problem
from adapter.settings import Settings
from adapter.telemetry import Telemetry
from adapter.web import Check, Route, install
from tests.unit.edge import Edge, echo, slug


def _fault(request: Request) -> Response:
    raise BackendFault(
        "thing-locked", 423, "Edited.", headers={"Retry-After": "3"}, cause="SPERRE", sent="yes", code="SP-1"
    )


def test_an_error_of_the_pipeline_is_rendered_with_its_declared_title() -> None:
    """Status, slug, detail and headers are the error's; cause and code stay inside."""
    edge = Edge(_fault, declared=[Problem("thing-locked", 423, "Thing locked", "Somebody edits it.")])
    answer = edge.ask("/v1/things/1")

    assert (423, "thing-locked") == slug(answer)
    assert answer.json is not None
    assert ("Thing locked", "Edited.", "3") == (
        answer.json["title"],
        answer.json["detail"],
        answer.headers["Retry-After"],
    )
    assert "SP" not in answer.text
    assert [("things.GET", 423, "SPERRE", "SP-1")] == [
        (line["operation"], line["status"], line["cause"], line["code"]) for line in edge.lines()
    ]


def _defect(request: Request) -> Response:
    raise KeyError("secret")


def test_what_nobody_expected_is_a_bare_500() -> None:
    """No message, no class, no path; the log has one line of the request and one of the defect, by the same id."""
    edge = Edge(_defect)
    answer = edge.ask("/v1/things/1", headers={"X-Request-Id": "id-1"})
    written = [json.loads(line) for line in edge.log.getvalue().splitlines()]

    assert {
        "type": "/problems/internal-error",
        "title": "Internal error",
        "status": 500,
        "instance": "#id-1",
    } == answer.json
    assert [("request", "id-1"), ("bug", "id-1")] == [(line["event"], line["request_id"]) for line in written]
    assert "secret" not in edge.log.getvalue()


def _streaming(chunks: Iterator[bytes], closed: list[int]) -> Handler:
    return lambda request: Response(200, Stream(chunks, lambda: closed.append(1)))


def _two() -> Iterator[bytes]:
    yield b"[1"
    yield b"]"


def _broken(*first: bytes) -> Iterator[bytes]:
    yield from first
    raise BackendLost("backend-lost", 502)


@pytest.mark.parametrize(("method", "body"), [("GET", b"[1]"), ("HEAD", b"")])
def test_a_stream_is_sent_and_closed(method: str, body: bytes) -> None:
    """Read or not, what a stream holds is given back, once, and the line is written then."""
    closed: list[int] = []
    edge = Edge(_streaming(_two(), closed))

    assert body == edge.ask("/v1/things/1", method).data
    assert closed == [1]
    assert [("things.GET", 200, len(body))] == [
        (line["operation"], line["status"], line["bytes"]) for line in edge.lines()
    ]


def test_a_stream_that_fails_before_its_first_byte_is_a_problem() -> None:
    """As long as nothing was sent, the caller gets a proper answer."""
    closed: list[int] = []
    edge = Edge(_streaming(_broken(), closed))

    assert (502, "backend-lost") == slug(edge.ask("/v1/things/1"))
    assert closed == [1]
    assert [502] == [line["status"] for line in edge.lines()]


def test_a_stream_that_fails_later_breaks_the_connection() -> None:
    """The answer must not look whole: the server gets an error that makes it hang up."""
    closed: list[int] = []
    edge = Edge(_streaming(_broken(b"[1"), closed))

    answer = edge.app.test_client().get("/v1/things/1")
    with pytest.raises(ConnectionResetError):
        list(answer.iter_encoded())
    answer.close()

    assert closed == [1]
    assert [(200, True)] == [(line["status"], line["broken"]) for line in edge.lines()]
    assert '"event":"bug"' not in edge.log.getvalue()


def test_a_defect_in_a_stream_is_reported() -> None:
    """No problem document can be sent any more, but the log says where it came from."""

    def chunks() -> Iterator[bytes]:
        yield b"[1"
        raise KeyError("secret")

    edge = Edge(_streaming(chunks(), []))
    answer = edge.app.test_client().get("/v1/things/1")
    with pytest.raises(ConnectionResetError):
        list(answer.iter_encoded())
    answer.close()

    assert '"event":"bug"' in edge.log.getvalue()
    assert "secret" not in edge.log.getvalue()


def _seen(app: Flask) -> None:
    app.add_url_rule(
        "/seen", "seen", lambda: f"{flask.request.scheme} {flask.request.remote_addr} {flask.request.host}"
    )


@pytest.mark.parametrize(
    ("proxies", "expected"),
    [(0, "http 127.0.0.1 localhost"), (1, "https 3.3.3.3 localhost"), (2, "http 2.2.2.2 localhost")],
)
def test_forwarded_headers_are_believed_for_as_many_proxies_as_there_are(proxies: int, expected: str) -> None:
    """Counted from the right, so that a caller cannot add one; the host is never taken from them."""
    edge = Edge(settings=Settings(proxies=proxies), extra=[_seen])
    forwarded = {
        "X-Forwarded-For": "1.1.1.1, 2.2.2.2, 3.3.3.3",
        "X-Forwarded-Proto": "ftp, http, https",
        "X-Forwarded-Host": "evil.example",
    }

    assert expected == edge.ask("/seen", headers=forwarded).text


def test_two_operations_cannot_claim_the_same_call() -> None:
    """The second would never be reached, whatever its parameter is called."""
    routes = [Route("a.read", "GET", "/v1/x/{id}", echo, 1), Route("b.read", "GET", "/v1/x/{other}", echo, 1)]

    with pytest.raises(BuildError, match=r"b.read answers GET /v1/x/<other>, and so does a.read"):
        install(routes, Settings(), Telemetry(stream=io.StringIO()))


def test_a_page_of_the_house_cannot_be_claimed() -> None:
    """A mapping that takes /healthz away is a mistake."""
    with pytest.raises(BuildError, match="healthz"):
        install([Route("a.read", "GET", "/healthz", echo, 1)], Settings(), Telemetry(stream=io.StringIO()))


def test_readiness_is_what_the_checks_say() -> None:
    """All must pass; which one fails is named. Liveness does not ask them."""
    passing = [True]
    edge = Edge(checks=[Check("contracts", lambda: True), Check("erp", lambda: passing[0])])

    assert 200 == edge.ask("/readyz").status_code
    passing[0] = False
    answer = edge.ask("/readyz")
    assert (503, "not-ready") == slug(answer)
    assert answer.json is not None
    assert "Failing: erp." == answer.json["detail"]
    assert 200 == edge.ask("/healthz").status_code
    assert [503] == [line["status"] for line in edge.lines()]


def test_metrics_are_text_for_prometheus() -> None:
    """Requests that reached a pipeline and those that did not are both counted."""
    edge = Edge()
    edge.ask("/v1/things/1")
    edge.ask("/nowhere")
    answer = edge.ask("/metrics")

    assert answer.content_type.startswith("text/plain; version=")
    assert 'adapter_requests_total{method="GET",operation="things.GET",problem="",status="200"} 1.0' in answer.text
    assert 'operation="-",problem="no-such-path",status="404"} 1.0' in answer.text


def test_each_problem_type_has_a_page() -> None:
    """JSON for programs, HTML when asked for; declared types are escaped and listed with those of the house."""
    edge = Edge(declared=[Problem("thing-locked", 423, "Thing <locked>", "Wait.")])
    html = {"headers": {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}}

    assert {
        "type": "/problems/thing-locked",
        "status": 423,
        "title": "Thing <locked>",
        "doc": "Wait.",
    } == edge.ask("/problems/thing-locked").json
    assert "<title>Thing &lt;locked&gt;</title>" in edge.ask("/problems/thing-locked", **html).text
    listed = edge.ask("/problems").json
    assert listed is not None
    assert {"/problems/thing-locked", "/problems/no-such-path"} < {each["type"] for each in listed["problems"]}
    assert "Accept" in edge.ask("/problems", **html).headers["Vary"]
    assert (404, "no-such-path") == slug(edge.ask("/problems/unheard-of"))
