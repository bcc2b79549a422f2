"""The one door to redis-py: commands and scripts over a few connections, each call within 100 ms.

A worker that is busy itself may look at the clock late: then what has arrived meanwhile counts, since it was not the
store that was slow.

redis-py's own client repeats with back-off, reads its settings from four places and bounds each wait instead of the
whole; so only its connections and its parser are used, and nothing is repeated.
"""

from __future__ import annotations

import hashlib
import os
import socket
import threading
import time
from collections import deque
from functools import cache
from typing import Any, Final

from redis.backoff import NoBackoff
from redis.connection import AbstractConnection, Connection, UnixDomainSocketConnection, parse_url
from redis.exceptions import NoScriptError, RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from adapter.shared.link import Busy, Lost, Question, Script

SECONDS: Final = 0.1
"""How long one call may take, with the connection that it may need."""
_LATE: Final = 0.02
"""Seconds after the end of a wait that show that this process did not run."""
_MOST: Final = 64
_FAILURES = (RedisError, OSError, ValueError, EOFError)


class Client:
    """Asks the Valkey or Redis at a URL (``redis://``, ``rediss://``, ``unix://``); opens nothing before."""

    def __init__(self, url: str) -> None:
        options: dict[str, Any] = dict(parse_url(url))  # type: ignore[no-untyped-call]
        kind = options.pop("connection_class", Connection)
        options.update(retry=Retry(NoBackoff(), 0), socket_timeout=SECONDS, protocol=2, driver_info=None)
        if kind is not UnixDomainSocketConnection:
            options["socket_connect_timeout"] = SECONDS
        self._kind, self._options = _bounded(kind), options
        self._idle: deque[Any] = deque()
        self._places = threading.BoundedSemaphore(_MOST)
        self._process = os.getpid()

    def ask(self, question: Question) -> Any:
        """Return the answer to a command or script. Raise Lost where there is none, Busy where too many ask at once."""
        until = time.monotonic() + SECONDS
        if not self._places.acquire(timeout=SECONDS) and not self._places.acquire(blocking=False):
            raise Busy
        try:
            connection = self._connection()
            try:
                answer = _asked(connection, question, until)
            except BaseException:  # a reply may still come, also for a greenlet that was killed
                connection.disconnect()
                raise
        except _FAILURES as error:
            self.close()  # what is idle led to the same place, and would fail one by one
            raise Lost(type(error).__name__) from error
        finally:
            self._places.release()
        self._idle.append(connection)
        return answer

    def close(self) -> None:
        """Close the connections that are idle."""
        while self._idle:
            self._idle.pop().disconnect()

    def _connection(self) -> Any:
        if self._process != os.getpid():  # forked since: the sockets are the parent's
            self._process, self._idle = os.getpid(), deque()
        try:
            return self._idle.pop()
        except IndexError:
            return self._kind(**self._options)


def _asked(connection: Any, question: Question, until: float) -> Any:
    _connect(connection)
    late = time.monotonic() > until + _LATE  # we were, since no wait is longer
    connection._sock.begin(time.monotonic() + SECONDS if late else until)
    script, arguments = question
    if not isinstance(script, Script):
        connection.send_command(script, *arguments)
        return connection.read_response()
    keys, values = arguments
    try:
        connection.send_command("EVALSHA", _sha(script.text), len(keys), *keys, *values)
        return connection.read_response()
    except NoScriptError:  # it was restarted since, or never saw it
        connection.send_command("EVAL", script.text, len(keys), *keys, *values)
        return connection.read_response()


def _connect(connection: Any) -> None:
    """Connect, once more where we came too late to see whether that was possible."""
    until = time.monotonic() + SECONDS
    try:
        connection.connect()
    except RedisTimeoutError:
        if time.monotonic() < until + _LATE:
            raise
        connection.connect()


@cache
def _sha(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


class _Timed:
    """A socket all of whose waits end at ``until``, since a reply that drips would never be late otherwise.

    Once for each question, what is there by then is still taken: whoever was not running did not see it arrive.
    """

    def __init__(self, plain: socket.socket) -> None:
        self._plain = plain
        self.begin(time.monotonic() + SECONDS)

    def begin(self, until: float) -> None:
        """Begin a question that is to be answered by a time on the monotonic clock."""
        self._until, self._looked = until, False

    def recv(self, size: int) -> bytes:
        """Receive as a socket does; raises TimeoutError once the time is over."""
        left = self._until - time.monotonic()
        if left > 0:
            self._plain.settimeout(left)
            try:
                return self._plain.recv(size)
            except TimeoutError:
                pass  # by now there may be something all the same
        if self._looked:
            raise TimeoutError("timed out")
        self._looked = True
        self._plain.settimeout(0.0)
        try:
            return self._plain.recv(size)
        except BlockingIOError as error:
            raise TimeoutError("timed out") from error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plain, name)


@cache
def _bounded(kind: type[AbstractConnection]) -> type[AbstractConnection]:
    """Return a kind of connection whose socket is timed."""

    class Bounded(kind):  # type: ignore[misc, valid-type]  # Connection, SSLConnection or UnixDomainSocketConnection
        def _connect(self) -> Any:
            return _Timed(super()._connect())

    return Bounded
