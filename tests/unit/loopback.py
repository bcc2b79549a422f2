"""A small real server on loopback: each connection is played by one function, so that a test can break HTTP at will."""

from __future__ import annotations

import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

PATIENCE = 20.0
"""Seconds after which a test that hangs fails instead. No test that passes comes near."""


@dataclass
class Peer:
    """The server's end of one connection."""

    sock: socket.socket
    stop: threading.Event
    requests: list[bytes]

    def request(self) -> bytes:
        """Read one request, head and body; empty when the client has closed."""
        head = b""
        while b"\r\n\r\n" not in head:
            data = self.sock.recv(65536)
            if not data:
                return b""
            head += data
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        whole = head.index(b"\r\n\r\n") + 4 + int(length[1] if length else 0)
        while len(head) < whole:
            head += self.sock.recv(65536)
        self.requests.append(head)
        return head

    def send(self, data: bytes) -> None:
        """Send all of it at once."""
        self.sock.sendall(data)

    def drip(self, data: bytes) -> None:
        """Send a byte at a time, over and over, until the client has had enough, or for five seconds."""
        for _ in range(500):
            if self.stop.wait(0.01):
                return
            self.send(data[:1])
            data = data[1:] + data[:1]

    def reset(self) -> None:
        """Break the connection with a TCP reset."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


Script = Callable[[Peer], None]


@dataclass
class Server:
    """A listening socket, the requests that arrived, and how many connections were made.

    ``resumed`` says of each TLS connection whether it took up a session.
    """

    port: int
    scheme: str
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    resumed: list[bool] = field(default_factory=list)
    ended: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    @property
    def url(self) -> str:
        """The server's own address, with a path."""
        return f"{self.scheme}://127.0.0.1:{self.port}/erp"


@contextmanager
def serving(*scripts: Script, tls: ssl.SSLContext | None = None, port: int = 0) -> Iterator[Server]:
    """Play each connection by the script of its number, the last script for all further ones. Port 0: a free one."""
    listener = socket.create_server(("127.0.0.1", port))
    server = Server(listener.getsockname()[1], "https" if tls else "http")
    stop, threads, socks = threading.Event(), list[threading.Thread](), list[socket.socket]()

    def play(sock: socket.socket, script: Script) -> None:
        with suppress(OSError, ssl.SSLError):
            if tls:
                sock = tls.wrap_socket(sock, server_side=True)
                server.resumed.append(bool(sock.session_reused))
                socks.append(sock)
            script(Peer(sock, stop, server.requests))
        sock.close()
        server.ended.release()

    def accept() -> None:
        with suppress(OSError):
            while True:
                sock, _ = listener.accept()
                sock.settimeout(PATIENCE)
                socks.append(sock)
                script = scripts[min(server.connections, len(scripts) - 1)]
                server.connections += 1
                threads.append(threading.Thread(target=play, args=(sock, script)))
                threads[-1].start()

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield server
    finally:
        stop.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        acceptor.join(PATIENCE)
        for sock in socks:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join(PATIENCE)
        for sock in socks:
            sock.close()


def answer(body: bytes, *, status: str = "200 OK", fields: str = "", media_type: str = "text/xml") -> bytes:
    """Return a whole HTTP answer with the right length. ``fields`` are further header lines, each with its CRLF."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\n{fields}Content-Length: {len(body)}\r\n\r\n"
    return head.encode("latin-1") + body


def replying(*answers: bytes) -> Script:
    """Answer each request with the next of ``answers`` (the last one from then on), on a connection kept open."""

    def script(peer: Peer) -> None:
        number = 0
        while peer.request():
            peer.send(answers[min(number, len(answers) - 1)])
            number += 1

    return script


def once(data: bytes) -> Script:
    """Read one request, send these bytes, and close."""

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(data)

    return script
