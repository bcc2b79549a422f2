"""Reading both sides of an entity, and saying where they differ though nothing is on its way: that is a drift.

Rule 1: an entity of which anything is open, or was written while it was read, is not judged: it is busy.
Rule 2: what the side has that the say is at is right. A repair is one more copy of it, behind all others, and only
        where nothing was written since it was read.
Rule 3: nobody is a writer here but the copy: it is delivered, retried and parked like any other.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from adapter.deliver import kept
from adapter.deliver.keeping import Keeping
from adapter.deliver.way import Unsettled
from adapter.errors import RequestError, VaultError
from adapter.mapping.bound import Endpoint
from adapter.messages import Handler, Request
from adapter.moving.placing import Placing, folded, line_of
from adapter.moving.repairs import Repairs
from adapter.moving.ways import body_of, read_one
from adapter.rollout import stages
from adapter.rollout.compare import Comparer
from adapter.rollout.differences import Difference
from adapter.rollout.rules import Side
from adapter.rollout.stages import Standing
from adapter.store import copies, drifts, rollouts
from adapter.store.drifts import Drift, Rows
from adapter.store.writes import QUEUED, Write

SECONDS = 10.0
"""Seconds that one read may take."""
PAGE = 100
MOST = 1000
"""Entities that are looked at again by the clock."""
Has = Mapping[Side, dict[str, Any] | None]
"""What each side has of an entity."""
Outcome = Literal["same", "drift", "busy", "repaired", "unrepaired"]


@dataclass(frozen=True, slots=True)
class Both:
    """What is read of a feature: its operation ``read``, and ``list`` where it has one that tells pages by numbers.

    Their handlers ask the side of the request. ``names`` are the operations that write and move, by their verbs.
    """

    reads: Endpoint
    read: Handler
    lists: Endpoint | None
    list: Handler | None
    place: Placing
    repairs: Repairs


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found of one entity. ``id`` is what the feature's key says, and somebody's."""

    id: str
    outcome: Outcome
    drift: Drift | None = None
    differences: tuple[Difference, ...] = ()


