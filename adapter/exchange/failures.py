"""What each exception of urllib3, ``http.client``, ``ssl`` and the sockets means: one table, and nothing else decides.

``NewConnectionError`` and ``ConnectTimeoutError`` are raised by our own connections for all that fails before the first
byte is sent, TLS included. After that it is known only that something *may* have been sent.
"""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from urllib3 import exceptions

from adapter.errors import (
    BackendError,
    BackendLost,
    BackendReplyInvalid,
    BackendTimeout,
    BackendUnreachable,
    Sent,
)
from adapter.exchange.connection import ReplyTooLarge
from adapter.tracebacks import forget


@dataclass(frozen=True, slots=True)
class Failure:
    """One way in which an exchange ends without a usable answer."""

    kind: type[BackendError]
    problem: str
    status: int
    sent: Sent
    detail: str

    def error_because(self, cause: str) -> BackendError:
        """Return the error to raise; ``cause`` is for the log."""
        return self.kind(self.problem, self.status, self.detail, sent=self.sent, cause=cause)


UNREACHABLE: Final = Failure(
    BackendUnreachable, "backend-unreachable", 503, "no", "No connection could be made. Nothing was sent."
)
TIMEOUT_UNSENT: Final = Failure(
    BackendTimeout, "backend-timeout", 504, "no", "No connection could be made in time. Nothing was sent."
)
TIMEOUT: Final = Failure(
    BackendTimeout, "backend-timeout", 504, "maybe", "No whole answer in time. The request may have been carried out."
)
LOST: Final = Failure(
    BackendLost, "backend-lost", 502, "maybe", "The connection broke. The request may have been carried out."
)
INVALID: Final = Failure(
    BackendReplyInvalid, "backend-reply-invalid", 502, "yes", "The answer is not what the contract says."
)

TABLE: Final[Mapping[type[Exception], Failure]] = {
    exceptions.HTTPError: LOST,
    exceptions.PoolError: UNREACHABLE,
    exceptions.RequestError: LOST,
    exceptions.MaxRetryError: LOST,
    exceptions.SSLError: LOST,
    exceptions.ProtocolError: LOST,
    exceptions.ProxyError: UNREACHABLE,
    exceptions.TimeoutError: TIMEOUT,
    exceptions.ReadTimeoutError: TIMEOUT,
    exceptions.ConnectTimeoutError: TIMEOUT_UNSENT,
    exceptions.NewConnectionError: UNREACHABLE,
    exceptions.NameResolutionError: UNREACHABLE,
    exceptions.EmptyPoolError: TIMEOUT_UNSENT,
    exceptions.FullPoolError: UNREACHABLE,
    exceptions.ClosedPoolError: UNREACHABLE,
    exceptions.IncompleteRead: LOST,
    exceptions.DecodeError: INVALID,
    exceptions.ResponseError: INVALID,
    exceptions.ResponseNotChunked: INVALID,
    exceptions.BodyNotHttplibCompatible: INVALID,
    exceptions.InvalidChunkLength: INVALID,
    exceptions.InvalidHeader: INVALID,
    exceptions.HeaderParsingError: INVALID,
    http.client.HTTPException: INVALID,
    http.client.BadStatusLine: INVALID,
    http.client.UnknownProtocol: INVALID,
    http.client.UnknownTransferEncoding: INVALID,
    http.client.LineTooLong: INVALID,
    http.client.IncompleteRead: LOST,
    http.client.RemoteDisconnected: LOST,
    http.client.NotConnected: LOST,
    ReplyTooLarge: INVALID,
    TimeoutError: TIMEOUT,
    OSError: LOST,
    ssl.SSLError: LOST,
}
"""By exception class; a class that is not here means what its nearest base class means."""

OURS: Final[frozenset[type[Exception]]] = frozenset(
    {
        exceptions.HostChangedError,
        exceptions.LocationParseError,
        exceptions.LocationValueError,
        exceptions.ProxySchemeUnknown,
        exceptions.ProxySchemeUnsupported,
        exceptions.TimeoutStateError,
        exceptions.URLSchemeUnknown,
        exceptions.UnrewindableBodyError,
        http.client.CannotSendHeader,
        http.client.CannotSendRequest,
        http.client.ImproperConnectionState,
        http.client.InvalidURL,
        http.client.ResponseNotReady,
        http.client.UnimplementedFileMode,
    }
)
"""What only a defect of ours can raise. It is not dressed up as a failure of the other side."""

FAILURES: Final = (exceptions.HTTPError, http.client.HTTPException, OSError)


def failed(error: Exception) -> BackendError:
    """Return the BackendError that an exception of the libraries means; raise the exception itself where it is ours.

    What is not ours forgets where it was raised: urllib3 has it in variables of the calls that it came through.
    """
    inner = _innermost(error)
    if type(inner) in OURS:
        raise inner
    meaning = next(TABLE[kind] for kind in type(inner).__mro__ if kind in TABLE)
    names = [type(error).__name__] + [type(inner).__name__] * (inner is not error)
    reason = inner.__cause__
    if isinstance(reason, OSError):
        names.append(type(reason).__name__)
    forget(error, FAILURES)
    return meaning.error_because(": ".join(names))


def reply_invalid(cause: str) -> BackendError:
    """Return the error for an answer that arrived and is not what the contract says."""
    return INVALID.error_because(cause)


def _innermost(error: Exception) -> Exception:
    """Look into urllib3's wrappers, which hold what happened as an argument."""
    if isinstance(error, exceptions.ProtocolError | exceptions.SSLError):
        for argument in error.args:
            if isinstance(argument, Exception):
                return _innermost(argument)
    return error
