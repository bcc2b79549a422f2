"""The ERP's place, taken by a server that answers byte by byte what a case says.

Which case is meant stands in the request: each is called with a number of its own. Every other call gets a right
answer. ``lure`` is a second server that nobody may ever call.
"""

from __future__ import annotations

import re
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

FIRST = 7000
_PATIENCE = 20.0
_NUMBER = re.compile(rb">0*(7[0-9]{3})<")
_PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class Peer:
    """The server's end of one connection, after a request was read. ``lure`` is the port of the second server."""

    sock: socket.socket
    lure: int

    def send(self, data: bytes) -> None:
        """Send all of it at once."""
        self.sock.sendall(data)

    def drip(self, data: bytes) -> None:
        """Send a byte at a time, slowly, over and over, until the other side has had enough."""
        for turn in range(int(_PATIENCE / _PAUSE)):
            if self.left(_PAUSE):
                return
            self.send(data[turn % len(data) : turn % len(data) + 1])

    def pour(self, data: bytes, times: int) -> None:
        """Send the same again and again, as fast as it is taken."""
        for _ in range(times):
            self.sock.sendall(data)

    def left(self, seconds: float = _PATIENCE) -> bool:
        """Wait until the other side closes; return whether it did."""
        self.sock.settimeout(seconds)
        try:
            return self.sock.recv(1) == b""
        except TimeoutError:
            return False
        finally:
            self.sock.settimeout(_PATIENCE)

    def reset(self) -> None:
        """Break the connection with a TCP reset."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


Script = Callable[[Peer], bool | None]
"""What answers one request. True: the connection is kept for another one."""


class Server(socketserver.ThreadingTCPServer):
    """Plays ``scripts`` by their number, and ``right`` for every call of another number."""

    daemon_threads = True
    request_queue_size = 50

    def __init__(self, scripts: dict[int, Script], right: bytes) -> None:
        self.scripts, self.right = scripts, right
        self.lure = 0
        self.calls = 0
        self.at_accept: Script | None = None
        super().__init__(("127.0.0.1", 0), _Connection)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}/erp"


class _Connection(socketserver.BaseRequestHandler):
    request: socket.socket
    server: Server

    def handle(self) -> None:
        """Answer one request after the other, until a script has ended or the other side has left."""
        self.request.settimeout(_PATIENCE)
        self.server.calls += 1
        with suppress(OSError):
            peer = Peer(self.request, self.server.lure)
            if (script := self.server.at_accept) is not None:
                self.server.at_accept = None
                # One byte first: a reset that overtakes the accept can also look like a connection never made.
                self.request.recv(1)
                script(peer)
                return
            while sent := _request(self.request):
                number = _NUMBER.search(sent)
                script = self.server.scripts.get(int(number[1])) if number else None
                if script is None:
                    self.request.sendall(self.server.right)
                    return
                if not script(peer):
                    return


def _request(sock: socket.socket) -> bytes:
    """Read one request, head and body; empty when the other side has closed."""
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = sock.recv(65536)
        if not chunk:
            return b""
        data += chunk
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", data)
    whole = data.index(b"\r\n\r\n") + 4 + int(length[1] if length else 0)
    while len(data) < whole:
        chunk = sock.recv(65536)
        if not chunk:
            return b""
        data += chunk
    return data


@contextmanager
def serving(scripts: dict[int, Script], right: bytes) -> Iterator[tuple[Server, Server]]:
    """Serve in threads for as long as the block lasts; yield the server and the one nobody may call."""
    lure = Server({}, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    server = Server(scripts, right)
    server.lure = lure.server_address[1]
    threads = [threading.Thread(target=each.serve_forever, args=(0.01,), daemon=True) for each in (server, lure)]
    for thread in threads:
        thread.start()
    try:
        yield server, lure
    finally:
        for each in (server, lure):
            each.shutdown()
            each.server_close()
        for thread in threads:
            thread.join(5)
