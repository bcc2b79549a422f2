"""Readers who ask again and again, each on a connection of his own, and what they were told."""

from __future__ import annotations

import http.client
import itertools
import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

PATIENCE = 30.0


@dataclass(frozen=True)
class Told:
    """One answer: when it was asked for and had (monotonic seconds), its status (0: none came) and its document."""

    path: str
    asked: float
    had: float
    status: int
    document: Any = None


@dataclass
class Readers:
    """Who asks for ``paths`` in turn at the service on a port, ``many`` at once, until ``stop``."""

    port: int
    paths: Sequence[str]
    many: int = 8
    told: list[Told] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin nothing yet."""
        self._over = threading.Event()
        self._turn = itertools.count()
        self._threads = [threading.Thread(target=self._read) for _ in range(self.many)]

    def start(self) -> None:
        """Begin to ask."""
        for each in self._threads:
            each.start()

    def stop(self) -> list[Told]:
        """Ask no more, and return all that was told."""
        self._over.set()
        for each in self._threads:
            each.join(PATIENCE)
        return self.told

    def _read(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        while not self._over.is_set():
            path = self.paths[next(self._turn) % len(self.paths)]
            self.told.append(once(connection, path))
        connection.close()


def once(connection: http.client.HTTPConnection, path: str) -> Told:
    """Ask once; where the connection breaks, nothing was told."""
    asked = time.monotonic()
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException):
        connection.close()
        return Told(path, asked, time.monotonic(), 0)
    return Told(path, asked, time.monotonic(), answer.status, json.loads(body) if body else None)


@contextmanager
def readers(url: str, paths: Sequence[str], many: int = 8) -> Iterator[Readers]:
    """Ask at a URL until the block ends."""
    found = Readers(urlsplit(url).port or 0, paths, many)
    found.start()
    try:
        yield found
    finally:
        found.stop()
