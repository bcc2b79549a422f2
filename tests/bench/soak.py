"""speed.soak: half an hour of mixed load on one worker. Its memory, descriptors and threads must stay what they are.

Reads small, large and in pieces; writes; wrong requests; faults, slow replies, replies that come too late, connections
that break in the middle of a reply or before it, callers who go away. ``SOAK_SECONDS`` shortens it, for trying out; a
shorter one counts as short.
"""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.bench import openloop, standin
from tests.bench.freeze import large_reply
from tests.bench.messages import LARGE, SMALL, WRITE
from tests.bench.openloop import Call, Load
from tests.bench.servers import adapter
from tests.bench.standin import Rule
from tests.cases import ROOT
from tests.evidence import Result
from tests.processes import children, cpu_seconds, descriptors, resident, threads

SECONDS = 1800
RATE = 80.0
# Memory grows to its working size in the first minutes.
WARM_UP = 1 / 6
EVERY = 2.0
GOAL_MB = 1.0
_MINUTES = 10
# The timeout of a call is ten seconds; a stalled machine may look away for some.
_TOO_LATE = 20.0
_PIECES = 1_000_000
_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Sample:
    """What the worker had at one moment, in seconds since the start: bytes, descriptors, threads."""

    at: float
    resident: int
    descriptors: int
    threads: int


def measure() -> Result:
    """Load a worker, watch it, and say by how much its memory grew."""
    length = float(os.environ.get("SOAK_SECONDS", SECONDS))
    with standin.answering(_rules()) as (erp, _), adapter(erp) as server:
        (worker,) = children(server.pid)
        begun = cpu_seconds(worker)
        with openloop.started(urlsplit(server.url).port or 0, _calls(), RATE, length) as load:
            samples = watched(worker, lambda: load.poll() is None)
            said, _ = load.communicate()
        busy = (cpu_seconds(worker) - begun) / length
        if children(server.pid) != [worker]:
            return Result("the worker was replaced", ok=False)
    return _result(samples, Load(**json.loads(said)), length, busy)


def _result(samples: Sequence[Sample], load: Load, length: float, busy: float) -> Result:
    said, flat = steady(samples, length)
    value = f"{said}; {length / 60:.1f} min, {load.calls} calls, {answered(load)}, worker {busy:.0%} of a core"
    return Result(value, flat and not load.failures and length >= SECONDS)


def answered(load: Load) -> str:
    """Print what went wrong, and return how often."""
    for what, count in load.failures.items():
        print(f"{count} x {what}")
    return f"{sum(load.failures.values())} answered wrongly"


def steady(samples: Sequence[Sample], length: float) -> tuple[str, bool]:
    """Return how memory, descriptors and threads changed after the first minutes, and whether they count as flat."""
    kept = [each for each in samples if each.at >= length * WARM_UP]
    for each in kept[:: max(1, len(kept) // 20)]:
        print(f"{each.at:.0f} s: {each.resident / 1e6:.1f} MB, {each.descriptors} descriptors, {each.threads} threads")
    grown = slope([(each.at, each.resident / 1e6) for each in kept]) * _MINUTES * 60
    files, together = ends([each.descriptors for each in kept]), ends([each.threads for each in kept])
    said = (
        f"{grown:+.2f} MB/{_MINUTES} min (at {kept[-1].resident / 1e6:.0f} MB); descriptors {files[0]:.0f} to "
        f"{files[1]:.0f}; threads {together[0]:.0f} to {together[1]:.0f}"
    )
    flat = files[1] <= files[0] + max(5.0, files[0] / 10) and together[1] <= together[0]
    return said, grown <= GOAL_MB and flat


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Return by how much the second number grows with the first, by least squares."""
    return statistics.linear_regression(*zip(*points, strict=True)).slope


def ends(numbers: Sequence[int]) -> tuple[float, float]:
    """Return the medians of the first and of the last quarter."""
    quarter = max(1, len(numbers) // 4)
    return statistics.median(numbers[:quarter]), statistics.median(numbers[-quarter:])


def watched(worker: int, going_on: Callable[[], bool]) -> list[Sample]:
    """Look at the worker from time to time, as long as the load goes on."""
    start, samples = time.monotonic(), list[Sample]()
    while going_on():
        samples.append(Sample(time.monotonic() - start, resident(worker), descriptors(worker), threads(worker)))
        time.sleep(EVERY)
    return samples


def _rules() -> list[Rule]:
    """Return what the stand-in does, by the number that a request asks for."""
    fault = (ROOT / "tests" / "golden" / "customers.read" / "not-found" / "soap-reply.xml").read_text(encoding="utf-8")
    small, pieces = SMALL.reply.decode(), large_reply(_PIECES)[0].decode()
    return [
        Rule("0000000043", fault, status=500),
        Rule("0000000044", small, delay=2.0),
        Rule("0000000045", small, delay=_TOO_LATE),
        Rule("0000000046", small, cut=True),
        Rule("0000000047", "", cut=True),
        Rule("0000500002", pieces),
        Rule(SMALL.soap, small),
        Rule(LARGE.soap, LARGE.reply.decode()),
        Rule(WRITE.soap, WRITE.reply.decode()),
    ]


def _calls() -> list[Call]:
    """Return the calls with their shares of a hundred."""
    order = json.loads(WRITE.body)
    few = json.dumps({**order, "lines": order["lines"][:3]})
    return [
        Call("GET", SMALL.path, weight=48),
        Call("GET", LARGE.path, weight=8),
        Call("GET", "/v1/orders/500002", weight=1),
        Call("POST", WRITE.path, few, _JSON, (201,), weight=10),
        Call("POST", WRITE.path, WRITE.body.decode(), _JSON, (201,), weight=2),
        Call("GET", "/v1/customers/forty-two", statuses=(422,), weight=3),
        Call("GET", "/v1/customers?limit=many", statuses=(422,), weight=2),
        Call("GET", "/v1/nothing", statuses=(404,), weight=2),
        Call("POST", WRITE.path, "{", _JSON, (400,), weight=2),
        Call("POST", WRITE.path, '{"customer_id": "42", "lines": [{"unit": "heap"}]}', _JSON, (422,), weight=3),
        Call("GET", "/v1/customers/43", statuses=(404,), weight=4),
        Call("GET", "/v1/customers/44", weight=6),
        Call("GET", "/v1/customers/45", statuses=(504,), weight=1),
        Call("GET", "/v1/customers/46", statuses=(502,), weight=2),
        Call("GET", "/v1/customers/47", statuses=(502,), weight=2),
        Call("GET", "/v1/customers/44", weight=2, leaves=0.5),
        Call("GET", LARGE.path, weight=2, leaves=0.001),
    ]
