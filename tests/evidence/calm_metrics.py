"""calm.metrics: /metrics while a thousand workers end, half of them killed: nothing is lost, nothing goes back.

A real gunicorn, and the operations of the example called with several outcomes, so that the files are as full as those
of a running API.
"""

from __future__ import annotations

import os
import re
import signal
import statistics
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping

from tests.evidence import Result
from tests.processes import children
from tests.stack import Stack, stack

RECYCLED = 1_000
WORKERS = 8
MILLISECONDS = 100.0
_SUMS = ("_total", "_count", "_bucket", "_sum")
_PATIENCE = 30.0
_VALUES = ("42", "7", "500001", "999999", "x")


def measure() -> Result:
    """Recycle workers, scrape all along, and compare what was counted with what was asked."""
    with stack(workers=WORKERS) as running:
        _until_there(running.process.pid, set())
        asked, back, ended = 0, 0, 0
        seen: dict[str, float] = {}
        for number in range(-(-RECYCLED // (WORKERS - 1))):
            asked += _call(running)
            back += _went_back(seen, running)
            ended += _end(running.process.pid, signal.SIGKILL if number % 2 else signal.SIGTERM)
            back += _went_back(seen, running)
        asked += _call(running)
        took = []
        for _ in range(9):
            begin = time.perf_counter()
            numbers = _scraped(running)
            took.append((time.perf_counter() - begin) * 1000)
    counted = sum(value for name, value in numbers.items() if _is_call(name))
    slow = statistics.median(took)
    value = (
        f"{slow:.0f} ms (worst {max(took):.0f}) for {len(numbers)} samples after {ended} workers; {back} went back; "
        f"{counted:.0f} of {asked} calls counted"
    )
    return Result(value, slow <= MILLISECONDS and not back and ended >= RECYCLED and counted == asked)


def _is_call(sample: str) -> bool:
    return sample.startswith("adapter_requests_total{") and 'operation="-"' not in sample


def _call(running: Stack) -> int:
    """Call every operation with several values; return how many calls that were."""
    made = 0
    for path, methods in running.get("/openapi.json")["paths"].items():
        for method in methods.keys() & {"get", "post", "put", "patch", "delete"}:
            for value in _VALUES:
                running.call(method.upper(), re.sub(r"\{[^}]*\}", value, path), {} if method[0] == "p" else None)
                made += 1
    return made


def _end(master: int, how: signal.Signals) -> int:
    """End all workers but one, and wait until others answer in their place."""
    before = children(master)
    for worker in before[1:]:
        os.kill(worker, how)
    _until_there(master, set(before[1:]))
    return len(before) - 1


def _until_there(master: int, gone: set[int]) -> None:
    """Wait until there are all workers, and none of those that were ended."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        now = children(master)
        if len(now) == WORKERS and not gone & set(now):
            return
        time.sleep(0.02)
    raise RuntimeError("gunicorn has not replaced its workers")


def _went_back(seen: dict[str, float], running: Stack) -> int:
    """Return how many sums are smaller than they were, or gone."""
    now = _scraped(running)
    found = sum(1 for name, value in seen.items() if now.get(name, -1.0) < value)
    seen.update({name: value for name, value in now.items() if name.partition("{")[0].endswith(_SUMS)})
    return found


def _scraped(running: Stack) -> Mapping[str, float]:
    """Return every sample of one scrape. A connection that a killed worker had accepted is tried again."""
    for _ in range(20):
        try:
            with urllib.request.urlopen(running.url + "/metrics", timeout=_PATIENCE) as answer:
                return dict(_samples(answer.read().decode()))
        except urllib.error.HTTPError:
            raise
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("nobody answers /metrics")


def _samples(text: str) -> Iterator[tuple[str, float]]:
    for line in text.splitlines():
        name, _, value = line.rpartition(" ")
        if name and not line.startswith("#"):
            yield name, float(value)
