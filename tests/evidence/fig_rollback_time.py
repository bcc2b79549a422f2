"""fig.rollback_time: from the verdict (the store has a rollback) to the last request that the new service answered.

Two gunicorn workers under readers who never pause, customers wholly in a canary. Each round moves the feature back in
the store and waits until it was quiet for a while; then on again. Once with SQLite, once with PostgreSQL; and with the
brake, a file. Seconds from the commit (or from when the file is there) to the last request that the service gets.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from adapter import settings, virtual
from adapter.durable import Durable
from adapter.store import Store
from tests.evidence import Result
from tests.resilience import engines
from tests.resilience.project import project
from tests.stack import ROOT, erp_settings, gunicorn
from tests.strangler.candidate import NAME, candidate, noting
from tests.strangler.load import Readers, readers
from tests.strangler.standing import stand

ROUNDS = 6
GOAL = 1.0
MANY = 8
_QUIET = 1.5
"""Seconds after which nobody is answered by the new service any more, or the round has failed."""
_SETTLED = 10.0


def measure() -> Result:
    """Roll back in both stores, and by the brake."""
    with virtual.running(ROOT) as erp:
        sqlite, brake = _rounds(erp, {})
        with engines.postgres() as server:
            postgres, _ = _rounds(erp, {"ADAPTER_STORE": server.database(), "ADAPTER_SUBJECTS": server.database()})
    worst = {"SQLite": max(sqlite), "PostgreSQL": max(postgres), "brake": max(brake)}
    value = "; ".join(f"{name} {seconds:.2f} s" for name, seconds in worst.items())
    return Result(f"{value}; the worst of {ROUNDS} each", all(seconds <= GOAL for seconds in worst.values()))


def _rounds(erp: virtual.Server, more: Mapping[str, str]) -> tuple[list[float], list[float]]:
    arrived: list[float] = []
    with _running(erp, more, arrived) as (made, store, asking):

        def back() -> None:
            stand(store, "customers", "dualwrite", rolled_back="e-process")

        def on() -> None:
            stand(store, "customers", "canary", 10_000, rolled_back="")

        rolled = [_round(asking, arrived, back, on) for _ in range(ROUNDS)]
        brake = made / "rollout.brake"
        return rolled, [_round(asking, arrived, brake.touch, brake.unlink) for _ in range(ROUNDS)]


def _round(asking: Readers, arrived: list[float], back: Callable[[], None], on: Callable[[], None]) -> float:
    """Return the seconds from when ``back`` was done to the last that ``arrived``; then go ``on`` again."""
    _until_moved(asking)
    back()
    begun = time.monotonic()
    time.sleep(_QUIET)
    last = max(arrived)
    assert any(each.asked > begun for each in list(asking.told)), "nobody asked"
    on()
    return max(0.0, last - begun)


def _until_moved(asking: Readers) -> None:
    """Wait until the new service answers all that is asked."""
    end = time.monotonic() + _SETTLED
    while time.monotonic() < end:
        time.sleep(0.5)
        if all(_new(each.document) for each in asking.told[-20:]):
            return
    raise RuntimeError("the canary never began")


def _new(document: object) -> bool:
    return isinstance(document, dict) and document.get("name") == NAME


@contextmanager
def _running(
    erp: virtual.Server, more: Mapping[str, str], arrived: list[float]
) -> Iterator[tuple[Path, Store, Readers]]:
    """Yield a project whose customers are in a canary, its store, and readers who ask two workers."""
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        made = project(folder, {})
        store = Durable(settings.read(made, more), made).store
        opened.callback(store.close)
        stand(store, "customers", "canary", 10_000)
        service = opened.enter_context(candidate(noting(arrived)))
        environ = {**erp_settings(erp), "ADAPTER_SERVICE_CUSTOMERS": service, **more}
        url, _, _ = opened.enter_context(gunicorn(made, environ, workers=2))
        paths = [f"/v1/customers/{number}" for number in range(1, 51)]
        yield made, store, opened.enter_context(readers(url, paths, MANY))
