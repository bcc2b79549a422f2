"""Spans of a real gunicorn with two workers, as a collector gets them by OTLP over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.stack import Stack, stack

trace_service = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2")

THEIRS = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
UNSAMPLED = "00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
PATIENCE = 30.0


class Collector:
    """What was sent: spans by their trace's id, and who sent them."""

    def __init__(self) -> None:
        self.spans: list[Any] = []
        self.came = threading.Condition()

    def take(self, body: bytes) -> None:
        """Keep the spans of one export."""
        message = trace_service.ExportTraceServiceRequest.FromString(body)
        with self.came:
            self.spans += [
                span for each in message.resource_spans for scope in each.scope_spans for span in scope.spans
            ]
            self.came.notify_all()

    def of(self, trace_id: str, name: str) -> list[Any]:
        """Return all spans of a trace once the one of this name, which ends last, is there."""
        with self.came:
            assert self.came.wait_for(lambda: any(span.name == name for span in self._of(trace_id)), PATIENCE)
            return self._of(trace_id)

    def _of(self, trace_id: str) -> list[Any]:
        return [span for span in self.spans if span.trace_id.hex() == trace_id]


@contextmanager
def collecting() -> Iterator[tuple[Collector, str]]:
    """Run a collector on loopback; yield it and its URL."""
    collector = Collector()

    class Takes(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Takes) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield collector, f"http://127.0.0.1:{server.server_port}/v1/traces"
        finally:
            server.shutdown()
            thread.join()


def _read(running: Stack, path: str, traceparent: str) -> tuple[int, str]:
    """Make a call within a trace; return its status and the id of the span that answered it."""
    answer = running.call("GET", path, headers={"traceparent": traceparent})
    return answer.status, answer.headers["traceparent"].split("-")[2]


def test_a_request_its_steps_and_its_call_of_the_erp_are_one_tree() -> None:
    """The caller's span is above ours, whose id the answer names, and each step below the one before.

    A trace of our own has no span above it, one that is not to be recorded leaves none. No query is told.
    """
    with collecting() as (collector, url), stack(environ={"ADAPTER_TRACES": url}, workers=2) as running:
        unsampled = _read(running, "/v1/customers/7", UNSAMPLED)
        wrong = _read(running, "/v1/customers/42?fields=SECRET", THEIRS.replace("0af7", "2af7"))
        assert (200, 422) == (unsampled[0], wrong[0])
        status, ours = _read(running, "/v1/customers/42", THEIRS)
        spans = {span.name: span for span in collector.of(THEIRS.split("-")[1], "LesePartner")}
        missing = running.call("GET", "/v1/customers/999999")
        own = collector.of(missing.headers["traceparent"].split("-")[1], "customers.read")

    assert (200, 404) == (status, missing.status)
    assert ["LesePartner", "customers.read", "observe", "side", "validate"] == sorted(spans)
    assert (ours, THEIRS.split("-")[2]) == (_id(spans["customers.read"]), spans["customers.read"].parent_span_id.hex())
    assert ["customers.read", "observe", "side", "validate"] == [
        next(name for name, above in spans.items() if above.span_id == spans[each].parent_span_id)
        for each in ("observe", "side", "validate", "LesePartner")
    ]
    assert (3, 2) == (spans["LesePartner"].kind, spans["customers.read"].kind)  # client, server
    said = {each.key for each in spans["customers.read"].attributes}
    assert {"http.request.method", "http.response.status_code", "adapter.request_id"} == said
    assert {0} == {span.status.code for span in spans.values()}
    assert [b""] == [span.parent_span_id for span in own if span.name == "customers.read"]
    assert UNSAMPLED.split("-")[1] not in {span.trace_id.hex() for span in collector.spans}
    assert "SECRET" not in str(collector.spans)


def test_a_collector_that_is_gone_costs_no_request() -> None:
    """Spans are dropped, calls are answered."""
    with stack(environ={"ADAPTER_TRACES": "http://127.0.0.1:9/v1/traces"}) as running:
        assert [200] * 20 == [running.call("GET", "/v1/customers/42").status for _ in range(20)]


def _id(span: Any) -> str:
    found: str = span.span_id.hex()
    return found
