"""The pretend ERP over HTTP/1.1: calls, contracts, and what ``/_control`` asks for, down to the socket."""

from __future__ import annotations

import http.client
import json
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any

from adapter.virtual.engine import Engine
from adapter.virtual.envelope import Answer, action
from adapter.virtual.erp import VirtualErp
from adapter.virtual.faults import ProtocolFault
from adapter.virtual.misbehave import Control, Cut, Deed, Received

LARGEST_REQUEST = 64 * 1024 * 1024
NO_FIELDS: Mapping[str, str] = MappingProxyType({})
PAGE = "<!DOCTYPE html><html><head><title>{status}</title></head><body><h1>{status}</h1><p>{text}</p></body></html>"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "MusterERP", ""
    disable_nagle_algorithm = True
    timeout = 120
    server: Server

    def do_GET(self) -> None:
        """Serve WSDL and schema files, and what the control knows."""
        if self.path == "/_control":
            self._controlled(self.server.control.report)
            return
        found = self.server.erp.file(self.path, self.server.url())
        if found is None:
            status = 405 if self.server.erp.port_at(self.path) else 404
            self._send(Answer(status, "text/plain", b"POST a SOAP message, or GET ?wsdl\n"), {"Allow": "POST"})
        else:
            self._send(Answer(200, "text/xml; charset=utf-8", found))

    def do_POST(self) -> None:
        """Take a call, or a rule of the control."""
        if self.path == "/_control":
            self._controlled(lambda: self.server.control.add(**_rule(self._body())))
        elif self.path == "/_control/reset":
            self._controlled(self.server.erp.reset)
        else:
            self._call()

    def do_DELETE(self) -> None:
        """Clear the control."""
        if self.path == "/_control":
            self._controlled(self.server.control.clear)
        else:
            self._send(Answer(404, "text/plain", b"nothing here\n"))

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the control's log has it all."""

    def _controlled(self, act: Callable[[], Any]) -> None:
        if not self.client_address[0].startswith("127.") and self.client_address[0] != "::1":
            self._send(Answer(403, "text/plain", b"the control answers on loopback only\n"))
            return
        try:
            status, result = 200, act()
        except ValueError as error:
            status, result = 400, {"error": str(error)}
        self._send(Answer(status, "application/json", json.dumps(result or {}, ensure_ascii=False).encode()))

    def _call(self) -> None:
        port = self.server.erp.port_at(self.path)
        named = (action(self.headers) or "").rpartition("#")[2]
        early = self.server.control.take(named, unread=True) if port else Deed()
        if early.cut is not None:
            self._saw(named, "")
            self.server.control.wait(early.delay)
            self._cut(early.cut)
            return
        try:
            data = self._body()
        except ValueError as error:
            self.close_connection = True
            self._send(Answer(400, "text/plain", f"{error}\n".encode()))
            return
        if port is None:
            self._send(Answer(404, "text/plain", b"no service here\n"))
            return
        call = self.server.erp.read(port, self.headers, data)
        operation = named if isinstance(call, ProtocolFault) else call.operation.name
        self._saw(operation, data.decode("utf-8", "replace"))
        deed = self.server.control.take(operation)
        self.server.control.wait(deed.delay)
        if self._instead(port, None if isinstance(call, ProtocolFault) else call, deed):
            return
        erp = self.server.erp
        self._perform(erp.refusal(port, call) if isinstance(call, ProtocolFault) else erp.answer(call), deed)

    def _instead(self, port: Any, call: Any, deed: Deed) -> bool:
        """Carry out a deed that keeps the ERP from acting; tell whether there was one."""
        cut = deed.cut_at("unread") or deed.cut_at("read")
        if cut is not None:
            self._cut(cut)
        elif deed.fault is not None:
            self._send(self.server.erp.told(port, call, deed.fault))
        elif deed.html is not None:
            status, text = deed.html
            self._send(Answer(status, "text/html; charset=utf-8", PAGE.format(status=status, text=text).encode()))
        elif deed.raw is not None:
            status, headers, body = deed.raw
            self._send(Answer(status, "", body), headers)
        else:
            return False
        return True

    def _perform(self, answer: Answer, deed: Deed) -> None:
        """Send the ERP's own answer, spoiled as the deed says."""
        half = len(answer.body) // 2
        if deed.truncate:
            self._send(Answer(answer.status, answer.content_type, answer.body[:half]))
            return
        head = self._head(answer)
        if deed.cut is not None:
            sent = {"executed": b"", "headers": head, "body": head + answer.body[:half]}[deed.cut.place]
            self.connection.sendall(sent)
            self._cut(deed.cut)
        elif deed.drip is not None:
            size, pause = deed.drip
            self.connection.sendall(head)
            for start in range(0, len(answer.body), size):
                self.server.control.wait(pause)
                self.connection.sendall(answer.body[start : start + size])
        else:
            self.connection.sendall(head + answer.body)

    def _head(self, answer: Answer, headers: Mapping[str, str] = NO_FIELDS) -> bytes:
        reason = http.client.responses.get(answer.status, "Unknown")
        fields = {"Server": self.server_version, "Date": self.date_time_string()}
        if answer.content_type:
            fields["Content-Type"] = answer.content_type
        fields["Content-Length"] = str(len(answer.body))
        if self.close_connection:
            fields["Connection"] = "close"
        fields.update(headers)
        lines = [f"HTTP/1.1 {answer.status} {reason}", *(f"{name}: {value}" for name, value in fields.items())]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    def _send(self, answer: Answer, headers: Mapping[str, str] = NO_FIELDS) -> None:
        self.connection.sendall(self._head(answer, headers) + answer.body)

    def _cut(self, cut: Cut) -> None:
        """End the connection here. A reset has to be made before anything else closes the socket in good order."""
        self.close_connection = True
        if cut.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.rfile.close()  # it holds the socket open
            self.connection.close()

    def _body(self) -> bytes:
        """Read the body. Raise ValueError for one that cannot be read or is too large."""
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return self._chunks()
        length = int(self.headers.get("Content-Length", "0"))
        if not 0 <= length <= LARGEST_REQUEST:
            raise ValueError("Content-Length is not acceptable")
        data = self.rfile.read(length)
        if len(data) < length:
            raise ValueError("the body ends too early")
        return data

    def _chunks(self) -> bytes:
        data = bytearray()
        while size := int(self.rfile.readline(1000).split(b";")[0], 16):
            if not 0 < size <= LARGEST_REQUEST - len(data):
                raise ValueError("a chunk has no acceptable size")
            data += self.rfile.read(size)
            self.rfile.readline(1000)
        while self.rfile.readline(1000).strip():
            continue  # trailers are of no interest
        return bytes(data)

    def _saw(self, operation: str, envelope: str) -> None:
        self.server.control.saw(Received(operation, self.path, dict(self.headers.items()), envelope))


