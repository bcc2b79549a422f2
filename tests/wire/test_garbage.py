"""A request leaves nothing that only the garbage collector can clear away: its pauses would grow with the load."""

from __future__ import annotations

import gc
import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from adapter import app
from adapter.telemetry import Telemetry
from tests.everyone import EVERYONE, elsewhere
from tests.unit.loopback import Peer, serving
from tests.wsgi import ask

ROOT = Path(__file__).parents[2]
REQUESTS = 10
ANSWERS = {
    "a record": (b"one-line", 200, "/v1/orders/500012", ""),
    "a fault": (b"not-found", 404, "/v1/orders/500012", ""),
    "no XML at all": (b"", 502, "/v1/orders/500012", ""),
    "a refusal": (b"one-line", 422, "/v1/orders/500012", "unheard=of"),
}


@contextmanager
def adapter_before(reply: bytes) -> Iterator[Flask]:
    """The adapter with the example project, before an ERP that gives every call the same reply."""

    def play(peer: Peer) -> None:
        while peer.request():
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % len(reply) + reply)

    with serving(play) as erp:
        ports = ("ERPSERVICE_ERPSOAP11", "ERPSERVICE_ERPSOAP12", "LAGERSERVICE")
        built = app.build(ROOT, {**EVERYONE, **elsewhere(), **{f"ADAPTER_ENDPOINT_{port}": erp.url for port in ports}})
        yield app.application(built, Telemetry(stream=io.StringIO()))


def garbage(act: Callable[[], object]) -> list[Any]:
    """Return what only the collector finds after some calls."""
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        for _ in range(REQUESTS):
            act()
        gc.collect()
        return list(gc.garbage)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


def left_behind(case: str) -> list[str]:
    """Return the types of what the calls of a case leave."""
    name, status, path, query = ANSWERS[case]
    file = ROOT / "tests" / "golden" / "orders.read" / name.decode() / "soap-reply.xml"
    with adapter_before(file.read_bytes() if name else b"<") as application:
        assert [status] * 3 == [ask(application, path, query)[0] for _ in range(3)]

        return [type(each).__name__ for each in garbage(lambda: ask(application, path, query))]


@pytest.mark.parametrize("case", ANSWERS)
def test_a_request_leaves_no_cycles(case: str) -> None:
    """Neither an answer nor an error: no frame, no exception, no closure.

    It is asked in a process of its own, where no thread of another test's application leaves anything meanwhile.
    """
    program = "import sys; from tests.wire.test_garbage import left_behind; print(left_behind(sys.argv[1]))"
    done = subprocess.run([sys.executable, "-c", program, case], cwd=ROOT, capture_output=True, text=True, check=False)

    assert "[]" == done.stdout.strip(), done.stderr