class Reconciler:
    """Compares the sides of one feature."""

    def __init__(self, both: Both, keeping: Keeping, comparer: Comparer, clock: Callable[[], float] = time.monotonic):
        self.feature = both.place.feature
        self._both, self._keeping, self._comparer, self._clock = both, keeping, comparer, clock
        (self._key,) = (field.name for field in both.reads.path_parameters())

    def look(self, id: str, *, mend: bool = False) -> Looked:
        """Read one entity at both sides, and keep what is found. ``mend``: make a copy where they differ.

        Raise RequestError where a side cannot be read.
        """
        keeping = self._keeping
        pseudonym = keeping.vault.pseudonym("entity", line_of(self.feature, id))
        before = keeping.store.read(lambda connection: drifts.rows_of(connection, pseudonym))
        standing = keeping.store.read(lambda connection: rollouts.of(connection, self.feature))
        if before.open:
            return Looked(id, "busy")
        has: Has = {"soap": self._read(id, "soap"), "http": self._read(id, "http")}
        if keeping.store.read(lambda connection: drifts.rows_of(connection, pseudonym)) != before:
            return Looked(id, "busy")
        differences = self._differ(has)
        if not differences:
            keeping.store.run(lambda connection: drifts.forget(connection, self.feature, pseudonym))
            return Looked(id, "same")
        drift = self._drift(pseudonym, differences, has, self._say(standing, id))
        outcome: Outcome = "drift"
        if mend:
            outcome = "repaired" if self._mended(drift, standing, id, has, before) else "unrepaired"
            drift = replace(drift, repaired=outcome == "repaired")
        keeping.store.run(lambda connection: drifts.note(connection, drift, keeping.now()))
        return Looked(id, outcome, drift, differences)

    def now(self) -> float:
        """Return the time on the wall."""
        return self._keeping.now()

    def recent(self, since: float, most: int) -> list[str]:
        """Return what was written since a moment, each once."""
        found = self._keeping.store.read(lambda connection: copies.written(connection, self.feature, since, most))
        return list(dict.fromkeys(id for id in map(self.id_of, found) if id))

    def everything(self) -> Iterator[str]:
        """Yield what either side lists, each once, page by page. Raise LookupError where there is no such list."""
        seen: set[str] = set()
        for side in ("soap", "http"):
            for id in self._listed(side):
                if id not in seen:
                    seen.add(id)
                    yield id

    def id_of(self, row: Write) -> str:
        """Return which entity a row is about, "" where nobody can say any more."""
        try:
            request = kept.unpacked(self._keeping.open(row, "request"), self._clock())
            return str(request.path.get(self._key) or body_of(request.body).get(self._key) or "")
        except (VaultError, kept.Corrupt, Unsettled):
            return ""

    def _read(self, id: str, side: Side) -> dict[str, Any] | None:
        return read_one(self._both.read, self._both.reads, self._asked(self._both.reads, side), {self._key: id})

    def _listed(self, side: Side) -> Iterator[str]:
        lists, ask = self._both.lists, self._both.list
        if lists is None or ask is None:
            raise LookupError(f"{self.feature} has no operation 'list' whose pages have numbers")
        offset = 0
        while True:
            query = (("limit", str(PAGE)), ("offset", str(offset)))
            body = kept.whole(ask(replace(self._asked(lists, side), query=query))).body
            assert isinstance(body, bytes)
            items = body_of(body).get("items", [])
            yield from (str(item[self._key]) for item in items if self._key in item)
            offset += len(items)
            if not items:
                return

    def _asked(self, endpoint: Endpoint, side: Side) -> Request:
        return Request(
            endpoint.name, str(uuid.uuid4()), self._clock() + SECONDS, endpoint.method, kind="shadow", side=side
        )

    def _differ(self, has: Has) -> tuple[Difference, ...]:
        legacy, candidate = has["soap"], has["http"]
        if legacy is not None and candidate is not None:
            return self._comparer.differences(legacy, candidate)
        if legacy is None and candidate is None:
            return ()
        there, gone = "there", "not there"
        return (Difference("", "status", there if legacy else gone, there if candidate else gone),)

    def _drift(self, entity: str, differences: tuple[Difference, ...], has: Has, say: Side) -> Drift:
        if has["soap"] is not None and has["http"] is not None:
            pointers = tuple(dict.fromkeys(each.shape for each in differences))
            return Drift(self.feature, entity, "value", pointers)
        return Drift(self.feature, entity, "extra" if has[say] is None else "missing")

    def _say(self, standing: Standing, id: str) -> Side:
        return self._both.place.side(standing, folded(id))[1]

    def _mended(self, drift: Drift, standing: Standing, id: str, has: Has, seen: Rows) -> bool:
        """Make a copy of what the authority has. False: nothing can write it, or somebody wrote meanwhile."""
        keeping, say = self._keeping, self._say(standing, id)
        right, target = has[say], stages.other(say)
        made = self._both.repairs.request(id, right, has[target], target) if right is not None else None
        if made is None or not stages.copied(standing):
            return False
        subject, now = keeping.vault.subject(id), keeping.now()
        row = Write(
            "", made.operation, QUEUED, now, entity=drift.entity, subject=subject, promised=True, due=now,
            target=target, copy=True,
        )  # fmt: skip
        row = replace(row, request=keeping.seal(row, "request", kept.packed(made)))
        return keeping.store.run(lambda connection: drifts.repair(connection, row, seen)) is not None


def looked(reconciler: Reconciler, ids: Iterable[str], *, mend: bool) -> Iterator[Looked]:
    """Look at entities, one after the other. What a side does not answer is busy: it is looked at another time."""
    for id in ids:
        try:
            yield reconciler.look(id, mend=mend)
        except (RequestError, Unsettled):
            yield Looked(id, "busy")


def again(reconciler: Reconciler, seconds: float) -> int:
    """Look at what was written lately; return how many of them differ."""
    ids = reconciler.recent(reconciler.now() - 2 * seconds, MOST)
    return sum(each.drift is not None for each in looked(reconciler, ids, mend=False))