class Server(ThreadingHTTPServer):
    """The listening server: ``erp`` is what it serves, ``control`` what it is told to do wrong and what it saw."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, erp: Engine, host: str, port: int) -> None:
        """Listen on an address; port 0 takes a free one."""
        self.erp = erp
        self.control = Control()
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__((host, port), _Handler)

    def url(self, path: str = "") -> str:
        """Return the URL of a path, for example ``/erp/soap11``."""
        host, port = self.server_address[0], self.server_address[1]
        return f"http://{host!s}:{port}{path}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Count and keep the connection, and serve it in a thread."""
        self.control.connected()
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection in good order."""
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report what went wrong in a thread, unless it is only that the caller hung up."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def close(self) -> None:
        """Stop listening, end the connections that are open, close the database."""
        self.control.clear()
        self.server_close()
        with self._guard:
            connections = list(self._open)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it is closed already
        self.erp.close()


def serve(engine: Engine, host: str, port: int, ready: Callable[[str], None] | None = None) -> None:
    """Serve until interrupted (Ctrl-C). ``ready`` is called with the URL once it listens."""
    server = _listening(engine, host, port)
    try:
        if ready is not None:
            ready(server.url())
        server.serve_forever()
    except KeyboardInterrupt:
        return
    finally:
        server.close()


@contextmanager
def running(project: Path, database: str = ":memory:", host: str = "127.0.0.1", port: int = 0) -> Iterator[Server]:
    """Serve the example ERP of a project in a thread of this process for as long as the ``with`` block lasts."""
    with answering(VirtualErp(project, database), host, port) as server:
        yield server


@contextmanager
def answering(engine: Engine, host: str = "127.0.0.1", port: int = 0) -> Iterator[Server]:
    """Serve in a thread of this process for as long as the ``with`` block lasts."""
    server = _listening(engine, host, port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.close()


def _listening(engine: Engine, host: str, port: int) -> Server:
    try:
        return Server(engine, host, port)
    except OSError:
        engine.close()  # the address is taken
        raise


def _rule(data: bytes) -> dict[str, Any]:
    """Return the arguments of ``Control.add`` for a rule in JSON. Raise ValueError when it is none."""
    rule = json.loads(data)
    if not isinstance(rule, dict) or not isinstance(rule.get("do"), dict) or set(rule) - {"operation", "times", "do"}:
        raise ValueError('a rule is {"operation": ..., "times": ..., "do": {...}}')
    return {"operation": str(rule.get("operation", "*")), "times": rule.get("times", 1), **rule["do"]}
