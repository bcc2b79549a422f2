"""An ERP on loopback that takes rows while they arrive: what it has got so far, and whether all of it came."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.unit.loopback import PATIENCE, Peer

ENVELOPE = (
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>{}</soap:Body></soap:Envelope>'
)
DONE = ENVELOPE.format('<BucheAntwort xmlns="urn:buchung"><Anzahl>7</Anzahl></BucheAntwort>').encode()
CLOSED = ENVELOPE.format(
    "<soap:Fault><faultcode>soap:GESPERRT</faultcode><faultstring>zu</faultstring></soap:Fault>"
).encode()


@dataclass
class Taking:
    """What came of one request in chunks. ``more`` is set whenever something came, ``ended`` at its end."""

    head: bytes = b""
    body: bytes = b""
    whole: bool = False
    more: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    def chunks(self, peer: Peer) -> Iterator[bytes]:
        """Yield the chunks of one request; it is whole when the last one came, and no bytes are left over."""
        file = peer.sock.makefile("rb")
        try:
            while (line := file.readline()) not in (b"\r\n", b""):
                self.head += line
            while line := file.readline():
                chunk = file.read(int(line, 16) + 2)
                if chunk == b"\r\n":
                    self.whole = True
                    return
                if not chunk.endswith(b"\r\n"):
                    return
                self.body += chunk[:-2]
                self.more.set()
                yield chunk[:-2]
        finally:
            file.close()
            self.ended.set()
            self.more.set()

    def until(self, text: bytes) -> None:
        """Wait until this has come."""
        while text not in self.body:
            assert self.more.wait(PATIENCE)
            self.more.clear()
            assert text in self.body or not self.ended.is_set()


def taking(taken: Taking, answer: bytes) -> Callable[[Peer], None]:
    """Return the script of an ERP that answers once it has all of a request."""

    def script(peer: Peer) -> None:
        for _ in taken.chunks(peer):
            pass
        if taken.whole:
            peer.send(answer)

    return script


def early(taken: Taking, answer: bytes, said: threading.Event, close: bool = False) -> Callable[[Peer], None]:
    """Return the script of an ERP that answers after the first chunk, and then reads no more or closes."""

    def script(peer: Peer) -> None:
        # Else it would wait until what TLS said first is acknowledged.
        peer.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in taken.chunks(peer):
            peer.send(answer)
            said.set()
            if close:
                break
            peer.stop.wait(PATIENCE)

    return script
