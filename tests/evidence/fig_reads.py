"""fig.reads: a canary of all customers whose new service fails every call, in every way: failed reads for callers.

Two gunicorn workers under readers who never pause, the breaker off, so that each read meets the failure; then once more
with the breaker on. A read has failed where it is no 200, has no document of that customer, or takes longer than the
operation may. That the new service was really asked, and failed, is counted too.
"""

from __future__ import annotations

import re
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adapter import virtual
from tests.evidence import Result
from tests.resilience.project import project
from tests.stack import ROOT, erp_settings, free_port, gunicorn
from tests.strangler.candidate import BROKEN, NAME, candidate
from tests.strangler.load import Told, readers
from tests.strangler.standing import stand_in
from tests.unit.loopback import Script

SECONDS = 2.0
MANY = 16
_TIMEOUT = 10.0
_FALLBACKS = re.compile(r"^adapter_rollout_fallbacks_total\{.*\} ([0-9.e+]+)$", re.MULTILINE)
_GUARDED = "http: {service: customers, path: /customers}"
_UNGUARDED = "http: {service: customers, path: /customers, guard: {breaker: off}}"


def measure() -> Result:
    """Break the new service in each way, one after another."""
    failed, reads, untried = dict[str, int](), 0, list[str]()
    with virtual.running(ROOT) as erp:
        for breaker in (False, True):
            for name, script in ({"down": None, **BROKEN} if not breaker else {"breaker on": BROKEN["500"]}).items():
                told, fallbacks = _tried(erp, script, breaker=breaker)
                reads += len(told)
                if wrong := sum(_wrong(each) for each in told):
                    failed[name] = wrong
                if fallbacks < len(told) * 0.9:
                    untried.append(name)
    ways = len(BROKEN) + 2
    value = f"{sum(failed.values())} of {reads} reads failed, in {ways} ways of failing"
    value += f" ({failed})" if failed else ""
    value += f"; the new service was not asked: {untried}" if untried else ""
    return Result(value, not failed and not untried and reads > 20 * ways)


def _wrong(told: Told) -> bool:
    if told.status != 200 or told.had - told.asked > _TIMEOUT:
        return True
    return bool(told.document["id"] != told.path.rpartition("/")[2] or told.document["name"] == NAME)


def _tried(erp: virtual.Server, script: Script | None, *, breaker: bool) -> tuple[list[Told], int]:
    """Return what readers were told, and how many reads the ERP answered for the new service."""
    with tempfile.TemporaryDirectory() as name, _service(script) as service:
        folder = Path(name)
        made = project(folder, {} if breaker else {"mappings/customers.yaml": ((_GUARDED, _UNGUARDED),)})
        stand_in(made, "customers", "canary", 10_000)
        (folder / "metrics").mkdir()
        environ = {
            **erp_settings(erp),
            "ADAPTER_SERVICE_CUSTOMERS": service,
            "PROMETHEUS_MULTIPROC_DIR": str(folder / "metrics"),
        }
        with gunicorn(made, environ, workers=2) as (url, _, _):
            with readers(url, [f"/v1/customers/{number}" for number in range(1, 51)], MANY) as asking:
                time.sleep(SECONDS)
            with urllib.request.urlopen(f"{url}/metrics") as metrics:
                counted = _FALLBACKS.findall(metrics.read().decode())
    return asking.told, int(sum(float(each) for each in counted))


@contextmanager
def _service(script: Script | None) -> Iterator[str]:
    """Yield the address of a service that is played; of nobody, where there is no script."""
    if script is None:
        yield f"http://127.0.0.1:{free_port()}"
        return
    with candidate(script) as url:
        yield url
