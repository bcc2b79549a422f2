"""The ERP of the attachments tests: it reads requests in parts as they come, and answers in pieces from a test.

It is written with the standard library's ``email`` and ``http.server``, so it shares no line with what it judges.
"""

from __future__ import annotations

import email
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from lxml import etree

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
XOP = "{http://www.w3.org/2004/08/xop/include}Include"


@dataclass
class Taken:
    """A request: its envelope, its parts by Content-ID, its Content-Type, whether it came in chunks."""

    envelope: Any
    parts: dict[str, Message]
    content_type: str
    chunked: bool

    def value(self, tag: str) -> bytes | str | None:
        """Return the bytes of the part that an element refers to, its text where it refers to none."""
        element = next(self.envelope.iter("{*}" + tag))
        include = element.find(XOP)
        name = (include.get("href") if include is not None else element.text or "").removeprefix("cid:")
        if include is None and not (element.text or "").startswith("cid:"):
            return element.text or ""
        payload = self.parts[name].get_payload(decode=True)
        assert isinstance(payload, bytes)
        return payload


@dataclass
class Erp:
    """What it was asked, and the function that answers: Content-Type and body, whole or in pieces."""

    url: str = ""
    taken: list[Taken] = field(default_factory=list)
    answer: Callable[[Taken], tuple[str, bytes | Iterable[bytes]]] = lambda taken: ("text/xml", b"")
    begun: threading.Event = field(default_factory=threading.Event)


def envelope(body: str) -> bytes:
    """Return a SOAP 1.1 envelope."""
    return f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{body}</s:Body></s:Envelope>'.encode()


def related(root: bytes, parts: dict[str, bytes], xop: bool = False) -> tuple[str, bytes]:
    """Return Content-Type and body of an answer in parts."""
    kind = "application/xop+xml" if xop else "text/xml"
    inner = f'{kind}; charset=utf-8; type="text/xml"' if xop else f"{kind}; charset=utf-8"
    body = b"--x\r\nContent-Type: " + inner.encode() + b"\r\nContent-ID: <r@e>\r\n\r\n" + root
    for name, content in parts.items():
        head = f"\r\n--x\r\nContent-Type: application/octet-stream\r\nContent-ID: <{name}>\r\n\r\n"
        body += head.encode() + content
    return f'multipart/related; boundary=x; type="{kind}"; start="<r@e>"', body + b"\r\n--x--\r\n"


@contextmanager
def running() -> Iterator[Erp]:
    """Serve on loopback for as long as the ``with`` block lasts."""
    erp = Erp()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 20

        def do_POST(self) -> None:
            """Read the request as it comes, and answer."""
            chunked = self.headers.get("Transfer-Encoding") == "chunked"
            data = b"".join(self._chunks() if chunked else self._pieces(int(self.headers["Content-Length"])))
            erp.taken.append(_taken(self.headers["Content-Type"], data, chunked))
            kind, body = erp.answer(erp.taken[-1])
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Connection", "close")
            self.end_headers()
            for piece in [body] if isinstance(body, bytes) else body:
                self.wfile.write(piece)
            self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

        def _pieces(self, left: int) -> Iterator[bytes]:
            while left and (piece := self.rfile.read1(min(left, 65536))):
                erp.begun.set()
                left -= len(piece)
                yield piece

        def _chunks(self) -> Iterator[bytes]:
            while size := int(self.rfile.readline(), 16):
                erp.begun.set()
                yield self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    erp.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield erp
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _taken(content_type: str, data: bytes, chunked: bool) -> Taken:
    if not content_type.startswith("multipart/related"):
        return Taken(etree.fromstring(data), {}, content_type, chunked)
    whole = email.message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + data)
    parts = {re.sub("[<>]", "", part["Content-ID"]): part for part in whole.walk() if not part.is_multipart()}
    start = whole.get_param("start")
    assert isinstance(start, str)
    root = parts.pop(re.sub("[<>]", "", start)).get_payload(decode=True)
    assert isinstance(root, bytes)
    return Taken(etree.fromstring(root), parts, content_type, chunked)
