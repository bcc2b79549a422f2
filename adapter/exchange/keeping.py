"""How long a connection that nobody uses is kept, and what of TLS outlives it.

A server closes what was idle for too long. Where that happens while a request is on its way, nobody knows whether it
was carried out. So a connection is not used again shortly before its server would close it: after as many seconds as
the server says (``Keep-Alive: timeout=5``, as Apache, nginx and Node write it), and after a minute where it says
nothing, since what stands between forgets a silent connection too.

A new connection takes up the TLS session of an earlier one (RFC 8446 section 2.2): half of the handshake, without
certificates. Its keys are new.
"""

from __future__ import annotations

import re
import ssl
import time
from contextlib import nullcontext, suppress
from typing import Any

from urllib3 import HTTPConnectionPool
from urllib3.response import HTTPResponse
from urllib3.util.ssltransport import SSL_BLOCKSIZE, SSLTransport
from urllib3.util.wait import wait_for_read

from adapter.exchange.pouring import PouringConnection
from adapter.pieces import PIECE

IDLE_SECONDS = 60.0
_MARGIN = 1.0
_TIMEOUT = re.compile(r"(?:^|[,\s])timeout\s*=\s*\"?([0-9]{1,9})", re.IGNORECASE)


class KeptConnection(PouringConnection):
    """A connection that knows until when it may be used again."""

    _idle = IDLE_SECONDS

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # urllib3's own type differs so
        """Return the answer; the server may say with it how long it keeps the connection."""
        response = super().getresponse()
        said = response.headers.get("keep-alive")
        self._idle = idle_seconds(said) if said else IDLE_SECONDS
        coding = response.headers.get("transfer-encoding")
        if coding is not None and (coding.lower() != "chunked" or "content-length" in response.headers):
            # Where such an answer ends is understood in several ways (RFC 9112, section 6.3): it is the last one.
            self._spent = True
        return response

    @property
    def is_connected(self) -> bool:
        """Whether the connection is open, and the server is not about to close it."""
        return self.sock is not None and self.in_time() and super().is_connected

    def in_time(self) -> bool:
        """Whether the connection has not been idle for too long."""
        return bool(time.monotonic() - self.bounded.used < self._idle)


def idle_seconds(said: str) -> float:
    """Return for how many seconds a connection may be idle whose server said this in ``Keep-Alive``."""
    found = _TIMEOUT.search(said)
    if found is None:
        return IDLE_SECONDS
    seconds = float(found[1])
    return min(max(seconds - _MARGIN, seconds / 2), IDLE_SECONDS)


def close_idle(pool: HTTPConnectionPool) -> None:
    """Close the connections that have been idle for too long: the pool takes the youngest first, so old ones stay."""
    waiting = pool.pool
    if waiting is None:
        return
    with getattr(waiting, "mutex", nullcontext()):  # gevent's queue has none: nothing switches greenlets in here
        for connection in waiting.queue:
            if isinstance(connection, KeptConnection) and connection.sock is not None and not connection.in_time():
                connection.close()


class TLSSocket(SSLTransport):
    """TLS over a socket through memory buffers, which takes up a session, and sends a large body in pieces."""

    def __init__(self, sock: Any, context: ssl.SSLContext, host: str, session: ssl.SSLSession | None) -> None:
        """Shake hands. ``session`` is of the same context."""
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.suppress_ragged_eofs = True
        self.socket = sock
        self._said = b""
        self.sslobj = context.wrap_bio(self.incoming, self.outgoing, server_hostname=host, session=session)
        self._ssl_io_loop(self.sslobj.do_handshake)

    def answered(self) -> bool:
        """Tell whether the server has said something, or closed; what it says to TLS alone is not meant."""
        while not self._said and (self.incoming.pending or wait_for_read(self.socket, 0.0)):
            if not self.incoming.pending:
                data = self.socket.recv(SSL_BLOCKSIZE)
                if not data:
                    return True
                self.incoming.write(data)
            with suppress(ssl.SSLWantReadError):
                self._said = self.sslobj.read(1)
        return bool(self._said)

    def holds(self) -> bool:
        """Tell whether something has come that nobody has read; the socket below no longer shows it."""
        return bool(self._said or self.incoming.pending or self.sslobj.pending())

    def read(self, len: int = 1024, buffer: Any = None) -> Any:
        """Read at most ``len`` bytes, into ``buffer`` where there is one; first what was seen already."""
        if not self._said:
            return super().read(len, buffer)
        said, self._said = self._said, b""
        if buffer is None:
            return said
        buffer[:1] = said
        return 1

    def sendall(self, data: bytes, flags: int = 0) -> None:
        """Send all of it, encrypted and sent piece by piece."""
        with memoryview(data) as view, view.cast("B") as whole:
            for at in range(0, len(whole), PIECE):
                super().sendall(whole[at : at + PIECE], flags)  # type: ignore[arg-type]  # urllib3 takes any buffer


class Sessions:
    """The newest TLS session of an origin. It counts only for the context that it was made with."""

    def __init__(self) -> None:
        self._newest: tuple[ssl.SSLContext, ssl.SSLSession | None] | None = None

    def get(self, context: ssl.SSLContext) -> ssl.SSLSession | None:
        """Return the session to take up, None where there is none."""
        newest = self._newest
        return newest[1] if newest is not None and newest[0] is context else None

    def keep(self, context: ssl.SSLContext, session: ssl.SSLSession | None) -> None:
        """Keep a session for the next connection; None forgets that of this context."""
        self._newest = (context, session)
