"""Spans by the SDK of OpenTelemetry, sent to a collector by OTLP over HTTP. It comes with the extra ``tracing``.

Its exporter runs a thread, which a fork would lose: nothing is opened before the first span of a process.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from opentelemetry import context, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, ParentBased
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, StatusCode, TraceFlags

from adapter.errors import RequestError
from adapter.messages import Request

SERVICE = "strangler-adapter"
_KEPT, _SECONDS = 4096, 2.0
_OURS: ContextVar[tuple[int, int] | None] = ContextVar("ours", default=None)


class _Ids(RandomIdGenerator):
    """Gives the span of a request the ids that its log line, its answer and its backends have already."""

    def generate_trace_id(self) -> int:
        ours = _OURS.get()
        return super().generate_trace_id() if ours is None else ours[0]

    def generate_span_id(self) -> int:
        ours = _OURS.get()
        return super().generate_span_id() if ours is None else ours[1]


class Otlp:
    """A ``Tracer``. ``url`` is the collector's, with its path (``…/v1/traces``); what it does not take is dropped."""

    def __init__(self, url: str, version: str) -> None:
        self._url, self._version = url, version
        self._lock = threading.Lock()
        self._opened: tuple[int, trace.Tracer] | None = None

    @contextmanager
    def request(self, request: Request) -> Iterator[Callable[[int, str], None]]:
        """See ``Tracer``. A request that is not sampled has no spans, and what it calls is told so."""
        _, trace_id, span_id, flags = request.traceparent.split("-")
        ours, sampled = (int(trace_id, 16), int(span_id, 16)), TraceFlags(int(flags, 16))
        span = self._begun(request, ours) if sampled else NonRecordingSpan(SpanContext(*ours, False, sampled))
        token = context.attach(trace.set_span_in_context(span, context.Context()))

        def end(status: int, problem: str) -> None:
            span.set_attribute("http.response.status_code", status)
            _failed(span, problem if status >= 500 else "")  # a caller's own mistake is none of the server's
            span.end()

        try:
            yield end
        finally:
            context.detach(token)

    def _begun(self, request: Request, ours: tuple[int, int]) -> Span:
        parent = context.Context()
        if request.parent:
            above = SpanContext(ours[0], int(request.parent, 16), True, TraceFlags(TraceFlags.SAMPLED))
            parent = trace.set_span_in_context(NonRecordingSpan(above), parent)
        token = _OURS.set(ours)
        try:
            said = {"http.request.method": request.method, "adapter.request_id": request.id}
            return self._tracer().start_span(request.operation, parent, SpanKind.SERVER, said)
        finally:
            _OURS.reset(token)

    @contextmanager
    def span(self, name: str, *, calls: bool) -> Iterator[None]:
        """See ``Tracer``."""
        span = self._tracer().start_span(name, kind=SpanKind.CLIENT if calls else SpanKind.INTERNAL)
        token = context.attach(trace.set_span_in_context(span))
        try:
            yield
        except BaseException as error:  # a killed greenlet is no Exception
            _failed(span, error.problem if isinstance(error, RequestError) else type(error).__name__)
            raise
        finally:
            context.detach(token)
            span.end()

    def traceparent(self) -> str:
        """See ``Tracer``."""
        here = trace.get_current_span().get_span_context()
        return f"00-{here.trace_id:032x}-{here.span_id:016x}-{here.trace_flags:02x}"

    def _tracer(self) -> trace.Tracer:
        """Return what makes spans, opened once for each process."""
        opened = self._opened
        if opened is not None and opened[0] == os.getpid():
            return opened[1]
        with self._lock:
            if self._opened is None or self._opened[0] != os.getpid():
                said = Resource.create({"service.name": SERVICE, "service.version": self._version})
                provider = TracerProvider(ParentBased(ALWAYS_ON), said, id_generator=_Ids())
                exporter = OTLPSpanExporter(self._url, timeout=_SECONDS)
                provider.add_span_processor(
                    BatchSpanProcessor(exporter, max_queue_size=_KEPT, schedule_delay_millis=1000 * _SECONDS)
                )
                self._opened = os.getpid(), provider.get_tracer(SERVICE, self._version)
            return self._opened[1]


def _failed(span: Span, problem: str) -> None:
    if problem:
        span.set_attribute("error.type", problem)
        span.set_status(StatusCode.ERROR)
