"""One HTTP exchange that can be trusted: one origin, one deadline, a bounded reply. It knows no SOAP.

Rule 1: it speaks to the origin it was made with; no redirect is followed and no proxy is taken from the environment.
Rule 2: the deadline bounds everything, from waiting for a free connection to the last byte of the body.
Rule 3: a reply costs bounded memory, on the wire and decoded.
Rule 4: nothing is repeated; every failure says whether something may have been sent (``errors.BackendError.sent``).
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from urllib3 import HTTPConnectionPool
from urllib3.exceptions import LocationParseError
from urllib3.response import BaseHTTPResponse
from urllib3.util import Retry, Url, parse_url

from adapter.errors import BackendError
from adapter.exchange.connection import BoundedSocket, ReplyTooLarge, Until, open_pool
from adapter.exchange.failures import FAILURES, TIMEOUT_UNSENT, failed, reply_invalid
from adapter.exchange.greeting import Greet
from adapter.exchange.keeping import IDLE_SECONDS, close_idle
from adapter.exchange.names import Names
from adapter.exchange.pouring import Pouring
from adapter.exchange.tls import Context
from adapter.pieces import flow

__all__ = ["Exchange", "Opened", "Pouring", "Reply", "failed", "reply_invalid"]

_CHUNK = 64 * 1024
_NEVER = Retry(False, redirect=False)
_AGENT = "strangler-adapter"
_LENGTH = re.compile(r"[0-9]+(\s*,\s*[0-9]+)*")


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer: status (200-299 or 400-599), header fields by lower-case name, decoded body.

    ``parts`` are those beside the body, by Content-ID, where the answer came in parts.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    parts: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def media_type(self) -> str:
        """The media type in lower case without its parameters; empty when the answer names none."""
        return media_type(self.headers)


@dataclass(frozen=True, slots=True)
class Opened:
    """An answer whose body is still to be read: ``chunks`` give it decoded, ``close`` ends it whenever it is called.

    Its length is not bounded; whoever reads it counts. The deadline bounds each wait until ``patience`` is called,
    which then gives every chunk so many seconds of its own. ``abandon`` ends it while somebody else waits for a chunk,
    who gets BackendLost.
    """

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes]
    patience: Callable[[float], None]
    close: Callable[[], None]
    abandon: Callable[[], None] = lambda: None

    @property
    def media_type(self) -> str:
        """The media type in lower case without its parameters; empty when the answer names none."""
        return media_type(self.headers)


def media_type(headers: Mapping[str, str]) -> str:
    """Return the media type that header fields name, in lower case without its parameters."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


