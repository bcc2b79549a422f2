"""The judge at work: looks at each feature again and again, keeps its verdicts, and acts where the plan lets it.

Rule 1: what may lead back is looked at four times a second, whenever a failure was told; the rest every few seconds.
Rule 2: with ``judge: advise`` nothing is done, and what should be done is told: back aloud, as long as it is so.
Rule 3: several processes may judge. Each change is compared and swapped, so of two one wins, and the other sees it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Protocol

from adapter.errors import RequestError, StoreUnavailable
from adapter.moving.acting import Acting, Wish
from adapter.moving.features import Feature
from adapter.moving.judged import judged, kept
from adapter.rollout.moves import JUDGE
from adapter.rollout.stages import Standing
from adapter.rollout.verdict import Record
from adapter.store import Connection, Store, forgotten, observed, rollouts, verdicts

EVERY: Final = 0.25
"""Seconds between two looks."""
WHOLE: Final = 5.0
"""Seconds between two looks at everything, whatever was told."""
FORGET: Final = 3600.0
KEEP: Final = 7 * 86400.0
"""Seconds that runs that are over, and verdicts that nobody acted on, are kept."""
KEEP_CALLS: Final = 400 * 86400.0
_NOTHING_TO_JUDGE: Final = ("legacy", "complete")


class Told(Protocol):
    """Who is told what the judge says (``telemetry.judging``)."""

    def judged(self, feature: str, kind: str, numbers: Mapping[str, float]) -> None:
        """Show what it says now; "" and no numbers where there is nothing to judge any more."""

    def back(self, feature: str, cause: str, verdict: str, *, done: bool) -> None:
        """Say aloud that a feature was moved back, or should be."""

    def forward(self, feature: str, verdict: str) -> None:
        """Say that a feature was moved on."""

    def held(self, feature: str, action: str, problem: str) -> None:
        """Say why what the judge wanted was not done."""


@dataclass(slots=True)
class _Last:
    """What was seen of a feature the last time, and ``said``: the epoch and the cause by what was said."""

    standing: Standing
    pulse: Hashable
    whole: float
    said: dict[str, tuple[int, str]] = field(default_factory=dict)


class Judging:
    """Judges the features of a project. ``now`` is the wall clock of evidence; ``clock`` measures rhythms."""

    def __init__(
        self,
        store: Callable[[], Store],
        features: Mapping[str, Feature],
        told: Told,
        now: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.features = features
        self._store, self._told, self._now, self._clock = store, told, now, clock
        self._acting = Acting(store, features, now)
        self._last: dict[str, _Last] = {}
        self._not_before = 0.0

    def look(self, feature: Feature) -> None:
        """Judge a feature, if there is something new about it, or its time has come. Raise StoreUnavailable."""
        if self._clock() < self._not_before:
            return
        try:
            record = self._judged(feature)
            if record is None:
                return
            new = kept(record)
            id = self._store().run(lambda connection: verdicts.put(connection, new))
            if id is not None:  # else it has moved meanwhile
                self._tell(feature, record, id)
        except StoreUnavailable:
            self._not_before = self._clock() + WHOLE
            self._last.pop(feature.name, None)
            raise

    def forget(self) -> None:
        """Remove what nobody decides from any more; count old calls together, a span in each transaction."""
        now = self._now()

        def act(connection: Connection) -> None:
            forgotten.runs(connection, now - KEEP)
            forgotten.calls(connection, now - KEEP_CALLS)
            verdicts.forget(connection, now - KEEP)

        self._store().run(act)
        while (span := self._store().read(lambda connection: forgotten.unfolded(connection, now))) is not None:
            self._store().run(partial(forgotten.fold, span=span))

    def _judged(self, feature: Feature) -> Record | None:
        """Return a verdict; None where nothing is to be judged, or nothing is new and the whole is not due."""

        def read(connection: Connection) -> tuple[_Last, Record | None] | None:
            standing = rollouts.of(connection, feature.name)
            if standing.stage in _NOTHING_TO_JUDGE:
                return None
            pulse, before = observed.pulse(connection, feature.name, standing.run), self._last.get(feature.name)
            same = before is not None and before.standing == standing and before.pulse == pulse
            if before is not None and same and self._clock() < before.whole:
                return before, None
            said = {} if before is None else before.said
            last = _Last(standing, pulse, self._clock() + WHOLE, said)
            return last, judged(connection, feature, standing, self._now())

        found = self._store().read(read)
        if found is None:
            if self._last.pop(feature.name, None) is not None:
                self._told.judged(feature.name, "", {})
            return None
        self._last[feature.name], record = found
        return record

    def _tell(self, feature: Feature, record: Record, id: str) -> None:
        """Say what the verdict is, and do it where the plan lets the judge."""
        verdict, standing = record.verdict, record.standing
        self._told.judged(feature.name, verdict.kind, verdict.numbers)
        automatic = feature.rule.judge == "automatic"
        if verdict.kind != "back":
            self._last[feature.name].said.pop("back", None)
        if verdict.kind == "back":
            done = automatic and not verdict.needs and self._act("rollback", standing, id, verdict.cause)
            if done or self._new(standing, "back", verdict.cause):
                self._told.back(feature.name, verdict.cause, id, done=done)
        elif verdict.kind == "forward" and automatic and self._act("advance", standing, id, "enough was seen"):
            self._told.forward(feature.name, id)

    def _act(self, action: str, standing: Standing, id: str, reason: str) -> bool:
        """Move a feature, if it stands where it was judged. What people have to do is not done, and told once."""
        wish = Wish(standing.feature, JUDGE, reason, standing.epoch, id)
        try:
            if action == "rollback":
                self._acting.rollback(wish)
            else:
                self._acting.advance(wish)
        except StoreUnavailable:
            raise
        except RequestError as error:
            problem = str(error.members.get("kind", error.problem))
            if self._new(standing, action, problem):
                self._told.held(standing.feature, action, problem)
            return False
        return True

    def _new(self, standing: Standing, what: str, why: str) -> bool:
        """Whether this was not what was said last of a feature at its epoch."""
        said = self._last[standing.feature].said
        new, said[what] = said.get(what) != (standing.epoch, why), (standing.epoch, why)
        return new
