"""fig.split: how entities are spread over the two sides.

Flips: going up through all shares in steps of 0.01 %, an entity that is at the new service never goes back to the ERP.
What decides sees the bucket and the share, so each of the 10,000 buckets is tried at each of the 10,001 shares, and a
million keys say that all of these buckets are met. Decision: the 99th percentile of a million times what the step asks
for an entity (its bucket, then its side). The same everywhere: customers that the ERP does not have are asked for at 2
gunicorn workers, before and after a restart, and who answers is what this process says, and pinned vectors are right.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from adapter import virtual
from adapter.app import build
from adapter.moving.placing import Placing
from adapter.rollout.bucket import bucket
from adapter.rollout.rules import WHOLE
from adapter.rollout.stages import Standing, answering
from tests.evidence import Result
from tests.resilience.project import project
from tests.stack import ROOT, erp_settings, gunicorn
from tests.strangler.candidate import candidate
from tests.strangler.load import Told, readers
from tests.strangler.standing import stand_in
from tests.strangler.vectors import VECTORS

KEYS = 1_000_000
SHARE = 4321
MOST_MICROSECONDS = 5.0
_KEY = b"of fig.split"
_SECONDS = 3.0
_PATIENCE = 60.0
_PID = re.compile(r"_(\d+)\.db$")


def measure() -> Result:
    """Spread, decide, ask."""
    flips, seconds, met = _flips(), *_decided()
    wrong, asked, workers = _asked()
    pinned = all(expected == bucket(key, group, entity) for key, group, entity, expected in VECTORS)
    value = (
        f"{flips} flips; {KEYS:,} keys in {met:,} buckets; p99 {seconds * 1e6:.1f} us; {wrong} of {asked} answers of "
        f"{workers} workers by the wrong side; pinned vectors {'right' if pinned else 'WRONG'}"
    )
    good = not flips and met == WHOLE and seconds * 1e6 <= MOST_MICROSECONDS
    return Result(value, good and not wrong and asked >= 400 and workers == 4 and pinned)


def _flips() -> int:
    """Count the buckets that go back to the ERP on the way up, or that a share takes too few or too many of."""
    flips, before = 0, [False] * WHOLE
    standing = Standing("customers", 1, "canary")
    for share in range(WHOLE + 1):
        here = replace(standing, share=share)
        now = [answering(here, each) == "http" for each in range(WHOLE)]
        flips += sum(was and not stays for was, stays in zip(before, now, strict=True))
        flips += abs(sum(now) - share)
        before = now
    return flips


def _decided() -> tuple[float, int]:
    """Return the 99th percentile of the seconds of one decision, and how many buckets were met."""
    endpoint = next(each for each in build(ROOT, {}).endpoints if each.name == "customers.read")
    assert endpoint.rollout is not None
    side = Placing(endpoint, endpoint.rollout, _KEY).side
    standing, clock = Standing("customers", 1, "canary", SHARE), time.perf_counter_ns
    taken, met = [0] * KEYS, set[int | None]()
    for number in range(KEYS):
        entity = str(number)
        begun = clock()
        where, _ = side(standing, entity)
        taken[number] = clock() - begun
        met.add(where)
    taken.sort()
    return taken[KEYS * 99 // 100] / 1e9, len(met)


def _asked() -> tuple[int, int, int]:
    """Return how many answers came from the wrong side, of how many, and how many processes gave some."""
    with tempfile.TemporaryDirectory() as name, virtual.running(ROOT) as erp, candidate() as service:
        made = project(Path(name), {})
        stand_in(made, "customers", "canary", SHARE)
        environ = {
            **erp_settings(erp), "ADAPTER_SERVICE_CUSTOMERS": service, "ADAPTER_BUCKETS_KEY": _KEY.decode(),
        }  # fmt: skip
        found = [each for _ in range(2) for each in _answers(made, environ)]
    return sum(wrong for wrong, _, _ in found), sum(many for _, many, _ in found), sum(pids for _, _, pids in found)


def _answers(made: Path, environ: Mapping[str, str]) -> Iterator[tuple[int, int, int]]:
    """Start two workers, ask for customers that only the new service has, and count who answered."""
    numbers = range(900_000, 901_000)
    with tempfile.TemporaryDirectory() as metrics:
        told: list[Told] = []
        pids: set[str] = set()
        with gunicorn(made, {**environ, "PROMETHEUS_MULTIPROC_DIR": metrics}, workers=2) as (url, _, _):
            until = time.monotonic() + _PATIENCE
            while len(pids) < 2 and time.monotonic() < until:  # connections are kept, and a worker may have got none
                with readers(url, [f"/v1/customers/{number}" for number in numbers], 16) as asking:
                    time.sleep(_SECONDS)
                told += asking.told
                # Those that counted a request, as their files say; the process that forks counts none.
                files = [_PID.search(each) for each in os.listdir(metrics) if each.startswith("counter")]
                pids = {found[1] for found in files if found}
        there = {number: bucket(_KEY, "customers", str(number)) < SHARE for number in numbers}
        wrong = sum(each.status != (200 if there[int(each.path.rpartition("/")[2])] else 404) for each in told)
    yield wrong, len(told), len(pids)
