"""fig.shadow_cost: what callers pay for being asked beside, while the new service takes each request and hangs 30 s.

Two gunicorn workers, one each: the example project with customers in ``shadow``, all of their reads asked beside, and
the same without ``rollout:``. Reads at 100 a second (open loop) go to the one and the other in turn, a few seconds
each, so that both meet the same moments of this machine; what is added is the difference of the medians of their 99th
percentiles. Bounded: what is neither refused by the queue nor in it was asked, a few at a time, and the counters of the
worker and of the service agree. Flat: the worker's memory over the second half of its turns.
"""

from __future__ import annotations

import re
import statistics
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from adapter import virtual
from adapter.moving.lane import FEW
from adapter.rollout.rules import BesideRule
from tests.bench.openloop import Call, Load, run
from tests.evidence import Result
from tests.processes import children, cpu_seconds, status_kib
from tests.stack import ROOT, erp_settings, gunicorn
from tests.strangler.project import READS, moving_reads
from tests.strangler.standing import stand_in
from tests.unit.loopback import Peer, serving

RATE, SECONDS, WARM_UP, TURNS = 100.0, 5.0, 1.0, 8
HANGS = 30.0
MOST_MS, FLAT = 1.0, 0.05
_HTTP = "http: {service: customers, path: /customers}"
_PATIENT = "http: {service: customers, path: /customers, timeout: 40, guard: {breaker: off}}"
_DROPPED = re.compile(r'^adapter_rollout_compared_total\{.*outcome="dropped".*\} ([0-9.e+]+)$', re.MULTILINE)
CALLS = [Call("GET", f"/v1/customers/{number}", statuses=(200,)) for number in range(1, 41)]


@dataclass
class Hanging:
    """The new service: requests that came, and the most at once."""

    came: int = 0
    now: int = 0
    most: int = 0

    def __post_init__(self) -> None:
        """Begin with nobody."""
        self._lock = threading.Lock()

    def script(self, peer: Peer) -> None:
        """Take one request, and say nothing."""
        if not peer.request():
            return
        with self._lock:
            self.came, self.now = self.came + 1, self.now + 1
            self.most = max(self.most, self.now)
        peer.stop.wait(HANGS)
        with self._lock:
            self.now -= 1


def measure() -> Result:
    """Ask the one and the other in turn."""
    hanging, plain, beside, memory = Hanging(), list[Load](), list[Load](), list[float]()
    with virtual.running(ROOT) as erp, serving(hanging.script) as service:
        address = f"http://127.0.0.1:{service.port}"
        with _served(erp, address, "") as (without, alone), _served(erp, address, READS) as (moving, worker):
            for _ in range(TURNS):
                plain.append(_load(without))
                beside.append(_load(moving))
                memory.append(status_kib(worker, "VmRSS"))
            dropped = _dropped(moving)
            cpu = (cpu_seconds(worker) - cpu_seconds(alone)) / (TURNS * SECONDS * RATE) * 1000
    added = (_median(beside) - _median(plain)) * 1000
    asked = int(TURNS * SECONDS * RATE)
    failed = sum(sum(load.failures.values()) for load in (*plain, *beside))
    grown = memory[-1] / memory[TURNS // 2] - 1
    room = BesideRule().queue
    bounded = hanging.most <= FEW and asked - room - hanging.came <= dropped <= asked
    value = (
        f"p99 {_median(plain) * 1000:.1f} + {added:.1f} ms ({cpu:.2f} ms of CPU a call), {failed} failed; "
        f"{hanging.most} asked at once, "
        f"{dropped} of {asked} dropped, at most {room} wait; memory {grown:+.1%}"
    )
    return Result(value, added <= MOST_MS and not failed and bounded and abs(grown) <= FLAT and hanging.came >= FEW)


def _median(loads: list[Load]) -> float:
    return statistics.median(load.p99 for load in loads)


def _load(url: str) -> Load:
    return run(urlsplit(url).port or 0, CALLS, RATE, SECONDS, WARM_UP)


@contextmanager
def _served(erp: virtual.Server, service: str, rollout: str) -> Iterator[tuple[str, int]]:
    """Serve the example project; yield its address, and its worker's process."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project = moving_reads(folder / "project", rollout)
        mapping = project / "mappings" / "customers.yaml"
        mapping.write_text(mapping.read_text("utf-8").replace(_HTTP, _PATIENT), "utf-8")
        environ = {**erp_settings(erp), "ADAPTER_SERVICE_CUSTOMERS": service, "ADAPTER_TIMEOUT": "40"}
        if rollout:
            stand_in(project, "customers", "shadow")
        with gunicorn(project, environ) as (url, process, _):
            time.sleep(0.5)
            yield url, children(process.pid)[0]


def _dropped(url: str) -> int:
    with urllib.request.urlopen(f"{url}/metrics") as metrics:
        return int(sum(float(each) for each in _DROPPED.findall(metrics.read().decode())))
