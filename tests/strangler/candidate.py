"""A new service that is played: it answers every customer in the contract's form, or breaks in one way or another."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from tests.unit.loopback import Peer, Script, answer, serving

JSON = "application/json"
NAME = "From the new service"
_ID = re.compile(rb"GET /customers/([^ ?]+)")
_LARGE = 10 * 2**20


def customer(number: str) -> bytes:
    """Return a customer as the contract has it, whose name says who answered."""
    document = {"kind": "person", "id": number, "name": NAME, "first_name": "Erika", "version": 1}
    return json.dumps(document).encode()


def _by(make: Callable[[str], bytes]) -> Script:
    """Answer each request of a connection by the number that it asks for."""

    def script(peer: Peer) -> None:
        while request := peer.request():
            found = _ID.search(request)
            peer.send(make(found[1].decode() if found else ""))

    return script


def noting(arrived: list[float]) -> Script:
    """Answer well, and note when each request of a caller's arrived (monotonic seconds); those beside are none."""

    def script(peer: Peer) -> None:
        while request := peer.request():
            if b"\r\nshadow: true\r\n" not in request.lower():
                arrived.append(time.monotonic())
            found = _ID.search(request)
            peer.send(answer(customer(found[1].decode() if found else ""), media_type=JSON))

    return script


def _hangs(peer: Peer) -> None:
    """Take the request, and say nothing."""
    peer.request()
    peer.stop.wait(60)


def _late(peer: Peer) -> None:
    """Answer well, but after what counts as slow."""
    while request := peer.request():
        if peer.stop.wait(1.5):
            return
        found = _ID.search(request)
        peer.send(answer(customer(found[1].decode() if found else ""), media_type=JSON))


def _drips(peer: Peer) -> None:
    """Send an answer byte by byte, for longer than anybody waits."""
    peer.request()
    peer.drip(answer(b" " * 5000, media_type=JSON))


def _resets(peer: Peer) -> None:
    """Break the connection once the request has come."""
    peer.request()
    peer.reset()


def _truncated(peer: Peer) -> None:
    """Promise more than is sent."""
    peer.request()
    peer.send(answer(customer("1"), media_type=JSON)[:-10])


GOOD: Script = _by(lambda number: answer(customer(number), media_type=JSON))
BROKEN: Mapping[str, Script] = {
    "hangs": _hangs,
    "late": _late,
    "drips": _drips,
    "resets": _resets,
    "truncated": _truncated,
    "500": _by(lambda number: answer(b'{"error": "no"}', status="500 Internal Server Error", media_type=JSON)),
    "503": _by(lambda number: answer(b"", status="503 Service Unavailable")),
    "401": _by(lambda number: answer(b"", status="401 Unauthorized")),
    "undeclared 400": _by(lambda number: answer(b"{}", status="400 Bad Request", media_type=JSON)),
    "redirects": _by(lambda number: answer(b"", status="302 Found", fields="Location: http://127.0.0.1:9/\r\n")),
    "HTML": _by(lambda number: answer(b"<html>Welcome</html>", media_type="text/html")),
    "HTML as JSON": _by(lambda number: answer(b"<html>Welcome</html>", media_type=JSON)),
    "wrong shape": _by(lambda number: answer(b'{"customer": {"no": 1}}', media_type=JSON)),
    "wrong type": _by(
        lambda number: answer(customer(number).replace(b'"version": 1', b'"version": "x"'), media_type=JSON)
    ),
    "an array": _by(lambda number: answer(b"[]", media_type=JSON)),
    "nested 10,000 deep": _by(lambda number: answer(b"[" * 10_000 + b"]" * 10_000, media_type=JSON)),
    "10 MB": _by(lambda number: answer(b'{"name": "' + b"x" * _LARGE + b'"}', media_type=JSON)),
}


@contextmanager
def candidate(script: Script = GOOD) -> Iterator[str]:
    """Play the new service, and yield its address."""
    with serving(script) as server:
        yield f"http://127.0.0.1:{server.port}"
