"""Addresses of one origin. The system's resolver knows no time-out, so it is waited for from outside."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

# Many calls at once open connections at once, and ask for the same name: they share one lookup that has just begun.
# One that hangs holds a thread as long as the system likes; so many may.
LOOKUPS = 8
FRESH_SECONDS = 1.0

Addresses = list[tuple[Any, ...]]


class Names:
    """The addresses of a host and port, as ``socket.getaddrinfo`` returns them. A literal one is never looked up.

    ``allowed`` says of each address, as text, whether a connection may go there. It is asked about what is connected
    to, so a name that means something else a moment later (DNS rebinding) leads nowhere.
    """

    def __init__(self, host: str, port: int, allowed: Callable[[str], bool] | None = None) -> None:
        self._host, self._port, self._allowed = host.strip("[]"), port, allowed
        self._literal = _literal(self._host, port)
        self._threads = ThreadPoolExecutor(LOOKUPS, thread_name_prefix="resolve")
        self._lock = threading.Lock()  # looked up here: gevent may have patched it since the import
        self._under_way: list[tuple[Future[Addresses], float]] = []

    def addresses(self, seconds: float | None) -> Addresses:
        """Return the addresses. Raises OSError where there is none, TimeoutError where the resolver is slower."""
        found = self._literal or self._lookup().result(timeout=seconds)
        if self._allowed is None:
            return found
        return [each for each in found if self._allowed(str(each[4][0]))]

    def close(self) -> None:
        """Let the threads go, once what they look up is known."""
        self._threads.shutdown(wait=False)

    def _lookup(self) -> Future[Addresses]:
        now = time.monotonic()
        with self._lock:
            self._under_way = [each for each in self._under_way if not each[0].done()]
            stale = not self._under_way or now - self._under_way[-1][1] > FRESH_SECONDS
            if stale and len(self._under_way) < LOOKUPS:
                asked = self._threads.submit(socket.getaddrinfo, self._host, self._port, type=socket.SOCK_STREAM)
                self._under_way.append((asked, now))
            return self._under_way[-1][0]


def _literal(host: str, port: int) -> Addresses:
    """Return the address that a host is, nothing where it is a name, or an address of one link (RFC 4007)."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return []
    if address.version == 4:
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (str(address), port))]
    if address.scope_id is not None:
        return []
    return [(socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (str(address), port, 0, 0))]
