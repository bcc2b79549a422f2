"""calm.storm: an ERP is away for half a minute at 90 % load: what it gets to bear, and how soon all is well again.

Three lines at the same time, each with an ERP of its own (``tests.resilience.tiring``) and the same open-loop load: the
adapter as it ships; the adapter with its breaker off, so that the budget alone has to hold; and callers who go to the
ERP themselves and ask three times more, at once, as clients do. Real gunicorn, real time.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.cases import SHAPES, shape_project
from tests.evidence import Result
from tests.resilience.tiring import tiring
from tests.stack import gunicorn

CAPACITY = 100.0
RATE = 90.0
BEFORE, AWAY, AFTER = 10.0, 30.0, 15.0
TIMEOUT = 1.0
SUSTAINED, PEAK, RECOVERY, GOOD = 1.1, 1.5, 5.0, 0.95
RETRIES = 3
_ENVELOPE = b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body/></e:Envelope>'

Ask = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Line:
    """One way to the ERP: how one call is made there, and the port of its ERP."""

    name: str
    ask: Ask
    erp: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a line: calls of the ERP ÷ calls of callers in the long run and in the worst second, and recovery.

    ``recovery``: seconds until 95 % of the calls of each second succeed, and go on to; infinite where they never do.
    """

    sustained: float
    peak: float
    recovery: float
    before: float

    def __str__(self) -> str:
        back = f"{self.recovery:.0f} s" if self.recovery < AFTER else "never"
        return f"x{self.sustained:.2f} / x{self.peak:.2f}, {back}"


def measure() -> Result:
    """Run all three lines; only ours have to hold."""
    with ExitStack() as running:
        erps = [running.enter_context(tiring(CAPACITY)) for _ in range(3)]
        ports = [running.enter_context(_adapter(erp, off)) for erp, off in zip(erps, (False, True), strict=False)]
        lines = [Line("adapter", _by_adapter(ports[0]), erps[0]), Line("budget alone", _by_adapter(ports[1]), erps[1])]
        lines.append(Line("naive", _naive(erps[2]), erps[2]))
        ours, budget, naive = asyncio.run(_all(lines))
    ok = all(
        each.before >= GOOD and each.sustained <= SUSTAINED and each.peak <= PEAK and each.recovery <= RECOVERY
        for each in (ours, budget)
    )
    return Result(f"{ours} (budget alone {budget}; naive {naive})", ok)


@contextmanager
def _adapter(erp: int, breaker_off: bool) -> Iterator[int]:
    """Run the adapter on a small project whose read may be made three times; yield its port."""
    with tempfile.TemporaryDirectory(prefix="storm-") as folder:
        project = shape_project(SHAPES / "tries", Path(folder, "project"), f"http://127.0.0.1:{erp}/")
        mapping = project / "mappings" / "mapping.yaml"
        text = mapping.read_text("utf-8")
        off = text.replace("port: AuftragPort}", "port: AuftragPort, guard: {breaker: off}}")
        assert "tries: 3" in text
        assert off != text
        mapping.write_text(off if breaker_off else text, "utf-8")
        environ = {"ADAPTER_TIMEOUT": str(TIMEOUT), "ADAPTER_CALLERS": "everyone"}
        with gunicorn(project, environ) as (url, _, _):
            yield urlsplit(url).port or 0


async def _all(lines: Sequence[Line]) -> list[Seen]:
    start = time.monotonic() + 1
    away = asyncio.create_task(_away(lines, start + BEFORE))
    ends = await asyncio.gather(*(_load(line, start) for line in lines))
    await away
    return [_seen(line, start, found) for line, found in zip(lines, ends, strict=True)]


async def _away(lines: Sequence[Line], at: float) -> None:
    await asyncio.sleep(at - time.monotonic())
    await asyncio.gather(*(asyncio.to_thread(_steer, line.erp, "down") for line in lines))
    await asyncio.sleep(at + AWAY - time.monotonic())
    await asyncio.gather(*(asyncio.to_thread(_steer, line.erp, "up") for line in lines))


def _steer(port: int, path: str) -> list[float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=30) as answer:
        found: list[float] = json.load(answer)
        return found


async def _load(line: Line, start: float) -> list[bool]:
    """Begin calls at a constant rate; return which of them succeeded, in the order in which they were to begin."""
    tasks = []
    for number in range(int(RATE * (BEFORE + AWAY + AFTER))):
        if (wait := start + number / RATE - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        tasks.append(asyncio.ensure_future(line.ask()))
    return list(await asyncio.gather(*tasks))


def _seen(line: Line, start: float, succeeded: Sequence[bool]) -> Seen:
    came = [each - start for each in _steer(line.erp, "counts")]
    each_second = [0] * int(BEFORE + AWAY + AFTER)
    for moment in came:
        if BEFORE <= moment < len(each_second):
            each_second[int(moment)] += 1
    per = int(RATE)
    good = [sum(succeeded[begin : begin + per]) / per for begin in range(0, len(succeeded), per)]
    back = int(BEFORE + AWAY)
    bad = [second - back for second in range(back, len(good)) if good[second] < GOOD]
    return Seen(
        sum(each_second) / (RATE * (AWAY + AFTER)),
        max(each_second) / RATE,
        bad[-1] + 1 if bad else 0,
        min(good[2 : int(BEFORE)]),
    )


def _by_adapter(port: int) -> Ask:
    request = b"GET /v1/orders/7 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

    async def ask() -> bool:
        return await _answered(port, request, 10 * TIMEOUT)

    return ask


def _naive(port: int) -> Ask:
    head = f"POST / HTTP/1.1\r\nHost: erp\r\nContent-Type: text/xml\r\nContent-Length: {len(_ENVELOPE)}\r\n\r\n"
    request = head.encode() + _ENVELOPE

    async def ask() -> bool:
        for _ in range(1 + RETRIES):
            if await _answered(port, request, TIMEOUT):
                return True
        return False

    return ask


async def _answered(port: int, request: bytes, seconds: float) -> bool:
    """Make one exchange on a connection of its own; tell whether it was answered with 200 in time."""
    writer = None
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request)
            return b" 200 " in await reader.readline()
    except (OSError, TimeoutError):
        return False
    finally:
        if writer is not None:
            writer.close()
