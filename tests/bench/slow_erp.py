"""speed.slow_erp: one worker, an ERP that takes two seconds, 450 calls a second whatever comes back: 900 in flight."""

from __future__ import annotations

from urllib.parse import urlsplit

from tests.bench import openloop, standin
from tests.bench.messages import SMALL
from tests.bench.servers import adapter
from tests.evidence import Result
from tests.processes import children, cpu_seconds, descriptors, resident

RATE, SECONDS, DELAY = 450.0, 30.0, 2.0
GOAL_MS = 300.0


def measure() -> Result:
    """Load a fresh worker from the first second on; every call counts."""
    slow = standin.Rule(SMALL.soap, SMALL.reply.decode(), delay=DELAY)
    with standin.answering([slow]) as (erp, stand_in), adapter(erp) as server:
        (worker,) = children(server.pid)
        before, begun, erp_begun = resident(worker), cpu_seconds(worker), cpu_seconds(stand_in.pid)
        found = openloop.run(urlsplit(server.url).port or 0, [openloop.Call(SMALL.method, SMALL.path)], RATE, SECONDS)
        grown = (resident(worker) - before) / 1e6
        cpu, erp_cpu = cpu_seconds(worker) - begun, cpu_seconds(stand_in.pid) - erp_begun
        files = descriptors(worker)
    over = 1000 * (found.p99 - DELAY)
    failed = sum(found.failures.values())
    value = (
        f"{failed} of {found.calls}; p99 {over:.0f} ms, median {1000 * (found.median - DELAY):.0f}, worst "
        f"{1000 * (found.worst - DELAY):.0f}; {found.most_in_flight} in flight, worker {cpu / SECONDS:.0%} of a core, "
        f"+{grown:.0f} MB, {files} descriptors; ERP {erp_cpu / SECONDS:.0%}, load {found.cpu / SECONDS:.0%}, "
        f"late by at most {1000 * found.late:.0f} ms"
    )
    for what, count in found.failures.items():
        print(f"{count} x {what}")
    return Result(value, failed == 0 and over <= GOAL_MS)
