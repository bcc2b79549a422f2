"""Open-loop load in a process of its own: calls begin at a constant rate, whether or not earlier ones are answered.

A call's time counts from the moment at which it was to begin, so a server that stalls cannot hide it (coordinated
omission). Connections are kept alive as a proxy keeps them: the one used last is used next, none that idled for long.
"""

from __future__ import annotations

import asyncio
import json
import random
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.evidence.house import ROOT

# Sooner than gunicorn lets go (5 s), as in ops/nginx.
IDLE_SECONDS = 4.0
PATIENCE = 30.0
_Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class Call:
    """One kind of call: how often it is made beside the others, and the statuses that it may be answered with.

    ``{new}`` in the body and in header fields is another text in each call, ``{number}`` in the body another number.
    ``leaves``: the caller goes away so many seconds after the request, without an answer; 0 for one who stays.
    """

    method: str
    path: str
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    statuses: Sequence[int] = (200,)
    weight: int = 1
    leaves: float = 0.0


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it: calls, those that were answered otherwise than they may be by what happened, and seconds.

    ``late`` is how much later than planned the generator itself began its latest call; ``cpu`` what it used.
    """

    calls: int
    failures: Mapping[str, int]
    median: float
    p99: float
    worst: float
    late: float
    cpu: float
    most_in_flight: int


def run(port: int, calls: Sequence[Call], rate: float, seconds: float, warm_up: float = 0.0) -> Load:
    """Make calls at a rate (a second) from a new process. Those of the first ``warm_up`` seconds are not counted."""
    with started(port, calls, rate, seconds, warm_up) as process:
        said, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(f"the load generator ended with {process.returncode}")
    return Load(**json.loads(said))


def started(
    port: int, calls: Sequence[Call], rate: float, seconds: float, warm_up: float = 0.0
) -> subprocess.Popen[str]:
    """Start a load; its process prints a ``Load`` as JSON when it is through."""
    plan = {
        "port": port,
        "calls": [asdict(call) for call in calls],
        "rate": rate,
        "seconds": seconds,
        "warm_up": warm_up,
    }
    command = [sys.executable, "-m", "tests.bench.openloop", json.dumps(plan)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


class _Generator:
    """Makes the calls and keeps count."""

    def __init__(self, port: int, warm_up: float) -> None:
        self.port, self.warm_up = port, warm_up
        self.idle: list[tuple[_Pair, float]] = []
        self.times: list[float] = []
        self.failures: Counter[str] = Counter()
        self.begun = self.in_flight = self.most = 0
        self.late = 0.0
        self.stop = asyncio.Event()

    async def all(self, calls: Sequence[Call], rate: float, seconds: float) -> None:
        """Begin calls at a constant rate, until somebody says stop (TERM), and wait until all have ended."""
        loop, source, under_way = asyncio.get_running_loop(), random.Random(0), set[asyncio.Task[None]]()
        weights = [call.weight for call in calls]
        loop.add_signal_handler(signal.SIGTERM, self.stop.set)
        start = loop.time()
        for number in range(int(rate * seconds)):
            if self.stop.is_set():
                break
            at = start + number / rate
            if (wait := at - loop.time()) > 0:
                await asyncio.sleep(wait)
            counted = number / rate >= self.warm_up
            self.late = max(self.late, loop.time() - at) if counted else 0.0
            task = loop.create_task(self.one(source.choices(calls, weights)[0], at, counted))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        await asyncio.gather(*under_way)

    async def one(self, call: Call, at: float, counted: bool) -> None:
        """Make one call that was to begin ``at``."""
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        try:
            said = await asyncio.wait_for(self._answer(call), PATIENCE)
        except (OSError, EOFError, ValueError, TimeoutError) as error:
            said = type(error).__name__
        self.in_flight -= 1
        if counted:
            self.begun += 1
            self.times.append(asyncio.get_running_loop().time() - at)
            if said:
                self.failures[f"{call.method} {call.path.partition('?')[0]}: {said}"] += 1

    async def _answer(self, call: Call) -> str:
        """Return what was wrong with the answer, "" for nothing."""
        pair = await self._connection()
        reader, writer = pair
        keep = False
        try:
            new = uuid.uuid4().hex
            body = call.body.replace("{new}", new).replace("{number}", str(int(new[:6], 16) + 1)).encode()
            sent = {name: value.replace("{new}", new) for name, value in call.headers.items()}
            fields = {"Host": "localhost", **sent} | ({"Content-Length": str(len(body))} if body else {})
            head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
            writer.write(f"{call.method} {call.path} HTTP/1.1\r\n{head}\r\n".encode() + body)
            if call.leaves:
                await asyncio.sleep(call.leaves)
                return ""
            status, keep = await _read(reader)
        finally:
            if keep:
                self.idle.append((pair, time.monotonic()))
            else:
                writer.close()
        return "" if status in call.statuses else str(status)

    async def _connection(self) -> _Pair:
        while self.idle:
            pair, since = self.idle.pop()
            if time.monotonic() - since < IDLE_SECONDS and not pair[0].at_eof():
                return pair
            pair[1].close()
        return await asyncio.open_connection("127.0.0.1", self.port, limit=1024 * 1024)


async def _read(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """Read one answer to its end; return its status, and whether the connection may be used again (RFC 9112)."""
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    status = int(lines[0].split()[1])
    if "chunked" in fields.get("transfer-encoding", ""):
        while size := int(await reader.readuntil(b"\r\n"), 16):
            await reader.readexactly(size + 2)
        await reader.readuntil(b"\r\n")
    elif status != 204:
        await reader.readexactly(int(fields["content-length"]))
    return status, fields.get("connection", "").lower() != "close"


def main(plan: Mapping[str, Any]) -> None:
    """Carry out a plan and print what came of it."""
    generator = _Generator(plan["port"], plan["warm_up"])
    calls = [Call(**call) for call in plan["calls"]]
    asyncio.run(generator.all(calls, plan["rate"], plan["seconds"]))
    times = sorted(generator.times)
    found = Load(
        calls=generator.begun,
        failures=dict(generator.failures),
        median=times[len(times) // 2],
        p99=times[int(len(times) * 0.99)],
        worst=times[-1],
        late=generator.late,
        cpu=time.process_time(),
        most_in_flight=generator.most,
    )
    print(json.dumps(asdict(found)))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
