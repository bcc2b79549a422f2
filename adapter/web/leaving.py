"""Seeing that a caller went away while its answer waits for somebody else.

A server learns of it by its next write. Where the next row may be long in coming, the connection is looked at
meanwhile: that of a caller who has closed it can be read to its end. One who only says that nothing more will be sent
looks the same, and is taken for gone, as proxies do.
"""

from __future__ import annotations

import select
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

_SECONDS: Final = 0.5


def watching(environ: Mapping[str, Any], abandon: Callable[[], None]) -> Callable[[], None]:
    """Call ``abandon`` once the caller of a request is gone; return what ends the watch.

    Only where the server shows its connection, in the clear; under gevent it costs a greenlet.
    """
    connection = environ.get("gunicorn.socket")
    if connection is None or isinstance(connection, ssl.SSLSocket):
        return _nothing
    ended = threading.Event()
    threading.Thread(target=_watch, args=(connection, abandon, ended), daemon=True).start()
    return ended.set


def _watch(connection: Any, abandon: Callable[[], None], ended: threading.Event) -> None:
    try:
        while not ended.is_set():
            if not select.select([connection], [], [], _SECONDS)[0] or ended.is_set():
                continue
            if connection.recv(1, socket.MSG_PEEK) == b"":
                abandon()
            return  # a next request is waiting already, so somebody is there
    except ConnectionError:
        abandon()
    except (OSError, ValueError):
        return  # closed on our side


def _nothing() -> None:
    """End a watch that never began."""
