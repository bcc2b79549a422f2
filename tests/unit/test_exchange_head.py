"""The head of an answer is read as ``http.client`` reads it, plain or not."""

from __future__ import annotations

import http.client
import io
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapter.exchange.head import PlainResponse

PLAIN = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 4\r\n\r\n<a/>rest"


class Sock:
    """A socket that gives its bytes in pieces of one size."""

    def __init__(self, data: bytes, step: int) -> None:
        self._raw = _Raw(data, step)

    def makefile(self, mode: str) -> io.BufferedReader:
        """Return the reader that ``http.client`` asks for."""
        return io.BufferedReader(self._raw)


class _Raw(io.RawIOBase):
    def __init__(self, data: bytes, step: int) -> None:
        super().__init__()
        self._rest, self._step = data, step

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._rest[: min(self._step, len(buffer))]
        self._rest = self._rest[len(piece) :]
        buffer[: len(piece)] = piece
        return len(piece)


def read(kind: type[http.client.HTTPResponse], data: bytes, method: str, step: int) -> object:
    """Return all that is known of an answer, with its body and what follows on it; or how reading it fails."""
    response: Any = kind(Sock(data, step), method=method)  # type: ignore[arg-type]
    reader = response.fp
    try:
        response.begin()
        known = (response.status, response.version, response.reason, response.msg.items(), response.headers.items())
        how = (response.length, response.chunked, response.will_close)
        return known, how, response.read(), reader.closed or reader.read()
    except http.client.HTTPException as error:
        return type(error), str(error)


TEXTS = st.sampled_from(
    ["text/xml", "4", "0", "-4", "+4", "4, 4", " 4", "4 ", "", "chunked", "gzip, chunked", "close", "keep-alive",
     "Close", "a: b", "\xfc", "timeout=5", "multipart/related; boundary=x", "\t x\t", "00004", "99999"]
)  # fmt: skip
NAMES = st.sampled_from(
    ["Content-Length", "content-length", "Content-Type", "Transfer-Encoding", "Connection", "Keep-Alive", "X", "X Y",
     "X ", " X", "", "From", "\xfc", "Set-Cookie"]
)  # fmt: skip
LINES = st.tuples(
    NAMES, st.sampled_from([":", ": ", ":\t", ""]), TEXTS, st.sampled_from(["\r\n"] * 9 + ["\n", "\r"])
).map("".join)
STATUS = st.sampled_from(
    ["HTTP/1.1 200 OK", "HTTP/1.1 200", "HTTP/1.1 200 ", "HTTP/1.1  200 OK", "HTTP/1.1 200  OK ", "HTTP/1.1 200OK",
     "HTTP/1.0 200 OK",
     "HTTP/1.1 204 No", "HTTP/1.1 304 No", "HTTP/1.1 500 Internal Server Error", "HTTP/1.1 100 Go", "HTTP/1.1 99 x",
     "HTTP/1.1 \xfc", "HTTP/2 200 OK", "ICY 200 OK", "", "HTTP/1.1 302 Found", "HTTP/1.1 599 \xfc", "HTTP/1.1 601 x"]
)  # fmt: skip


@given(
    STATUS,
    st.lists(LINES, max_size=6) | st.just(["Content-Length: 4\r\n"]),
    st.sampled_from(["\r\n", "\n", ""]),
    st.sampled_from(["POST", "GET", "HEAD"]),
    st.sampled_from([1, 7, 8192]),
)
@example("HTTP/1.1 200 OK", ["Content-Length: 4\r\n"] * 2, "\r\n", "POST", 8192)
@example("HTTP/1.1 200 OK", ["X: 1\r\n"] * 100 + ["Content-Length: 4\r\n"], "\r\n", "POST", 8192)
@example("HTTP/1.1 200 OK", ["X: 1\r\n"] * 99 + ["Content-Length: 4\r\n"], "\r\n", "POST", 8192)
@example("HTTP/1.1 200 OK", ["Content-Length: 4\r\n", " 5\r\n"], "\r\n", "POST", 8192)
@example("HTTP/1.1 200 OK", ["Content-Length: 4\r\n", "Connection: close\r\n"], "\r\n", "POST", 8192)
@example("HTTP/1.1 200OK", ["Content-Length: 4\r\n"], "\r\n", "POST", 8192)
def test_every_head_is_read_as_the_library_reads_it(
    status: str, lines: list[str], end: str, method: str, step: int
) -> None:
    """Status, reason, fields, length and what the connection does next; and the same bytes are left."""
    data = f"{status}\r\n{''.join(lines)}{end}<a/>rest".encode("latin-1")

    assert read(http.client.HTTPResponse, data, method, step) == read(PlainResponse, data, method, step)


def test_a_plain_head_does_not_go_through_the_parser_of_emails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else all of this would be in vain."""

    def never(*given: Any) -> None:
        raise AssertionError("parsed")

    monkeypatch.setattr(http.client, "parse_headers", never)

    response: Any = PlainResponse(Sock(PLAIN, 8192), method="POST")  # type: ignore[arg-type]
    response.begin()
    assert (200, "OK", 4, b"<a/>") == (response.status, response.reason, response.length, response.read())
