"""The activities of the fault matrix, each told in a few words, so that they can be held against what is expected."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from tests.resilience import ledger
from tests.resilience.breaking import broken
from tests.resilience.cells import ACTS
from tests.resilience.journal import FIRST_PERSON
from tests.resilience.stand import Seen, Stand
from tests.stack import ROOT

NOT_FRESH: Final = 1.3
"""Seconds after which what was read is no longer fresh."""
DELIVERED: Final = 1.5
"""Seconds that ``adapter work`` has for a try while the fault lasts."""
HEALED: Final = 40.0
"""Seconds in which all must be settled once the fault is over."""
WRITES: Final = ("write", "queued", "delivery")
OLD: Final = "hit; ttl=-"
"""What Cache-Status has of an answer that was kept longer than it is fresh; ``fwd=stale`` is said of a new one."""
LEAKS: Final = re.compile(rb"<|Traceback|\.py\b|127\.0\.0\.1|SQL|psycopg|" + re.escape(str(ROOT).encode()))
"""What no problem may tell of what is behind the adapter."""
NOBODYS: Final = "sa_00000000_0000000000000000000000000000000000000000000"


COMPANIES: Final = [
    each["id"]
    for each in json.loads((ROOT / "ops" / "demo" / "customers.json").read_text("utf-8"))
    if each["kind"] == "company"
]


class NotWell(Exception):
    """Something was wrong before anything was broken."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked of the adapter, so that a dependency is on the way, and how effects are counted there."""

    read: str
    cached: Callable[[int], str]
    method: str
    path: Callable[[str], str]
    body: Callable[[str, str], Mapping[str, Any]]
    entity: Callable[[int], str]
    effects: Callable[[Stand, str, str], int]


def _order(name: str, entity: str) -> Mapping[str, Any]:
    return {"customer_id": entity, "note": name, "lines": [{"item_id": "A-00001", "quantity": "1"}]}


ORDERS: Final = Target(
    read="/v1/orders/500001",
    cached=lambda number: f"/v1/items/A-{number + 1:05d}",
    method="POST",
    path=lambda entity: "/v1/orders",
    body=_order,
    entity=lambda number: str(FIRST_PERSON + number),
    effects=lambda stand, name, entity: len([each for each in stand.journal.effects(name) if each.note == name]),
)
CUSTOMERS: Final = Target(
    read="/v1/customers/1",
    cached=lambda number: f"/v1/customers?limit={number + 2}",
    method="PATCH",
    path=lambda entity: f"/v1/customers/{entity}",
    body=lambda name, entity: {"kind": "company", "note": name},
    entity=lambda number: COMPANIES[number % len(COMPANIES)],
    effects=lambda stand, name, entity: int(stand.customer_note(entity) == name),
)


class Batch:
    """One dependency with one fault, and all activities while it lasts. ``number`` makes names and entities its own."""

    def __init__(self, stand: Stand, dependency: str, fault: str, number: int) -> None:
        self._stand, self._dependency, self._fault = stand, dependency, fault
        self._target = CUSTOMERS if dependency == "HTTP service" else ORDERS
        self._cached = self._target.cached(number)  # an answer that was once stale is not asked for again at once
        self._names = {act: f"m-{number}-{act}" for act in WRITES}
        self._entities = {act: self._target.entity(3 * number + index) for index, act in enumerate(WRITES)}

    def seen(self) -> dict[str, str]:
        """Prepare, break, act, look, heal, and look again; return what was seen of each activity."""
        stand = self._stand
        self._expect(200, stand.call("GET", self._cached))
        stand.worker.pause()
        try:
            self._expect(202, self._write("delivery", later=True))
            time.sleep(NOT_FRESH)
            with broken(stand, self._dependency, self._fault):
                stand.worker.go_on()
                seen = self._acts()
                time.sleep(DELIVERED)
                states = self._states()
                for act in WRITES:
                    told = f"{states.get(self._names[act], 'none')}; {self._effects(act)}"
                    seen[act] = f"{seen[act]}; {told}" if act in seen else told
        finally:
            stand.worker.go_on()
        broken_laws = self._healed()
        return {act: seen[act] + broken_laws.get(act, "") for act in ACTS}

    def _acts(self) -> dict[str, str]:
        acts: dict[str, Callable[[], str]] = {
            "read": lambda: _told(self._stand.call("GET", self._target.read)),
            "cached": lambda: _told(self._stand.call("GET", self._cached)),
            "write": lambda: _told(self._write("write")),
            "queued": lambda: _told(self._write("queued", later=True)),
            "key": self._key,
        }
        with ThreadPoolExecutor(len(acts)) as pool:
            running = {act: pool.submit(_caught, do) for act, do in acts.items()}
            return {act: each.result() for act, each in running.items()}

    def _key(self) -> str:
        good = self._stand.call("GET", self._target.read)
        bad = self._stand.call("GET", self._target.read, headers={"X-API-Key": NOBODYS})
        return f"{good.status}; {bad.status}"

    def _write(self, act: str, later: bool = False) -> Seen:
        name, entity = self._names[act], self._entities[act]
        fields = {"Idempotency-Key": f'"{name}"', **({"Prefer": "respond-async"} if later else {})}
        return self._stand.call(self._target.method, self._target.path(entity), self._target.body(name, entity), fields)

    def _states(self) -> dict[str, str]:
        found = ledger.rows(self._stand.seen_place(), self._names.values())
        return {row.name: row.state for row in found}

    def _effects(self, act: str) -> int:
        return self._target.effects(self._stand, self._names[act], self._entities[act])

    def _healed(self) -> dict[str, str]:
        """Repeat what was not acknowledged, wait until all is settled; return what is not as it has to be then."""
        until = time.monotonic() + HEALED
        wrong = {}
        for act in ("write", "queued"):
            while not 200 <= (answer := self._write(act, later=act == "queued")).status < 300:
                if time.monotonic() > until:
                    wrong[act] = f"; afterwards {_told(answer)}"
                    break
                time.sleep(0.3)
        ours = set(self._names.values())
        rows = ledger.settled(lambda: [row for row in ledger.rows(self._stand.place, ours) if row.name in ours], until)
        states = {row.name: row.state for row in rows}
        for act in WRITES:
            state, effects = states.get(self._names[act], "none"), self._effects(act)
            if (state, effects) != ("done", 1):
                wrong[act] = wrong.get(act, "") + f"; afterwards {state} with {effects}"
        return wrong

    def _expect(self, status: int, answer: Seen) -> None:
        if answer.status != status:
            raise NotWell(f"{self._dependency} × {self._fault}: not well before: {_told(answer)}")


def _caught(do: Callable[[], str]) -> str:
    try:
        return do()
    except OSError as error:
        return type(error).__name__


def _told(answer: Seen) -> str:
    marked = "stale" if OLD in answer.headers.get("cache-status", "") else ""
    leaks = "with a leak" if answer.status >= 400 and LEAKS.search(answer.body) else ""
    return " ".join(filter(None, (str(answer.status), answer.problem, marked, leaks)))
