"""A small real server that takes orders in steps, keeps them in memory, and fails at one step in one way if told to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from lxml import etree

STEPS = ("head", "line", "commit", "undo")
# "before" and "after" say whether the server acted: the connection drops, no answer comes, or it is garbage.
WAYS = ("refuse", "fault", "drop before", "drop after", "silent before", "silent after", "garbage")
_NAMES = {"LegeKopfAn": "head", "FuegePositionAn": "line", "Bestaetige": "commit", "Verwirf": "undo"}
_NO = "<Meldung><Typ>E</Typ><Code>KR-009</Code></Meldung>"
_FAULT = "<soap:Fault><faultcode>soap:Server</faultcode><faultstring>x</faultstring></soap:Fault>"
_PATIENCE = 20.0


@dataclass
class Order:
    """One order: how many lines it has, and whether it is final."""

    lines: int = 0
    final: bool = False


class OrderTaker(ThreadingHTTPServer):
    """Takes one order at a time. ``accepted`` counts the lines that it said it took."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.number = 4710
        self.end = threading.Event()
        self.begin("", "")

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[OrderTaker]:
        """Serve in a thread for as long as the block lasts."""
        server = cls()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.over()
            server.shutdown()
            server.server_close()
            thread.join(_PATIENCE)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}/"

    def begin(self, step: str, way: str) -> None:
        """Forget everything; from now on ``step`` fails in this way ("": nothing). An undo needs a refused line."""
        self.step, self.way, self.end = step, way, threading.Event()
        self.order: Order | None = None
        self.accepted = self.asked_lines = self.undone_calls = 0
        self.number += 1

    def over(self) -> None:
        """Let go of the calls that are not answered."""
        self.end.set()

    def way_of(self, step: str) -> str:
        """Return how this call fails; "" where it does not."""
        if step == "line":
            self.asked_lines += 1
            second = self.asked_lines == 2
            return self.way if second and self.step == "line" else "refuse" if second and self.step == "undo" else ""
        return self.way if step == self.step else ""

    def act(self, step: str) -> str:
        """Do what is asked and return the content of the answer."""
        if step == "head":
            self.order = Order()
            return f"<Kopf><AuftragNr>{self.number}</AuftragNr><Status>OFFEN</Status></Kopf>"
        if step == "undo":
            self.order = None
            return ""
        assert self.order is not None
        if step == "line":
            self.order.lines += 1
            return "<Position><ArtikelNr>A-1</ArtikelNr><Menge>2</Menge></Position>"
        self.order.final = True
        return "<Beleg><Status>FEST</Status><BelegNr>B-1</BelegNr></Beleg>"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: OrderTaker

    def do_POST(self) -> None:
        """Act, or fail."""
        taker, end = self.server, self.server.end
        body = etree.fromstring(self.rfile.read(int(self.headers["Content-Length"]))).find("{*}Body")
        assert body is not None
        name = etree.QName(body[0]).localname
        step = _NAMES[name]
        taker.undone_calls += step == "undo"
        way = taker.way_of(step)
        content = taker.act(step) if way in ("", "drop after", "silent after", "garbage") else ""
        if way.startswith("drop"):
            self.close_connection = True
        elif way.startswith("silent"):
            end.wait(_PATIENCE)
            self.close_connection = True
        elif way == "fault" or (way == "refuse" and step == "head"):  # its reply has no place for a refusal
            self._say(500, _FAULT)
        else:
            taker.accepted += step == "line" and not way
            inner = {"refuse": _NO, "garbage": "<Unsinn/>"}.get(way, content)
            whole = f'<{name}Antwort xmlns="urn:erfassung">{inner}</{name}Antwort>'
            self._say(200, inner if way == "garbage" else whole)

    def _say(self, status: int, body: str) -> None:
        envelope = '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        data = f"{envelope}{body}</soap:Body></soap:Envelope>".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/xml; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
