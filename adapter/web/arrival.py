"""From Flask's request to ours: the body within its limits, the query in its order, and only the headers we let in."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

import flask

from adapter import problems
from adapter.errors import RequestError
from adapter.messages import Upload
from adapter.web import paths

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

HEADERS = (
    "accept-language",
    "content-disposition",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "prefer",
    "tracestate",
)
# These two are not called HTTP_ (RFC 3875, section 4.1).
_VARIABLES = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
_MOST_PARAMETERS = 100
_STEP = 65536
# A server gives as much as it was asked for, however long that takes, and rows should not wait for each other.
_LITTLE = 1024
IDLE_SECONDS: Final = 30.0
"""How long a caller may be silent who sends many rows."""


def let_in(more: Sequence[str] = ()) -> tuple[tuple[str, str], ...]:
    """Return the header fields that may reach a pipeline, each with its variable in the environment of WSGI.

    ``more`` are the operation's, in small letters.
    """
    return tuple((name, _VARIABLES.get(name) or f"HTTP_{name.upper().replace('-', '_')}") for name in (*HEADERS, *more))


def headers(environ: WSGIEnvironment, names: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Return the header fields of a request that are among those that are ``let_in``, by their names."""
    return {name: environ[variable] for name, variable in names if variable in environ}


def query(text: str) -> tuple[tuple[str, str], ...]:
    """Return the pairs of a query in their order. Raise 400 unless it is UTF-8, 422 where XML cannot carry it."""
    if not text:
        return ()
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
    except ValueError:
        detail = f"The query is not UTF-8, or has more than {_MOST_PARAMETERS} parameters."
        raise problems.house("bad-request", detail) from None
    if not text.isascii():
        raise problems.house("bad-request", "The query is not percent-encoded.")
    paths.must_fit_xml("query", pairs)
    return tuple(pairs)


def body(arrived: flask.Request, most: int, deadline: float) -> bytes:
    """Read the whole body. Raise 413 beyond ``most`` bytes, 408 when slower than ``deadline``, 400 when broken."""
    return b"".join(_chunks(arrived, most, deadline)) if _has_body(arrived.environ) else b""


def upload(arrived: flask.Request, most: int, deadline: float) -> Upload:
    """Return a body that is read while it is sent on; its first piece is read now. Raises what ``body`` raises."""
    return Upload(_chunks(arrived, most, deadline), arrived.content_length)


def rows(arrived: flask.Request, most: int, patience: float) -> Upload:
    """Return many rows that are read while they are sent on, however long that takes; the first piece is read now.

    The caller may be silent for ``IDLE_SECONDS``. Raises what ``body`` raises.
    """
    return Upload(_chunks(arrived, most, math.inf), arrived.content_length, patience)


def _has_body(environ: WSGIEnvironment) -> bool:
    """Whether a body may follow: HTTP/1 announces each by one of two fields (RFC 9112, section 6.3)."""
    announced = "CONTENT_LENGTH" in environ or "HTTP_TRANSFER_ENCODING" in environ
    return announced or not environ.get("SERVER_PROTOCOL", "").startswith("HTTP/1")


def _chunks(arrived: flask.Request, most: int, deadline: float) -> Iterator[bytes]:
    announced = arrived.content_length
    if announced is not None and announced > most:
        raise _too_large(most)
    if announced is None and not arrived.environ.get("wsgi.input_terminated"):
        return
    length = most + 1 if announced is None else announced
    socket = arrived.environ.get("gunicorn.socket")
    patience = socket.gettimeout() if socket else None
    step = _STEP if deadline < math.inf else _LITTLE
    try:
        while length:
            until = deadline if deadline < math.inf else time.monotonic() + IDLE_SECONDS
            if not (chunk := _chunk(arrived.environ["wsgi.input"], min(length, step), socket, until)):
                break
            length -= len(chunk)
            if announced is None and not length:
                raise _too_large(most)
            yield chunk
    finally:
        if socket:
            socket.settimeout(patience)
    if announced is not None and length:
        raise problems.house("bad-request", "The body is shorter than its Content-Length.")


def _chunk(source: Any, size: int, socket: Any, deadline: float) -> bytes:
    left = deadline - time.monotonic()
    if left <= 0:
        raise problems.house("request-timeout")
    if socket:
        socket.settimeout(left)
    try:
        chunk: bytes = source.read(size)
    except TimeoutError:
        raise problems.house("request-timeout") from None
    except Exception as error:  # each server has its own exceptions for framing that is broken
        raise problems.house("bad-request", "The body cannot be read.", cause=type(error).__name__) from error
    return chunk


def _too_large(most: int) -> RequestError:
    return problems.house("request-too-large", f"At most {most} bytes are accepted.")
