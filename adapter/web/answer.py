"""From our response to Flask's: bodies, streams that are always closed, and the headers every answer carries."""

from __future__ import annotations

import errno
import itertools
from collections.abc import Callable, Iterator

import flask

from adapter.errors import RequestError
from adapter.messages import Response, Stream

_PROTECTION = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def render(
    response: Response, method: str, report: Callable[[Exception], None], cut: Callable[[], None]
) -> flask.Response:
    """Return Flask's form of a response to ``method`` (as the caller sent it).

    ``report`` is given what nobody expected while a stream runs, when no problem document can be sent any more. ``cut``
    is called before a connection is closed whose answer broke off.
    """
    rendered = flask.Response(status=response.status)
    rendered.headers["Content-Type"] = response.content_type
    rendered.headers.update(response.headers)
    body = response.body
    if isinstance(body, Stream):
        rendered.call_on_close(body.close)
        rendered.response = _unread(body) if method == "HEAD" else _begun(body, report, cut)
    else:
        rendered.set_data(body)
    return rendered


def protect(response: flask.Response) -> None:
    """Add the protective headers that the answer does not set itself; an answer without content has no type."""
    if response.status_code in (204, 304):
        response.headers.pop("Content-Type", None)
    for name, value in _PROTECTION.items():
        response.headers.setdefault(name, value)


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
