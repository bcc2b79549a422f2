"""Writes at both sides of a feature that moves to and fro, while all that has a part in them is killed."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from adapter.errors import StoreUnavailable
from adapter.rollout.rules import Stage
from adapter.store import Store
from tests import processes
from tests.resilience.chaos import Worker
from tests.resilience.journal import Journal
from tests.stack import ROOT
from tests.strangler.service import Service
from tests.strangler.standing import stand

FEATURE: Final = "customers"
PLACES: Final[tuple[tuple[Stage, int], ...]] = (
    ("dualwrite", 0), ("canary", 3000), ("canary", 7000), ("live", 0), ("canary", 5000), ("rampdown", 0), ("live", 0),
)  # fmt: skip
PATIENCE: Final = 8.0
_HTTP: Final = "http: {service: customers, path: /customers}\n"
_NEW_HTTP: Final = "http: {service: customers, path: /customers, repeats: true, guard: {breaker: off}}\n"
_ERP: Final = "  fault_code: ErpFehler.Code\n"
_CALM: Final = "  guard: {breaker: off}\n"
_PATCH: Final = "    set: {Modus: TEIL}\n"
_IDEMPOTENT: Final = "    effect: idempotent\n    timeout: 4\n"
_PLAN: Final = (
    "rollout: {steps: [shadow, dualwrite, canary 1, canary 10, canary 50, live, rampdown, complete],\n"
    "          compare: {ignore: [/changed_at]}}\n"
)
_STEPS: Final = "steps: [shadow, dualwrite, canary 50, live, rampdown, complete]"


def dual_changes(stays: str = "create, update") -> dict[str, tuple[tuple[str, str], ...]]:
    """Return what makes the example project one whose customers are changed at both sides. ``stays`` do not move."""
    plan = f"rollout: {{stays: [{stays}], {_STEPS}, compare: {{ignore: [/version, /changed_at]}}}}\n"
    changes = ((_HTTP, _NEW_HTTP), (_ERP, _ERP + _CALM), (_PATCH, _PATCH + _IDEMPOTENT), (_PLAN, plan))
    return {"mappings/customers.yaml": changes}


@dataclass(slots=True)
class Change:
    """One change: its name, whose it is, whether it has a key, and whether its caller was told that it is done."""

    name: str
    entity: str
    keyed: bool
    done: bool = False
    seen: list[str] = field(default_factory=list)


class Callers:
    """So many callers at once, each of whom sends changes until they are done or given up."""

    def __init__(self, port: int, kind: str, changes: Iterable[Change], until: float) -> None:
        """``kind`` is that of all customers."""
        self._port, self._kind, self._until = port, kind, until
        self._waiting, self._lock = iter(changes), threading.Lock()

    def run(self, many: int) -> None:
        """Send all of them."""
        threads = [threading.Thread(target=self._run) for _ in range(many)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()

    def _run(self) -> None:
        while time.monotonic() < self._until:
            with self._lock:
                change = next(self._waiting, None)
            if change is None:
                return
            self._sent(change)

    def _sent(self, change: Change) -> None:
        for attempt in range(20):
            status, problem = self._once(change)
            change.seen.append(f"{status} {problem}".strip())
            if 200 <= status < 300:
                change.done = True
                return
            # Who has no key may only ask again where nothing was done.
            if not change.keyed and problem not in ("earlier-write-open", "feature-moved", "store-unavailable"):
                return
            time.sleep(min(1.0, 0.05 * 2**attempt))

    def _once(self, change: Change) -> tuple[int, str]:
        fields = {"Content-Type": "application/merge-patch+json"}
        if change.keyed:
            fields["Idempotency-Key"] = f'"{change.name}"'
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)) as connection:
                body = json.dumps({"kind": self._kind, "note": change.name})
                connection.request("PATCH", f"/v1/customers/{change.entity}", body, fields)
                answer = connection.getresponse()
                data = answer.read()
        except (OSError, http.client.HTTPException) as error:
            return 0, type(error).__name__
        problem = json.loads(data).get("type", "").rpartition("/")[2] if answer.status >= 400 and data else ""
        return answer.status, problem


class Turmoil:
    """Moves the feature to and fro and kills, at random, until the ``with`` block ends; then everything runs."""

    def __init__(self, master: int, worker: Worker, erp: Journal, service: Service, store: Store, seed: int) -> None:
        """``master`` is gunicorn's process."""
        self.done: Counter[str] = Counter()
        self._master, self._worker, self._erp, self._service, self._store = master, worker, erp, service, store
        self._random = random.Random(seed)
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._killing), threading.Thread(target=self._moving)]
        self._deeds: dict[str, Callable[[], None]] = {
            "web killed": self._kill_web,
            "work killed": worker.kill,
            "ERP killed": erp.kill,
            "service killed": service.kill,
            "ERP died after an effect": erp.die_after_effect,
            "service died after an effect": service.die_after_effect,
        }

    def __enter__(self) -> Self:
        """Begin."""
        for each in self._threads:
            each.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and leave everything running."""
        self._over.set()
        for each in self._threads:
            each.join(60)
        self._revived()

    def _moving(self) -> None:
        for stage, share in itertools.cycle(PLACES):
            with suppress(StoreUnavailable):
                stand(self._store, FEATURE, stage, share)
                self.done[f"to {stage}"] += 1
            if self._over.wait(self._random.uniform(1.0, 3.0)):
                return

    def _killing(self) -> None:
        deeds = itertools.cycle(self._random.sample(sorted(self._deeds), len(self._deeds)))
        while not self._over.wait(self._random.uniform(1.5, 4.0)):
            deed = next(deeds)
            self._deeds[deed]()
            self.done[deed] += 1
            self._over.wait(self._random.uniform(0.0, 1.0))
            self._revived()

    def _kill_web(self) -> None:
        workers = processes.children(self._master)
        if workers:
            os.kill(self._random.choice(workers), signal.SIGKILL)  # gunicorn starts another

    def _revived(self) -> None:
        if not self._erp.alive:
            self._erp.start()
        if not self._service.alive:
            self._service.start()
        self._worker.start()


def at_the_erp(url: str) -> dict[str, dict[str, Any]]:
    """Return all customers of the ERP by their paths at the service, read through the adapter."""
    found: dict[str, dict[str, Any]] = {}
    while True:
        with urllib.request.urlopen(f"{url}/v1/customers?limit=100&offset={len(found)}", timeout=20) as answer:
            items = json.load(answer)["items"]
        if not items:
            return found
        found |= {f"/customers/{each['id']}": each for each in items}


def made_to_differ(service: Service, source: random.Random) -> set[str]:
    """Change, remove and add customers at the new service, past its journal. Return whose."""
    there = service.documents()
    chosen = source.sample(sorted(there), 12)
    changed = {path: {**there[path], "note": "changed by hand"} for path in chosen[:6]}
    gone = dict.fromkeys(chosen[6:9])
    more = {f"/customers/{999_000 + number}": {**there[chosen[9]], "id": str(999_000 + number)} for number in range(3)}
    service.put({**changed, **gone, **more})
    return {path.rpartition("/")[2] for path in (*changed, *gone, *more)}


def found_by_command(project: Path, environ: Mapping[str, str]) -> set[str]:
    """Return whom ``adapter rollout reconcile --all`` names."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("ADAPTER_")}
    command = [sys.executable, "-m", "adapter", "rollout", "reconcile", FEATURE, "--all", "--project", str(project)]
    done = subprocess.run(command, cwd=ROOT, env={**own, **environ}, capture_output=True, text=True, check=False)
    return {line.split()[0] for line in done.stdout.splitlines()[1:] if line.strip()}


