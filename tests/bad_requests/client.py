"""A caller that sends bytes as they are, and reads the one answer that comes back."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

_INTERIM = b"HTTP/1.1 100 "


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: status (0 when there was none), header fields by lower-case name, body, all bytes, and seconds."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    everything: bytes
    seconds: float


def talk(port: int, sent: bytes, *, closes: bool = False, patience: float = 30) -> Reply:
    """Send ``sent`` on a new connection, read to its end. Raise TimeoutError where nothing comes for ``patience``."""
    begin = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as connection:
        with suppress(ConnectionError):  # an early answer is an answer: it is read below
            connection.sendall(sent)
            if closes:
                connection.shutdown(socket.SHUT_WR)
        everything = b""
        with suppress(ConnectionResetError):
            while chunk := connection.recv(65536):
                everything += chunk
    return _reply(everything, time.monotonic() - begin)


def _reply(everything: bytes, seconds: float) -> Reply:
    final = everything
    if final.startswith(_INTERIM):
        final = final.partition(b"\r\n\r\n")[2]
    head, _, body = final.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split()
    fields = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
    status = int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
    return Reply(status, {name.lower(): value for name, value in fields.items()}, body, everything, seconds)
