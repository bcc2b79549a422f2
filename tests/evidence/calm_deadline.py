"""calm.deadline: no answer comes later than its deadline and 50 ms, whatever the ERP does, at whatever stage.

Real gunicorn, 10,000 requests at a constant rate whether or not earlier ones are answered, each to one way of being
late (``tests.resilience.late``): connect, TLS, token, sending, head, body, drip, reset, stall. Seconds are those of the
caller. What the caller or the worker was late by at that moment, since the machine gave the processor to others, is no
lateness of the answer: that is taken off, and nothing else.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from adapter.wsdl.load import load
from adapter.wsdl.lock import write_lock
from tests.cases import SHAPES
from tests.evidence import Result
from tests.processes import children
from tests.resilience.late import PLAYS, late_erp
from tests.stack import gunicorn

CALLS, RATE = 10_000, 100.0
TIMEOUTS = (0.3, 0.4, 0.7, 1.0)
GRACE = 0.05
TICK = 0.005
BACKLOG = 0.25
"""So many seconds before a deadline count too: what had to wait then is done first."""
_SERVICE = re.compile(r"  <wsdl:service name=.*?</wsdl:service>\n", re.DOTALL)
_MAPPING = """version: 1
resource: {name}
path: /v1/{name}
soap: {{wsdl: shape.wsdl, service: {service}, port: AuftragPort, guard: {{breaker: off}}{identity}}}
types:
  Order: {{fields: {{id: Nr, customer: Kunde, status: Status}}}}
  Ask: {{fields: {{id: Nr}}}}
operations:
"""
_OPERATION = """  {verb}:
    request: {method} {path}
    call: LeseAuftrag
    effect: read
    tries: 3
    timeout: {timeout}
    {takes}
    reply: {{one: Order, from: Auftrag}}
