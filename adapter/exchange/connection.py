"""Connections whose time-out is a deadline and whose reading has a limit.

urllib3's time-outs count for each socket operation, so a server that sends one byte a second holds a caller for ever.
Here every operation gets only the time that is left. The socket is held, not inherited from: ``socket.socket`` is
looked up when a connection opens, so that gevent's is used after its monkey-patching. TLS runs over the same socket
through memory buffers (urllib3's ``SSLTransport``), so the same lines bound the handshake.
"""

from __future__ import annotations

import io
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.response import HTTPResponse
from urllib3.util import Timeout, Url

from adapter.exchange.greeting import Greet
from adapter.exchange.keeping import KeptConnection, Sessions, TLSSocket
from adapter.exchange.names import Names

# Status line, header and the framing of chunks come on top of a body; a body of tiny chunks is mostly framing.
_FRAMING_FACTOR = 2
_HEAD_BYTES = 256 * 1024


class ReplyTooLarge(OSError):
    """More bytes arrived than an answer may have."""


class Until(Timeout):
    """urllib3's time-out, counted to one moment instead of from the start of each step."""

    def __init__(self, deadline: float) -> None:
        super().__init__()
        self._deadline = deadline

    def allow(self, seconds: float) -> None:
        """Allow so many seconds from now on."""
        self._deadline = time.monotonic() + seconds

    def clone(self) -> Timeout:
        """Return the same time-out: urllib3 makes a copy for each step."""
        return self

    @property
    def connect_timeout(self) -> float:
        """The seconds that are left."""
        return max(0.0, self._deadline - time.monotonic())

    @property
    def read_timeout(self) -> float:
        """The seconds that are left."""
        return self.connect_timeout


