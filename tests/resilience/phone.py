"""A caller as phones are: it sends a write until it is answered, with the same key each time, and not for ever."""

from __future__ import annotations

import http.client
import json
import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Final

TRIES: Final = 25
LONGEST_PAUSE: Final = 2.0
PATIENCE: Final = 6.0
_ticks = count()


@dataclass(slots=True)
class Written:
    """One write, and what its caller knows of it. ``asked`` and ``acknowledged`` are ticks of one clock for all."""

    name: str
    entity: str
    later: bool
    asked: int = 0
    acknowledged: int = 0
    status: int = 0
    tries: int = 0
    last: str = ""
    seen: list[str] = field(default_factory=list)


class Phone:
    """Sends writes one after the other, each until it is acknowledged (2xx), refused for good, or given up."""

    def __init__(self, port: int, seed: int) -> None:
        """Take the port on loopback of the adapter, or of a proxy before it."""
        self._port = port
        self._random = random.Random(seed)
        self._stop = threading.Event()

    def stop(self) -> None:
        """Wait no longer between tries."""
        self._stop.set()

    def write(self, written: Written) -> None:
        """Send one write. Its first attempt is its ``asked``; a 2xx makes it acknowledged."""
        body = order(written)
        written.asked = next(_ticks)
        for attempt in range(TRIES):
            written.tries += 1
            status, retry_after, said = self._sent(written, body)
            written.last = f"{status} {said}"
            written.seen.append(written.last)
            if 200 <= status < 300:
                written.acknowledged, written.status = next(_ticks), status
                return
            if 400 <= status < 500 and status not in (408, 409, 429):
                written.status = status
                return
            pause = min(LONGEST_PAUSE, max(retry_after, 0.05 * 2**attempt)) * self._random.uniform(0.5, 1)
            if self._stop.wait(pause):
                return

    def _sent(self, written: Written, body: bytes) -> tuple[int, float, str]:
        """Return status, Retry-After and what is told of one try; status 0 where no whole answer came."""
        fields = {"Content-Type": "application/json", "Idempotency-Key": f'"{written.name}"'}
        if written.later:
            fields["Prefer"] = "respond-async"
        try:
            with _connected(self._port) as connection:
                connection.request("POST", "/v1/orders", body, fields)
                answer = connection.getresponse()
                data = answer.read()
        except (OSError, http.client.HTTPException) as error:
            return 0, 0, type(error).__name__
        retry = answer.headers.get("Retry-After", "0")
        return answer.status, float(retry) if retry.isdigit() else 0, _problem(answer.status, data)


def order(written: Written) -> bytes:
    """Return the body of a write. Its note names it; every other one brings a reference of its own."""
    body = {"customer_id": written.entity, "note": written.name,
            "lines": [{"item_id": "A-00001", "quantity": "1"}]}  # fmt: skip
    if int(written.name.rpartition("-")[2]) % 2:
        body["reference"] = f"R-{written.name}"
    return json.dumps(body).encode()


@contextmanager
def _connected(port: int) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.connect()
        assert connection.sock is not None
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield connection
    finally:
        connection.close()


def _problem(status: int, data: bytes) -> str:
    if status < 400:
        return ""
    try:
        return str(json.loads(data)["type"]).rpartition("/")[2]
    except (ValueError, KeyError, TypeError):
        return data[:60].decode("utf-8", "replace")


def run(writes: list[Written], port: int, phones: int, until: float) -> None:
    """Send all writes with so many phones at once; at ``until`` (monotonic) whoever is still trying gives up."""
    waiting, lock = iter(writes), threading.Lock()
    callers = [Phone(port, seed) for seed in range(phones)]

    def work(phone: Phone) -> None:
        while time.monotonic() < until:
            with lock:
                written = next(waiting, None)
            if written is None:
                return
            phone.write(written)

    threads = [threading.Thread(target=work, args=(phone,), name="phone") for phone in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    for phone in callers:
        phone.stop()
    for thread in threads:
        thread.join(PATIENCE + 5)
