"""The outermost step: one log line and one count for each call, however it ends.

Rule 1: nothing that is caught here is swallowed; what comes up goes on up. Rule 2: an answer that is streamed has not
ended when the handler returns, so its line is written when the stream is closed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from adapter.errors import BackendFault, RequestError
from adapter.messages import Handler, Middleware, Request, Response, Stream
from adapter.telemetry.outcome import Outcome


def observe(started: Callable[[], None], finished: Callable[[Outcome], None]) -> Middleware:
    """Return the step that calls ``started`` before and ``finished`` after each call, exactly once."""

    def wrap(then: Handler) -> Handler:
        def handle(request: Request) -> Response:
            begin = time.monotonic()
            started()
            try:
                response = then(request)
            except BaseException as error:  # a killed greenlet is no Exception, and is a call that ended too
                finished(_of_error(request, begin, error))
                raise
            if isinstance(response.body, Stream):
                return _watched(request, begin, response, response.body, finished)
            finished(_of_response(request, begin, response, len(response.body)))
            return response

        return handle

    return wrap


def _watched(
    request: Request, begin: float, response: Response, stream: Stream, finished: Callable[[Outcome], None]
) -> Response:
    """Return the response with a stream that counts what it yields and reports when it is closed."""
    sent = 0
    begun = ended = closed = False
    failure: Exception | None = None

    def chunks() -> Iterator[bytes]:
        nonlocal sent, begun, ended, failure
        begun = True
        try:
            for chunk in stream.chunks:
                sent += len(chunk)
                yield chunk
        except Exception as error:
            failure = error
            raise
        ended = True

    def close() -> None:
        nonlocal closed, failure
        if closed:
            return
        closed = True
        try:
            stream.close()
        finally:  # a stream nobody began to read (HEAD) is not broken
            outcome = _of_response(request, begin, response, sent, broken=begun and not ended)
            outcome = replace(outcome, notes=outcome.notes + stream.notes())
            finished(outcome if failure is None else _cut_off(outcome, _of_error(request, begin, failure)))
            failure = None  # it holds the frame of the stream, which holds it

    return replace(response, body=Stream(chunks(), close, abandon=stream.abandon))


def _cut_off(outcome: Outcome, failed: Outcome) -> Outcome:
    """Join what was begun and why it ended; before the first byte the failure alone is what the caller gets."""
    if not outcome.bytes:
        return failed
    return replace(
        failed,
        status=outcome.status,
        bytes=outcome.bytes,
        broken=True,
        answered_by=outcome.answered_by,
        notes=outcome.notes,
    )


def _of_response(request: Request, begin: float, response: Response, sent: int, broken: bool = False) -> Outcome:
    return Outcome(
        operation=request.operation,
        method=request.method,
        status=response.status,
        request_id=request.id,
        trace_id=_trace_id(request),
        caller=request.caller.id,
        seconds=time.monotonic() - begin,
        answered_by=response.answered_by,
        notes=response.notes,
        bytes=sent,
        broken=broken,
    )


def _of_error(request: Request, begin: float, error: BaseException) -> Outcome:
    known = error if isinstance(error, RequestError) else RequestError("internal-error", 500)
    return Outcome(
        operation=request.operation,
        method=request.method,
        status=known.status,
        request_id=request.id,
        trace_id=_trace_id(request),
        caller=request.caller.id,
        seconds=time.monotonic() - begin,
        problem=known.problem,
        sent=known.sent,
        code=known.code if isinstance(known, BackendFault) else "",
        cause=known.cause if known is error else type(error).__name__,
    )


def _trace_id(request: Request) -> str:
    return request.traceparent.split("-")[1] if request.traceparent else ""