class BoundedSocket:
    """A connected socket. ``settimeout`` bounds all that follows, in time and in bytes read, not each operation.

    ``used`` is when bytes last came, on the clock of ``time.monotonic``.
    """

    def __init__(self, sock: socket.socket, max_bytes: int) -> None:
        self._sock = sock
        self._max_bytes = max_bytes
        self._deadline = 0.0
        self._bytes_left = 0
        self._io_refs = 0
        self._closed = False
        self.used = time.monotonic()

    def settimeout(self, seconds: float) -> None:
        """Allow ``seconds`` and the full number of bytes from now on."""
        self._deadline = time.monotonic() + seconds
        self._bytes_left = self._max_bytes

    def sendall(self, data: bytes) -> None:
        """Send all of ``data``; the socket itself bounds the sum of its writes."""
        self._arm()
        self._sock.sendall(data)

    def recv(self, size: int) -> bytes:
        """Receive at most ``size`` bytes; empty at the end."""
        self._arm()
        data = self._sock.recv(size)
        self._count(len(data))
        return data

    def recv_into(self, buffer: bytearray | memoryview) -> int:
        """Receive into ``buffer``; 0 at the end."""
        self._arm()
        size = self._sock.recv_into(buffer)
        self._count(size)
        return size

    def makefile(self, mode: str) -> io.BufferedReader:
        """Return a buffered reader, as ``http.client`` wants one. The socket lives until it is closed too."""
        self._io_refs += 1
        return io.BufferedReader(socket.SocketIO(cast(socket.socket, self), "r"))

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._sock.fileno()

    def silent(self) -> bool:
        """Whether the connection is open and nothing waits to be read; it must be idle."""
        try:
            self._sock.settimeout(0.0)
            self._sock.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def shutdown(self, how: int) -> None:
        """Shut down one or both directions."""
        self._sock.shutdown(how)

    def close(self) -> None:
        """Close once no reader is left, as ``socket.socket`` does."""
        self._closed = True
        if self._io_refs <= 0:
            self._sock.close()

    def _decref_socketios(self) -> None:
        self._io_refs -= 1
        if self._closed:
            self.close()

    def _arm(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        self._sock.settimeout(left)

    def _count(self, size: int) -> None:
        self.used = time.monotonic()
        self._bytes_left -= size
        if self._bytes_left < 0:
            raise ReplyTooLarge


Reach = Callable[[HTTPConnection], BoundedSocket]


class PlainConnection(KeptConnection):
    """An HTTP connection over a bounded socket, which a reader of a long body gives more time."""

    bounded: BoundedSocket

    def __init__(self, *args: Any, reach: Reach, **options: Any) -> None:
        super().__init__(*args, **options)
        self._reach = reach

    def connect(self) -> None:
        """Connect; whatever fails here says that nothing was sent."""
        with _unsent(self):
            self.bounded = self._reach(self)
            self.sock = cast(socket.socket, self.bounded)


class TLSConnection(KeptConnection, HTTPSConnection):
    """An HTTPS connection over a bounded socket. The context, as it is then, checks certificate and host name."""

    bounded: BoundedSocket

    def __init__(
        self, *args: Any, reach: Reach, context: Callable[[], ssl.SSLContext], sessions: Sessions, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self._reach = reach
        self._context = context
        self._sessions = sessions
        self._unkept: tuple[ssl.SSLContext, TLSSocket] | None = None

    def connect(self) -> None:
        """Connect and shake hands; whatever fails here says that nothing was sent."""
        context = self._context()
        with _unsent(self):
            self.bounded = self._reach(self)
            try:
                session = self._sessions.get(context)
                tls = TLSSocket(self.bounded, context, self.host.partition("%")[0], session)
            except BaseException:
                self._sessions.keep(context, None)
                self.bounded.close()
                raise
        self.sock = cast(socket.socket, tls)
        self.is_verified = True
        self._unkept = context, tls

    @property
    def is_connected(self) -> bool:
        """Whether another request can be sent on it: nothing waits that the next caller would take for his answer."""
        return super().is_connected and not cast(TLSSocket, self.sock).holds()

    def answered(self) -> bool:
        """Tell whether there is something to read already, once it is decrypted."""
        return cast(TLSSocket, self.sock).answered()

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # urllib3's own type differs so
        """Return the answer. What makes a session of TLS 1.3 comes after the handshake, so it is there only now."""
        response = super().getresponse()
        if self._unkept is not None:
            context, tls = self._unkept
            self._sessions.keep(context, tls.sslobj.session)
            self._unkept = None
        return response


def open_pool(
    url: Url,
    *,
    pool_size: int,
    max_bytes: int,
    names: Names,
    tls: Callable[[], ssl.SSLContext] | None,
    greet: Greet | None = None,
) -> HTTPConnectionPool:
    """Return a pool of at most ``pool_size`` connections to the URL's origin. ``tls`` gives a new one's context."""
    reach = _reach(names, max_bytes * _FRAMING_FACTOR + _HEAD_BYTES)
    options: dict[str, Any] = {"maxsize": pool_size, "block": True, "reach": reach, "greet": greet}
    pool: HTTPConnectionPool
    if tls:
        pool = HTTPSConnectionPool(url.host or "", url.port, context=tls, sessions=Sessions(), **options)
        pool.ConnectionCls = TLSConnection
    else:
        pool = HTTPConnectionPool(url.host or "", url.port, **options)
        pool.ConnectionCls = PlainConnection
    return pool


def _reach(names: Names, max_bytes: int) -> Reach:
    """Return the function that opens a socket: each address in turn, all within the connection's time-out."""

    def reach(connection: HTTPConnection) -> BoundedSocket:
        deadline = time.monotonic() + (connection.timeout or 0)
        problem = OSError("no address")
        try:
            for family, kind, protocol, _, address in names.addresses(connection.timeout):
                sock = socket.socket(family, kind, protocol)
                try:
                    _connect(sock, address, deadline - time.monotonic())
                except OSError as error:
                    sock.close()
                    problem = error
                except BaseException:
                    sock.close()
                    raise
                else:
                    bounded = BoundedSocket(sock, max_bytes)
                    bounded.settimeout(deadline - time.monotonic())
                    return bounded
            raise problem
        finally:
            del problem  # it holds this frame, which would hold it

    return reach


def _connect(sock: socket.socket, address: Any, left: float) -> None:
    if left <= 0:
        raise TimeoutError("the deadline has passed")
    sock.settimeout(left)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.connect(address)


@contextmanager
def _unsent(connection: HTTPConnection) -> Iterator[None]:
    """Turn whatever ends a connect, TLS included, into the two classes of urllib3 that say nothing was sent."""
    try:
        yield
    except TimeoutError as error:
        raise ConnectTimeoutError(connection, "no connection in time") from error
    except OSError as error:
        raise NewConnectionError(connection, type(error).__name__) from error
