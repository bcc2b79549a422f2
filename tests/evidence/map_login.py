"""map.login: a thousand calls at once on an expired session, under a real gunicorn with one gevent worker.

The ERP holds its faults back until every call has arrived with the old token, and half of them until it granted the new
one, so that calls learn of the expiry before, while and after another call logs in.
"""

from __future__ import annotations

import asyncio
import resource
import tempfile
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

from tests.evidence import Result
from tests.stack import gunicorn
from tests.unit.ticket_erp import DONE, environ, fault, logged_in, mapping, project, session

CALLS = 1000
SECONDS = 120
_REQUEST = (
    b"POST /v1/things HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"
    b'Content-Length: 12\r\n\r\n{"name":"a"}'
)


def measure() -> Result:
    """Expire the session, make the calls, and count what the ERP saw."""
    logins, failed = counted(CALLS)
    return Result(f"{logins} logins, {failed} failed", (logins, failed) == (1, 0))


def counted(calls: int) -> tuple[int, int]:
    """Return the logins after the expiry, and the calls that were not answered with 200."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 10 * calls)), hard))
    with tempfile.TemporaryDirectory() as folder:
        made = project(Path(folder), mapping({"identity": session()}, timeout=SECONDS))
        return asyncio.run(_run(made, calls))


async def _run(made: Path, calls: int) -> tuple[int, int]:
    erp = _Erp(calls)
    server = await asyncio.start_server(erp.serve, "127.0.0.1", 0, backlog=2 * calls)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    settings = environ(address, SECONDS, ERP_USER="u", ERP_PASSWORD="geheim")
    # More than the shipped number of connections for each worker, so that all calls are in it at once.
    settings["GUNICORN_CMD_ARGS"] = f"--worker-connections {calls + 100} --backlog {2 * calls}"
    running = gunicorn(made, settings)
    url, _, _ = await asyncio.to_thread(running.__enter__)
    try:
        port = urlsplit(url).port or 0
        first = await _call(port)
        erp.expire()
        answers = await asyncio.gather(*(_call(port) for _ in range(calls)))
    finally:
        await asyncio.to_thread(running.__exit__, None, None, None)
        server.close()
    statuses = Counter(answers)
    return erp.logins - 1, calls - statuses[200] + (first != 200)


async def _call(port: int) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(_REQUEST)
    answer = await asyncio.wait_for(reader.read(), 2 * SECONDS)
    writer.close()
    return int(answer.split(b" ", 2)[1]) if answer else 0


class _Erp:
    """An ERP with sessions that waits for all calls of an expired one before it says so."""

    def __init__(self, calls: int) -> None:
        self.logins = 0
        self._calls, self._refused, self._valid = calls, 0, b""
        self._all_here, self._granted = asyncio.Event(), asyncio.Event()

    def expire(self) -> None:
        """Know no token any more."""
        self._valid = b""
        self._granted.clear()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
                body = await reader.readexactly(int(length.partition(b":")[2]))
                writer.write(await self._answer(body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, body: bytes) -> bytes:
        if b"Anmelden>" in body:
            self.logins += 1
            self._valid = b"ticket-%d<" % self.logins
            self._granted.set()
            return logged_in(f"ticket-{self.logins}")
        if self._valid and self._valid in body:
            return DONE
        self._refused += 1
        late = self._refused % 2 == 0
        if self._refused == self._calls:
            self._all_here.set()
        await self._all_here.wait()
        if late:
            await self._granted.wait()
        return fault("Client", "No such session", "InvalidSessionFault")
