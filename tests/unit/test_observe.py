"""The outermost step records each call exactly once, however it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest

from adapter.errors import BackendFault, BackendLost, InvalidRequest
from adapter.messages import Handler, Request, Response, Stream
from adapter.steps.observe import observe
from adapter.telemetry import Outcome

REQUEST = Request("customers.read", "id-1", 0.0, traceparent=f"00-{'a' * 32}-{'b' * 16}-00")


class Sink:
    """Keeps what was recorded."""

    def __init__(self) -> None:
        self.started = 0
        self.outcomes: list[Outcome] = []

    def around(self, handle: Handler) -> Handler:
        """Return the observed handler."""
        return observe(self._start, self.outcomes.append)(handle)

    def _start(self) -> None:
        self.started += 1

    @property
    def only(self) -> Outcome:
        """The one outcome, without its duration."""
        (outcome,) = self.outcomes
        assert self.started == 1
        assert outcome.seconds >= 0
        return replace(outcome, seconds=0.0)


def test_a_response_is_recorded_and_handed_on() -> None:
    """Status, size, who answered and what was odd."""
    sink = Sink()
    response = Response(201, b"{}", notes=("n",), answered_by="soap")

    assert response is sink.around(lambda request: response)(REQUEST)
    assert (
        Outcome("customers.read", "GET", 201, "id-1", "a" * 32, answered_by="soap", notes=("n",), bytes=2) == sink.only
    )


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (InvalidRequest("invalid-request", 422), {"status": 422, "problem": "invalid-request"}),
        (
            BackendFault("record-locked", 423, cause="Sperre", sent="yes", code="SP-1"),
            {"status": 423, "problem": "record-locked", "cause": "Sperre", "sent": "yes", "code": "SP-1"},
        ),
        (KeyError("secret"), {"status": 500, "problem": "internal-error", "cause": "KeyError"}),
        (GeneratorExit(), {"status": 500, "problem": "internal-error", "cause": "GeneratorExit"}),
    ],
)
def test_an_error_is_recorded_and_goes_on_up(error: BaseException, expected: dict[str, object]) -> None:
    """Nothing is swallowed, and the message of a defect is not kept."""
    sink = Sink()

    def handle(request: Request) -> Response:
        raise error

    with pytest.raises(type(error)):
        sink.around(handle)(REQUEST)
    wanted = replace(Outcome("customers.read", "GET", 0, "id-1", "a" * 32), **expected)  # type: ignore[arg-type]
    assert wanted == sink.only


def streamed(sink: Sink, chunks: Iterator[bytes], closed: list[str]) -> Stream:
    """Return the observed stream of a handler that answers with ``chunks``."""
    body = Stream(chunks, lambda: closed.append("closed"))
    response = sink.around(lambda request: Response(200, body, answered_by="http"))(REQUEST)
    assert isinstance(response.body, Stream)
    return response.body


def test_a_stream_is_recorded_when_it_is_closed() -> None:
    """Not when the handler returns, and only once, with the bytes that went out."""
    sink, closed = Sink(), list[str]()
    stream = streamed(sink, iter([b"ab", b"c"]), closed)

    assert [b"ab", b"c"] == list(stream.chunks)
    assert [] == sink.outcomes
    stream.close()
    stream.close()

    assert ["closed"] == closed
    assert (200, 3, False) == (sink.only.status, sink.only.bytes, sink.only.broken)


def test_a_caller_that_leaves_early_makes_a_broken_stream() -> None:
    """Closing before the end is seen in the log."""
    sink = Sink()
    stream = streamed(sink, iter([b"ab", b"c"]), [])

    next(stream.chunks)
    stream.close()

    assert (2, True) == (sink.only.bytes, sink.only.broken)


@pytest.mark.parametrize("breaks", [False, True])
def test_what_was_odd_while_a_stream_was_made_is_recorded(breaks: bool) -> None:
    """Beside what was known before, whether it ended well or not."""
    sink, notes = Sink(), list[str]()

    def chunks() -> Iterator[bytes]:
        yield b"ab"
        notes.append("later")
        if breaks:
            raise BackendLost("backend-lost", 502, sent="maybe")

    made = Response(200, Stream(chunks(), lambda: None, lambda: tuple(notes)), notes=("early",))
    stream = sink.around(lambda request: made)(REQUEST).body
    assert isinstance(stream, Stream)
    with suppress(BackendLost):
        list(stream.chunks)
    stream.close()

    assert (("early", "later"), breaks) == (sink.only.notes, sink.only.broken)


def test_a_stream_nobody_reads_is_not_broken() -> None:
    """HEAD closes without reading."""
    sink = Sink()
    streamed(sink, iter([b"ab"]), []).close()

    assert (0, False) == (sink.only.bytes, sink.only.broken)


def _lost(*first: bytes) -> Iterator[bytes]:
    yield from first
    raise BackendLost("backend-lost", 502, cause="reset", sent="yes")


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        (_lost(b"ab"), (200, "backend-lost", "reset", "yes", 2, True)),
        (_lost(), (502, "backend-lost", "reset", "yes", 0, False)),
    ],
    ids=["after the first bytes", "before any byte"],
)
def test_a_backend_lost_on_the_way_is_named(
    chunks: Iterator[bytes], expected: tuple[int, str, str, str, int, bool]
) -> None:
    """After the first bytes the status stays what the caller saw; before them the failure is all there is."""
    sink = Sink()
    stream = streamed(sink, chunks, [])

    with pytest.raises(BackendLost):
        list(stream.chunks)
    stream.close()

    only = sink.only
    assert expected == (only.status, only.problem, only.cause, only.sent, only.bytes, only.broken)


def test_a_close_that_fails_is_recorded_too() -> None:
    """The line is written although what is below breaks while closing."""
    sink = Sink()

    def close() -> None:
        raise OSError("gone")

    response = sink.around(lambda request: Response(200, Stream(iter(()), close)))(REQUEST)
    assert isinstance(response.body, Stream)

    with pytest.raises(OSError, match="gone"):
        response.body.close()
    assert 200 == sink.only.status
