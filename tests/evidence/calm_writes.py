"""calm.writes_sqlite and calm.writes_postgres: 10,000 writes while everything breaks, and what became of them.

Real gunicorn with two workers and ``adapter work``, the state in SQLite or PostgreSQL. Callers send like phones: with a
key, again and again until they are answered, some asking for 202. On both sides, before the adapter and before the ERP,
connections are cut or stalled at each class of byte offset both ways. Web workers, ``adapter work`` and the ERP are
killed with SIGKILL at random, the ERP also between an effect and its answer. Then everything is well again, for at most
``SETTLING`` seconds, and what callers were told is held against the ERP's journal and the store.

``python -m tests.evidence.calm_writes sqlite 200`` makes a small run and tells more.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.evidence import Result
from tests.resilience import engines, ledger
from tests.resilience.audit import Verdict, audited
from tests.resilience.chaos import CUTS, Chaos, Cutter, Worker
from tests.resilience.journal import Journal, endpoints
from tests.resilience.phone import Written, run
from tests.resilience.project import kept_orders
from tests.resilience.proxy import Proxy
from tests.resilience.stores import Place
from tests.stack import gunicorn

WRITES: Final = 10_000
ENTITIES: Final = 300
PHONES: Final = 48
SHARE: Final = 0.03
SENDING: Final = 400.0
AFTER: Final = 2.0
SETTLING: Final = 150.0
PAUSE: Final = (2.0, 6.0)
SEED: Final = 6
NAME: Final = "w-"


@dataclass(frozen=True, slots=True)
class Run:
    """What a run showed: the verdict, how often each thing was done to it, and how often callers were told what."""

    verdict: Verdict
    deeds: Mapping[str, int]
    classes: int
    answers: Mapping[str, int]
    causes: Mapping[str, int]
    seconds: tuple[float, float]


def measure_sqlite() -> Result:
    """The run with the state in SQLite."""
    with tempfile.TemporaryDirectory(prefix="writes-") as name:
        folder = Path(name)
        return _result(attempt(folder, Place(str(folder / "adapter.db"), str(folder / "subjects.db")), WRITES))


def measure_postgres() -> Result:
    """The run with the state in PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="writes-") as name, postgres() as place:
        return _result(attempt(Path(name), place, WRITES))


@contextmanager
def postgres() -> Iterator[Place]:
    """Yield two databases of a server of one's own."""
    with engines.postgres() as server:
        yield Place(server.database(), server.database())


def _result(found: Run) -> Result:
    """A run counts only where each class of cut happened on both sides and each deed was done."""
    told = f"{found.verdict.text()} of {found.verdict.writes}"
    missed = 2 * len(CUTS) - found.classes
    idle = [deed for deed, times in found.deeds.items() if not times]
    more = f"; {missed} classes of cuts missing" if missed else f"; never: {', '.join(idle)}" if idle else ""
    return Result(told + more, found.verdict.ok and not more)


def attempt(folder: Path, place: Place, writes: int) -> Run:
    """Make the writes, break what can break, let it settle, and look."""
    with ExitStack() as opened:
        journal = opened.enter_context(Journal(folder))
        people = journal.settle_people(ENTITIES)
        erp = opened.enter_context(Proxy(journal.target))
        environ = {
            **endpoints(erp.url),
            "ADAPTER_CALLERS": "everyone",
            "ADAPTER_STORE": place.store_url,
            "ADAPTER_SUBJECTS": place.subjects_url,
            "ADAPTER_STORE_KEY": ledger.KEY,
        }
        project = folder / "project"
        project.mkdir()
        kept_orders(project, after=AFTER)
        url, master, log = opened.enter_context(gunicorn(project, environ, workers=2))
        worker = opened.enter_context(Worker(project, environ, folder / "work.log"))
        edge = opened.enter_context(Proxy(("127.0.0.1", int(url.rpartition(":")[2]))))
        edge.choose(Cutter(SHARE, SEED))
        erp.choose(Cutter(SHARE, SEED + 1))
        made = [Written(f"{NAME}{number}", people[number * 7 % ENTITIES], number % 10 < 3) for number in range(writes)]
        begun = time.monotonic()
        with Chaos(master.pid, worker, journal, erp, SEED, PAUSE) as chaos:
            run(made, edge.port, PHONES, begun + SENDING)
        sent = time.monotonic()
        edge.heal()
        erp.heal()
        names = [each.name for each in made]
        rows = ledger.settled(lambda: ledger.rows(place, names), sent + SETTLING)
        verdict = audited(made, [effect.note for effect in journal.effects(NAME)], rows)
        answers = Counter(seen for each in made for seen in each.seen)
        causes = Counter(f"{row.state}: {row.cause}" for row in rows if row.state not in ("done",))
        classes = sum(bool(proxy.seen[f"{cut.way} {cut.at} {cut.end}"]) for proxy in (edge, erp) for cut in CUTS)
        seconds = (sent - begun, time.monotonic() - sent)
        shutil.copy(log, folder / "web.log")
        return Run(verdict, chaos.done, classes, answers, causes, seconds)


def main(engine: str, writes: int) -> None:
    """Make a run of any size and tell all about it."""
    with tempfile.TemporaryDirectory(prefix="writes-") as name, ExitStack() as opened:
        folder = Path(name)
        place = (
            opened.enter_context(postgres())
            if engine == "postgres"
            else Place(str(folder / "adapter.db"), str(folder / "subjects.db"))
        )
        found = attempt(folder, place, writes)
        for log in ("web.log", "work.log"):
            Path(tempfile.gettempdir(), f"calm-writes-{log}").write_bytes((folder / log).read_bytes())
    verdict = found.verdict
    print(verdict.text(), *found.seconds, f"{found.classes} classes", dict(found.deeds), sep="\n")
    print(*sorted(found.answers.items()), *sorted(found.causes.items()), sep="\n")
    for kind in ("lost", "doubled", "disordered", "unsettled", "parked"):
        print(kind, getattr(verdict, kind)[:20])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
