"""Ending a connection so that nobody takes an answer that broke off for a whole one.

To HTTP/1.1 an answer of unknown length goes in chunks, and the last one is missing then. To HTTP/1.0 it ends where the
connection is closed (RFC 9112, section 6.3), so there it has to be reset (RFC 9293, section 3.10.7.4).
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Mapping
from typing import Any

_AT_ONCE = struct.pack("ii", 1, 0)


def cutting(environ: Mapping[str, Any]) -> Callable[[], None]:
    """Return what makes the closing of a request's connection a reset, where that alone says that something broke."""
    connection = environ.get("gunicorn.socket")
    if environ.get("SERVER_PROTOCOL") != "HTTP/1.0" or connection is None:
        return _nothing
    return lambda: connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)


def _nothing() -> None:
    """Leave it: the missing last chunk says it."""