"""


@dataclass(frozen=True, slots=True)
class Call:
    """One kind of call: its name in results, the request, and the seconds it may take."""

    name: str
    request: bytes
    timeout: float


def measure() -> Result:
    """Make all calls; say which were late, and how late the latest was."""
    with late_erp() as ports, tempfile.TemporaryDirectory(prefix="deadline-") as folder:
        names = [name for name in ports if name != "silent-token"]
        calls = list(_calls(names))
        with gunicorn(_project(Path(folder), names), _settings(ports, names)) as (url, process, _):
            (worker,) = children(process.pid)
            found = asyncio.run(_all(int(url.rpartition(":")[2]), worker, calls))
    late = Counter(name for name, over, _ in found if over > GRACE)
    wrong = Counter(f"{name} {status}" for name, _, status in found if status not in (200, 502, 503, 504))
    kinds = len({name for name, _, _ in found})
    worst = max(over for _, over, _ in found)
    told = "".join(f"; {count} x {name}" for name, count in (late + wrong).most_common(3))
    value = f"{sum(late.values())} of {len(found)} ({kinds} kinds), worst {1000 * worst:+.0f} ms{told}"
    return Result(value, not late and not wrong and len(found) == CALLS)


def _project(project: Path, names: Sequence[str]) -> Path:
    """Make a project with one service for each address, and operations of each time-out."""
    (project / "wsdl").mkdir()
    (project / "mappings").mkdir()
    contract = (SHAPES / "tries" / "shape.wsdl").read_text("utf-8")
    found = _SERVICE.search(contract)
    assert found is not None
    services = "".join(found[0].replace("AuftragService", _service(name)) for name in (*names, "token"))
    (project / "wsdl" / "shape.wsdl").write_text(contract.replace(found[0], services), "utf-8")
    write_lock(project / "wsdl", [load(project / "wsdl", "shape.wsdl")])
    for name in (*names, "token"):
        identity = ", identity: {bearer: late}" if name == "token" else ""
        text = _MAPPING.format(name=name, service=_service(name), identity=identity)
        for timeout in TIMEOUTS:
            word = f"t{1000 * timeout:.0f}"
            text += _OPERATION.format(
                verb=f"ask-{word}", method="GET", path=f"/{{id}}/ask-{word}", timeout=timeout, takes="path: {id: Nr}"
            )
            text += _OPERATION.format(
                verb=f"post-{word}", method="POST", path=f"/post-{word}", timeout=timeout, takes="body: {one: Ask}"
            )
        (project / "mappings" / f"{name}.yaml").write_text(text, "utf-8")
    return project


def _service(name: str) -> str:
    return f"{name.title().replace('-', '')}Service"


def _settings(ports: Mapping[str, int], names: Sequence[str]) -> dict[str, str]:
    found = {"ADAPTER_CALLERS": "everyone"}
    for name in names:
        scheme = "https" if name.endswith("tls") else "http"
        found[f"ADAPTER_ENDPOINT_{_service(name).upper()}"] = f"{scheme}://127.0.0.1:{ports[name]}/"
    found["ADAPTER_ENDPOINT_TOKENSERVICE"] = f"http://127.0.0.1:{ports['http']}/token"
    token = "ADAPTER_CREDENTIAL_LATE"
    found[f"{token}_TOKEN_URL"] = f"http://127.0.0.1:{ports['silent-token']}/"
    return found | {f"{token}_CLIENT_ID": "us", f"{token}_CLIENT_SECRET": "a-secret-of-the-test"}


def _calls(names: Sequence[str]) -> Iterator[Call]:
    large = "y" * 200_000
    for timeout in TIMEOUTS:
        word = f"t{1000 * timeout:.0f}"
        for mark in PLAYS:
            yield Call(mark, _get(f"/v1/http/mark-{mark}/ask-{word}"), timeout)
        for name in (*names, "token"):
            if name != "http":
                yield Call(name, _get(f"/v1/{name}/7/ask-{word}"), timeout)
        yield Call("large to one that reads nothing", _post(f"/v1/unread/post-{word}", large), timeout)
        yield Call("large and stall", _post(f"/v1/http/post-{word}", f"{large} mark-stall"), timeout)


def _get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()


def _post(path: str, text: str) -> bytes:
    body = f'{{"id": "{text}"}}'
    fields = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close"
    return f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n\r\n{body}".encode()


async def _all(port: int, worker: int, calls: Sequence[Call]) -> list[tuple[str, float, int]]:
    """Begin calls at a constant rate; return name, seconds behind the deadline and status of each."""
    source, tasks = random.Random(0), []
    clock = _Clock(worker)
    ticking = asyncio.ensure_future(clock.tick())
    for call in calls:
        if call.name == "right":
            await _one(port, call, clock)  # what is done once is done
    start = time.monotonic()
    for number in range(CALLS):
        if (wait := start + number / RATE - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        tasks.append(asyncio.ensure_future(_one(port, source.choice(calls), clock)))
    found = list(await asyncio.gather(*tasks))
    ticking.cancel()
    print(f"the worker had no processor for {clock.starved():.0%} of the time")
    return found


class _Clock:
    """Who had no processor, and for how long: this process, which wakes up late then, and the worker.

    The kernel counts how long a thread was ready to run and could not (``schedstat``, the second number, nanoseconds).
    """

    def __init__(self, worker: int) -> None:
        self._file = Path(f"/proc/{worker}/schedstat")
        self._moments: list[tuple[float, float, float]] = [(time.monotonic(), 0.0, self._waited())]

    def _waited(self) -> float:
        return int(self._file.read_text("ascii").split()[1]) / 1e9

    async def tick(self) -> None:
        """Sleep again and again."""
        while True:
            begin = time.monotonic()
            await asyncio.sleep(TICK)
            end = time.monotonic()
            self._moments.append((end, end - begin - TICK, self._waited()))

    async def late(self, since: float, until: float) -> float:
        """Return for how many seconds of a time either had no processor."""
        await asyncio.sleep(2 * TICK)  # the tick that is under way ends first
        recent = list(itertools.takewhile(lambda moment: moment[0] >= since - BACKLOG, reversed(self._moments)))
        inside = [moment for moment in recent if moment[0] <= until + 2 * TICK]
        if not inside:
            return 0.0
        return max(own for _, own, _ in inside) + inside[0][2] - inside[-1][2]

    def starved(self) -> float:
        """Return for which part of the time the worker had no processor: much of it, and nothing can be judged."""
        first, last = self._moments[0], self._moments[-1]
        return (last[2] - first[2]) / (last[0] - first[0])


async def _one(port: int, call: Call, clock: _Clock) -> tuple[str, float, int]:
    begin = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    try:
        writer.write(call.request)
        answer = await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()
    end, deadline = time.monotonic(), begin + call.timeout
    over = end - deadline
    if over > GRACE:
        over -= await clock.late(deadline, end)
    return call.name, over, int(answer[9:12] or 0)
