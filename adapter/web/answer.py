"""From our response to Flask's: bodies, streams that are always closed, and the headers every answer carries."""

from __future__ import annotations

import errno
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import flask
from werkzeug.http import HTTP_STATUS_CODES

from adapter.errors import RequestError
from adapter.messages import Response, Stream
from adapter.web.negotiation import JSON

Header = tuple[str, str]
_PROTECTION: tuple[Header, ...] = (
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
)
_STATUS = {status: f"{status} {HTTP_STATUS_CODES[status].upper()}" for status in (200, 201, 202, 304)}
_WITHOUT_CONTENT = ("204", "304")
_PROTECTIVE = frozenset(name.lower() for name, _ in _PROTECTION)
# What the house itself sets, so that nobody has to look whether HTTP can carry it.
_PLAIN = frozenset(
    ("ETag", "Cache-Control", "Vary", "Age", "Cache-Status", "RateLimit-Policy", "RateLimit", "X-RateLimit-Limit",
     "X-RateLimit-Remaining", "X-RateLimit-Reset")
)  # fmt: skip
_OURS = frozenset(("x-request-id", "traceparent"))


def render(
    response: Response,
    method: str,
    report: Callable[[Exception], None],
    cut: Callable[[], None],
    watch: Callable[[Callable[[], None]], Callable[[], None]],
) -> flask.Response:
    """Return Flask's form of a response to ``method`` (as the caller sent it).

    ``report`` is given what nobody expected while a stream runs, when no problem document can be sent any more. ``cut``
    is called before a connection is closed whose answer broke off. ``watch`` looks for a caller that goes away while
    the next chunk is waited for.
    """
    body = response.body
    whole = b"" if isinstance(body, Stream) else body
    rendered = flask.Response(whole, response.status, content_type=response.content_type)
    if response.headers:
        rendered.headers.update(response.headers)
    if isinstance(body, Stream):
        del rendered.headers["Content-Length"]
        rendered.call_on_close(body.close)
        rendered.response = _unread(body) if method == "HEAD" else _begun(body, report, cut)
        if body.abandon is not None and method != "HEAD":
            rendered.call_on_close(watch(body.abandon))
    return rendered


class Plain(NamedTuple):
    """An answer as WSGI has it."""

    status: str
    headers: list[Header]
    body: bytes


def plain(response: Response) -> Plain | None:
    """Return an answer that is JSON and nothing else as it is sent; None where Flask has to make it."""
    body, status = response.body, _STATUS.get(response.status)
    if status is None or response.content_type != JSON or not isinstance(body, bytes):
        return None
    if not response.headers:
        return Plain(status, [("Content-Type", JSON), ("Content-Length", str(len(body)))], body)
    if not response.headers.keys() <= _PLAIN:
        return None
    own = [] if response.status == 304 else [("Content-Type", JSON), ("Content-Length", str(len(body)))]
    return Plain(status, [*own, *response.headers.items()], body)


def protected(status: str, headers: list[Header], own: Sequence[Header]) -> list[Header]:
    """Return the header fields of an answer with ``own``, its ids, and the protective ones that it does not set itself.

    An answer without content has no type.
    """
    given = {name.lower() for name, _ in headers}
    if not given.isdisjoint(_OURS):
        headers = [each for each in headers if each[0].lower() not in _OURS]
    if status.startswith(_WITHOUT_CONTENT):
        headers = [each for each in headers if each[0].lower() != "content-type"]
    if given.isdisjoint(_PROTECTIVE):
        return [*headers, *own, *_PROTECTION]
    return [*headers, *own, *(each for each in _PROTECTION if each[0].lower() not in given)]


def _unread(stream: Stream) -> Iterator[bytes]:
    stream.close()
    return iter(())


def _begun(stream: Stream, report: Callable[[Exception], None], cut: Callable[[], None]) -> Iterator[bytes]:
    """Read the first chunk now, while an error can still become a problem document."""
    try:
        first = list(itertools.islice(stream.chunks, 1))
    except BaseException:
        stream.close()
        raise
    return _rest(first, stream, report, cut)


def _rest(
    first: list[bytes], stream: Stream, report: Callable[[Exception], None], cut: Callable[[], None]
) -> Iterator[bytes]:
    try:
        yield from first
        yield from stream.chunks
    except Exception as error:
        if not isinstance(error, RequestError):
            report(error)
        cut()
        # The status is sent; only a connection that breaks tells the caller that the answer is not whole.
        raise ConnectionResetError(errno.ECONNRESET, "the answer broke off") from error
