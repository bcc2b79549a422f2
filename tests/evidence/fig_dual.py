"""fig.dual: writes at both sides while a feature moves to and fro, and everything that has a part in them is killed.

Real gunicorn with two workers and ``adapter work``, the virtual ERP and a microservice, both of which keep a journal.
Callers change customers, most with an Idempotency-Key, again and again until they are told that it is done. Meanwhile
the feature goes from dualwrite over canaries to live and back, and web workers, ``adapter work``, the ERP and the
microservice are killed with SIGKILL at random, the latter two also between an effect and its answer. Then everything
is well again, and both journals are held against what callers were told. At last the sides are made to differ, and the
reconciler has to say where.

``python -m tests.evidence.fig_dual 300`` makes a small run and tells more; ``postgres`` behind it takes that store.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from adapter.store.writes import PARKED
from tests.evidence import Result
from tests.evidence.calm_writes import postgres
from tests.resilience import ledger
from tests.resilience.chaos import Worker
from tests.resilience.journal import Journal, endpoints
from tests.resilience.project import project
from tests.resilience.stores import Place
from tests.stack import gunicorn
from tests.strangler.dual import (
    FEATURE,
    Callers,
    Change,
    Histories,
    Turmoil,
    Watched,
    at_the_erp,
    dual_changes,
    found_by_command,
    judged,
    made_to_differ,
)
from tests.strangler.service import Service
from tests.strangler.standing import stand

WRITES: Final = 2500
ENTITIES: Final = 120
CALLERS: Final = 16
LEAST: Final = 500
SENDING: Final = 170.0
SETTLING: Final = 90.0
SEED: Final = 7


@dataclass(frozen=True, slots=True)
class Run:
    """What a run showed."""

    histories: Histories
    drifts: tuple[int, int, int]  # seeded; missed; told of others
    asked: int
    acknowledged: int
    open: int
    parked: int
    copies: Mapping[str, int]
    deeds: Mapping[str, int]
    answers: Mapping[str, int]
    seconds: tuple[float, float]


def measure() -> Result:
    """Make the run with the state in SQLite."""
    with tempfile.TemporaryDirectory(prefix="dual-") as name:
        folder = Path(name)
        return _result(attempt(folder, Place(str(folder / "adapter.db"), str(folder / "subjects.db")), WRITES))


def _result(found: Run) -> Result:
    """A run counts only where enough was done, copies went both ways, nothing is open, and each deed was done."""
    wrong = found.histories
    seeded, missed, others = found.drifts
    told = f"{len(wrong.lost)}; {len(wrong.doubled)}; {len(wrong.disordered)}; {missed} of {seeded} drifts"
    told += f" of {found.acknowledged} acknowledged, copies {dict(found.copies)}"
    idle = [deed for deed, many in found.deeds.items() if not many]
    enough = (
        found.acknowledged > max(LEAST, 0.7 * found.asked)
        and min(found.copies.get(side, 0) for side in ("soap", "http")) > 100
    )
    more = f"; open {found.open}, parked {found.parked}" if found.open or found.parked else ""
    more += f"; {others} told that are none" if others else ""
    more += f"; never: {', '.join(idle)}" if idle else ""
    more += "" if enough else "; too little was done"
    return Result(told + more, not (wrong.lost or wrong.doubled or wrong.disordered or missed or more))


def attempt(folder: Path, place: Place, writes: int) -> Run:
    """Make the writes, move and kill, let it settle, and look."""
    with ExitStack() as opened:
        erp = opened.enter_context(Journal(folder))
        people = erp.settle_people(ENTITIES)
        seen = Watched(folder / "erp.db")
        seen.begin()
        service = opened.enter_context(Service(folder))
        environ = {
            **endpoints(f"http://127.0.0.1:{erp.port}"),
            "ADAPTER_SERVICE_CUSTOMERS": service.url,
            "ADAPTER_CALLERS": "everyone",
            "ADAPTER_STORE": place.store_url,
            "ADAPTER_SUBJECTS": place.subjects_url,
            "ADAPTER_STORE_KEY": ledger.KEY,
        }
        where = project(folder / "project", dual_changes())
        store = opened.enter_context(closing(place.store(patience=20.0)))
        stand(store, FEATURE, "dualwrite")
        url, master, log = opened.enter_context(gunicorn(where, environ, workers=2))
        worker = opened.enter_context(Worker(where, environ, folder / "work.log"))
        source = random.Random(SEED)
        with urllib.request.urlopen(f"{url}/v1/customers/{people[0]}", timeout=20) as answer:
            kind = json.load(answer)["kind"]
            service.put(at_the_erp(url))
        made = [Change(f"c-{number}", source.choice(people), number % 10 < 7) for number in range(writes)]
        begun = time.monotonic()
        with Turmoil(master.pid, worker, erp, service, store, SEED) as turmoil:
            Callers(int(url.rpartition(":")[2]), kind, made, begun + SENDING).run(CALLERS)
        sent = time.monotonic()
        rows = _settled(place, sent + SETTLING)
        effects = [(path.rpartition("/")[2], str(body["note"])) for path, body in service.effects()]
        Path(tempfile.gettempdir(), "dual-web.log").write_bytes(log.read_bytes())
        Path(tempfile.gettempdir(), "dual-work.log").write_bytes((folder / "work.log").read_bytes())
        seeded = made_to_differ(service, source)
        told = found_by_command(where, environ)
        return Run(
            drifts=(len(seeded), len(seeded - told), len(told - seeded)),
            histories=judged(made, seen.effects(), effects),
            asked=sum(bool(each.seen) for each in made),
            acknowledged=sum(each.done for each in made),
            open=sum(many for (state, _, _), many in rows.items() if state in _OPEN),
            parked=sum(many for (state, _, _), many in rows.items() if state == PARKED),
            copies={side: many for (state, side, copy), many in rows.items() if copy and state == "done"},
            deeds=turmoil.done,
            answers=Counter(each for change in made for each in change.seen),
            seconds=(sent - begun, time.monotonic() - sent),
        )


_STATES: Final = "SELECT state, target, copy FROM writes"
_OPEN: Final = ("sending", "delivering", "queued", "unknown")


def _settled(place: Place, until: float) -> Counter[tuple[str, str, bool]]:
    """Return how many rows there are by state, side and whether they are copies, once none is open; or at last."""
    store = place.store(patience=20.0)
    try:
        while True:
            found = store.read(lambda connection: connection.exec_driver_sql(_STATES).all())
            counted = Counter((state, target, bool(copy)) for state, target, copy in found)
            if time.monotonic() > until or not any(state in _OPEN for state, _, _ in counted):
                return counted
            time.sleep(0.5)
    finally:
        store.close()


def main(writes: int, engine: str) -> None:
    """Make a run of any size and tell all about it."""
    with tempfile.TemporaryDirectory(prefix="dual-") as name, ExitStack() as opened:
        folder = Path(name)
        sqlite = Place(str(folder / "adapter.db"), str(folder / "subjects.db"))
        found = attempt(folder, opened.enter_context(postgres()) if engine == "postgres" else sqlite, writes)
    print(_result(found), *found.seconds, dict(found.deeds), sep="\n")
    print(*sorted(found.answers.items()), sep="\n")
    for kind in ("lost", "doubled", "disordered"):
        print(kind, list(getattr(found.histories, kind))[:20])


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "sqlite")