class Watched:
    """What the ERP did to customers: a trigger in its database writes each effect down, with the effect."""

    def __init__(self, database: Path) -> None:
        self._database = database

    def begin(self) -> None:
        """Write down from now on."""
        with closing(sqlite3.connect(self._database, timeout=20)) as sql, sql:
            sql.execute("CREATE TABLE seen (place INTEGER PRIMARY KEY, nr TEXT, document BLOB)")
            sql.execute(
                "CREATE TRIGGER see AFTER INSERT ON partner BEGIN "
                "INSERT INTO seen (nr, document) VALUES (NEW.nr, NEW.document); END"
            )

    def effects(self) -> list[tuple[str, str]]:
        """Return customer and note of each effect, first done first."""
        with closing(sqlite3.connect(self._database, timeout=20)) as sql:
            found = sql.execute("SELECT nr, document FROM seen ORDER BY place").fetchall()
        return [(number.lstrip("0"), _note(document)) for number, document in found]


def _note(document: bytes) -> str:
    text = document.decode("utf-8", "replace")
    begin = text.find(":Notiz>")
    return text[begin + 7 : text.index("<", begin)] if begin >= 0 else ""


@dataclass(frozen=True, slots=True)
class Histories:
    """What became of changes: names by what is wrong with them."""

    lost: Sequence[str]
    doubled: Sequence[str]
    disordered: Sequence[str]


def judged(changes: Sequence[Change], erp: Sequence[tuple[str, str]], service: Sequence[tuple[str, str]]) -> Histories:
    """Hold what callers were told against what both sides did, in their order: (entity, name) each.

    Lost: done, and not at both sides. Doubled: twice at a side; at the ERP the same change once more, with no other in
    between, is none, since its operation is idempotent and the ERP has nothing to tell one from another by.
    Disordered: entities whose histories differ.
    """
    sides = {"erp": _by_entity(erp, again=True), "service": _by_entity(service, again=False)}
    lost = [
        f"{change.name} at {side}"
        for side, history in sides.items()
        for change in changes
        if change.done and change.name not in history.get(change.entity, [])
    ]
    doubled = [
        f"{name} at {side}"
        for side, history in sides.items()
        for names in history.values()
        for name, many in Counter(names).items()
        if many > 1
    ]
    entities = sorted(sides["erp"].keys() | sides["service"].keys())
    differ = [each for each in entities if sides["erp"].get(each) != sides["service"].get(each)]
    return Histories(lost, doubled, differ)


def _by_entity(effects: Iterable[tuple[str, str]], *, again: bool) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for entity, name in effects:
        if not (again and found[entity][-1:] == [name]):
            found[entity].append(name)
    return found
