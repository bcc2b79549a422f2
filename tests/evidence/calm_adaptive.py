"""calm.adaptive: the limit that is found, the capacity that is used, and how long callers wait at three times the load.

The ERP is quick with eight calls at once, and slower in proportion with more.

Real workers under gunicorn: one alone, and two that share what they find over a real Valkey; the numbers are of both
together then. Each call of the load begins when it is due, whatever became of those before.
"""

from __future__ import annotations

import asyncio
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tests.cases import SHAPES, shape_project
from tests.evidence import Result
from tests.replay import Replay
from tests.resilience import engines
from tests.stack import gunicorn

CAPACITY, NEED = 8, 0.2
QUIET_SECONDS, FIND_SECONDS, MEASURED_SECONDS = 10.0, 30.0, 20.0
OFFERED = 3 * CAPACITY / NEED
SHAPE = SHAPES / "guard-adaptive"


@dataclass
class Erp:
    """A stand-in ERP: every call needs ``NEED`` seconds, and in proportion more among more than ``CAPACITY``."""

    inside: int = 0
    seen: list[tuple[float, int]] = field(default_factory=list)
    reply: bytes = (SHAPE / "answered" / "soap-reply.xml").read_bytes()
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, body: bytes) -> tuple[int, bytes]:
        """Answer after as long as it takes."""
        with self.lock:
            self.inside += 1
            now = self.inside
            self.seen.append((time.monotonic(), now))
        time.sleep(NEED * max(1.0, now / CAPACITY))
        with self.lock:
            self.inside -= 1
        return 200, self.reply


@dataclass(frozen=True)
class Found:
    """The limit, the share of the capacity that is used, and how much longer calls take than with an idle ERP."""

    limit: int
    good: float
    slower: float

    @property
    def ok(self) -> bool:
        """Whether it is within the goal."""
        return abs(self.limit - CAPACITY) <= CAPACITY / 4 and self.good >= 0.9 and self.slower <= 2.0

    def __str__(self) -> str:
        return f"{self.limit}; {self.good:.0%}; x{self.slower:.2f}"


def measure() -> Result:
    """Measure one worker alone, then two that share."""
    alone = found({})
    with engines.valkey() as server:
        both = found({"ADAPTER_SHARED": server.url, "ADAPTER_WORKERS": "2"}, 2)
    return Result(f"{alone}, two workers {both}", alone.ok and both.ok)


def found(environ: Mapping[str, str], workers: int = 1) -> Found:
    """Load workers a little, then far too much, and look at the end."""
    erp = Erp()
    with ExitStack() as running:
        port = running.enter_context(_adapter(erp, environ, workers))
        quiet = asyncio.run(_load(port, 4.0, QUIET_SECONDS))
        begin = time.monotonic()
        loud = asyncio.run(_load(port, OFFERED, FIND_SECONDS + MEASURED_SECONDS))
    late = [(at, took) for at, took, status in loud if status == 200 and at - begin >= FIND_SECONDS]
    inside = sorted(count for at, count in erp.seen if at - begin >= FIND_SECONDS)
    good = len(late) / MEASURED_SECONDS / (CAPACITY / NEED)
    slower = _p99([took for _, took in late]) / _p99([took for _, took, _ in quiet])
    return Found(inside[len(inside) // 2], good, slower)


@contextmanager
def _adapter(erp: Erp, environ: Mapping[str, str], workers: int) -> Iterator[int]:
    """Run workers before the ERP; yield their port."""
    server = Replay(erp.answer)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        with tempfile.TemporaryDirectory(prefix="adaptive-") as folder:
            project = shape_project(SHAPE, Path(folder, "project"), server.url)
            with gunicorn(project, environ, workers) as (url, _, _):
                yield urlsplit(url).port or 0
    finally:
        server.shutdown()
        serving.join()
        server.server_close()


async def _load(port: int, rate: float, seconds: float) -> list[tuple[float, float, int]]:
    """Begin calls at a constant rate; return when each began, how long it took, and its status."""
    start, tasks = time.monotonic(), []
    for number in range(int(rate * seconds)):
        if (wait := start + number / rate - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        tasks.append(asyncio.ensure_future(_call(port)))
    return list(await asyncio.gather(*tasks))


async def _call(port: int) -> tuple[float, float, int]:
    begin = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /v1/orders/7 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    said = await reader.read()
    writer.close()
    return begin, time.monotonic() - begin, int(said[9:12] or b"0")


def _p99(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.99)]