class Exchange:
    """A pool of connections to one origin. Make it after the fork: it opens no socket, but its locks are the process's.

    ``url`` is the pinned endpoint (http or https, path and query allowed). ``max_reply_bytes`` bounds the decoded body.
    At most ``pool_size`` exchanges run at once; a further one waits, within its deadline. ``ca_file`` (PEM) stands for
    the machine's certificate authorities; ``certificate`` (PEM) is what we show, ``key`` its key where that is not in
    the same file; new connections use the files as they are then. ``greet`` says who we are once for each
    connection. ``allowed`` says to which addresses a connection may go. Raises ValueError for an unusable URL, OSError
    for a bad file.
    """

    def __init__(
        self,
        url: str,
        *,
        max_reply_bytes: int,
        pool_size: int,
        ca_file: Path | None = None,
        certificate: Path | None = None,
        key: Path | None = None,
        greet: Greet | None = None,
        allowed: Callable[[str], bool] | None = None,
    ) -> None:
        parts = _endpoint(url)
        self.url = url
        self._path = parts.path or "/"
        self._query = parts.query or ""
        self.max_reply_bytes = max_reply_bytes
        self._names = Names(parts.host or "", parts.port or (443 if parts.scheme == "https" else 80), allowed)
        self._pool: HTTPConnectionPool = open_pool(
            parts,
            pool_size=pool_size,
            max_bytes=max_reply_bytes,
            names=self._names,
            tls=Context(parts.host or "", ca_file, certificate, key) if parts.scheme == "https" else None,
            greet=greet,
        )
        self._look = time.monotonic() + IDLE_SECONDS

    def send(
        self,
        method: str,
        *,
        deadline: float,
        headers: Mapping[str, str],
        path: str = "",
        query: str = "",
        body: bytes | Iterable[bytes] | Pouring = b"",
    ) -> Reply:
        """Send one request and return the whole answer. An iterable body without a Content-Length goes in chunks.

        The deadline of one that is poured bounds only its beginning.

        ``path`` (percent-encoded, with a leading slash) is added to the endpoint's path, ``query`` to its query.
        ``deadline`` is on the clock of ``time.monotonic``. Raises BackendUnreachable, BackendTimeout, BackendLost, and
        BackendReplyInvalid for an answer that breaks HTTP, is too large, or has a status of 1xx or 3xx.
        """
        try:
            return self._whole(self._response(method, deadline, headers, self._target(path, query), body))
        except FAILURES as error:
            raise failed(error) from error

    def open(
        self, method: str, *, deadline: float, headers: Mapping[str, str], body: bytes | Iterable[bytes] | Pouring = b""
    ) -> Opened:
        """Send one request and return the answer as soon as its header is in. Raises what ``send`` raises."""
        response = None
        try:
            response = self._response(method, deadline, headers, self._target("", ""), body)
            found = self._headers(response)
        except FAILURES as error:
            raise failed(error) from error
        except BackendError:
            _give_back(response)
            raise
        wait = _Patience(response)
        chunks = flow(wait.chunks())
        return Opened(response.status, found, chunks, wait.allow, lambda: _give_back(response), wait.abandon)

    def _response(
        self,
        method: str,
        deadline: float,
        headers: Mapping[str, str],
        target: str,
        body: bytes | Iterable[bytes] | Pouring,
    ) -> BaseHTTPResponse:
        now, until = time.monotonic(), Until(deadline)
        left = deadline - now
        if isinstance(body, Pouring):
            body.timed_by(until.allow)
        if left <= 0:
            raise TIMEOUT_UNSENT.error_because("the deadline had passed")
        if now > self._look:
            self._look = now + IDLE_SECONDS
            close_idle(self._pool)
        return self._pool.urlopen(
            method,
            target,
            body=body or None,  # type: ignore[arg-type]  # our connections know what is poured
            headers={"User-Agent": _AGENT, "Accept-Encoding": "gzip", **headers},
            retries=_NEVER,
            redirect=False,
            assert_same_host=False,
            timeout=until,
            pool_timeout=left,  # type: ignore[arg-type]  # queue.get takes a float
            preload_content=False,
        )

    def close(self) -> None:
        """Close the idle connections. An exchange that is under way ends as it would have."""
        self._pool.close()
        self._names.close()

    def _target(self, path: str, query: str) -> str:
        target = self._path.rstrip("/") + path if path else self._path
        queries = "&".join(filter(None, (self._query, query)))
        return f"{target}?{queries}" if queries else target

    def _whole(self, response: BaseHTTPResponse) -> Reply:
        """Read the answer to its end. Its connection goes back to be used again only then."""
        try:
            return Reply(response.status, self._headers(response), self._body(response))
        finally:
            _give_back(response)

    def _headers(self, response: BaseHTTPResponse) -> Mapping[str, str]:
        headers = {name.lower(): value for name, value in response.headers.itermerged()}
        if not (200 <= response.status < 300 or 400 <= response.status < 600):
            raise reply_invalid(f"status {response.status}")
        # The end is not known then (RFC 9112, section 6.3); urllib3 would take the close for it.
        if not _LENGTH.fullmatch(headers.get("content-length", "0")):
            raise reply_invalid("a Content-Length that is no number")
        return headers

    def _body(self, response: BaseHTTPResponse) -> bytes:
        if (response.length_remaining or 0) > self.max_reply_bytes:
            raise ReplyTooLarge
        body = bytearray()
        try:
            for chunk in flow(response.stream(_CHUNK, decode_content=True)):
                body += chunk
                if len(body) > self.max_reply_bytes:
                    raise ReplyTooLarge
        except ValueError as error:  # urllib3 takes "-5" for the size of a chunk, and then cannot read as much
            raise reply_invalid("a chunk of negative size") from error
        return bytes(body)


class _Patience:
    """Reads the body of an answer. Once it was allowed some seconds, every chunk has as many of its own."""

    def __init__(self, response: BaseHTTPResponse) -> None:
        self._response = response
        # urllib3 gives the connection back at the end of the body; until then its socket is ours to time.
        self._socket: BoundedSocket | None = getattr(response.connection, "bounded", None)
        self._seconds = 0.0

    def allow(self, seconds: float) -> None:
        """Give every chunk from now on so many seconds, in place of the deadline."""
        self._seconds = seconds

    def abandon(self) -> None:
        """End the connection under whoever reads: only so does a wait in another greenlet or thread end."""
        if self._socket is not None and self._response.connection is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def chunks(self) -> Iterator[bytes]:
        """Yield the decoded body. Raises what ``Exchange.send`` raises, but knows no size."""
        try:
            stream = self._pieces()
            while True:
                # At the end of the body the connection went back; it may be another's by now.
                if self._seconds and self._socket is not None and self._response.connection is not None:
                    self._socket.settimeout(self._seconds)
                chunk = next(stream, None)
                if chunk is None:
                    return
                yield chunk
        except FAILURES as error:
            raise failed(error) from error
        except ValueError as error:  # urllib3 takes "-5" for the size of a chunk, and then cannot read as much
            raise reply_invalid("a chunk of negative size") from error

    def _pieces(self) -> Iterator[bytes]:
        """Return what yields the body as it comes; but for one in chunks urllib3 waits until a piece is full."""
        if self._response.chunked:
            return self._response.stream(_CHUNK, decode_content=True)
        return iter(partial(self._response.read1, _CHUNK, decode_content=True), b"")


def _give_back(response: BaseHTTPResponse | None) -> None:
    """Where the end was reached urllib3 has its connection back already; else a closed one frees its place."""
    if response is not None:
        response.close()
        response.release_conn()


def _endpoint(url: str) -> Url:
    try:
        parts = parse_url(url)
    except LocationParseError:
        raise ValueError("an endpoint must be a URL") from None
    if parts.scheme not in ("http", "https") or not parts.host:
        raise ValueError("an endpoint must begin with http:// or https:// and name a host")
    if parts.auth is not None or parts.fragment is not None:
        raise ValueError("an endpoint must hold neither a user name nor a fragment")
    parts.host.encode("idna")
    return parts
