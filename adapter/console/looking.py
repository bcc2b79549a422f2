"""What the pages show: read in one look at the store, and kept, so that there is a last picture while it is silent."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from adapter.console.course import Burn, Course, Frame, burns, course, frame
from adapter.console.words import DAY
from adapter.errors import StoreUnavailable
from adapter.moving import examples
from adapter.moving.acting import Acting
from adapter.moving.examples import Shown
from adapter.moving.features import named
from adapter.moving.follow import Snapshot
from adapter.moving.looking import Seen
from adapter.store import Connection, Store, lagging, minutes, verdicts
from adapter.store.examples import Group
from adapter.store.lagging import Behind
from adapter.store.minutes import Tally
from adapter.store.verdicts import Kept
from adapter.vault import Vault

T = TypeVar("T")
FRESH: Final = 1.0
"""Seconds that a picture may be old which a page asks for again and again."""
_GROUPS: Final = 8
_EXAMPLES: Final = 2


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was compared since the evidence began, and what the judge said last of it.

    ``more``: comparisons that are missing, -1 where no number is enough, None where the judge said nothing about this
    run. ``rate``: comparisons a second. ``needs``: what a step forward needs, in words.
    """

    compared: int = 0
    differed: int = 0
    dropped: int = 0
    more: int | None = None
    rate: float = 0.0
    needs: tuple[str, ...] = ()
    judged: Kept | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One feature at a glance. ``course`` is that of the last hours."""

    seen: Seen
    evidence: Evidence
    frame: Frame
    burns: tuple[Burn, ...]
    behind: Behind


@dataclass(frozen=True, slots=True)
class Whole:
    """One feature, whole: how both sides did, and the groups of mismatches with a few examples of each."""

    card: Card
    course: Course
    groups: tuple[tuple[Group, tuple[Shown, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Picture(Generic[T]):
    """What was seen, and when. ``silent``: the store does not say what is now."""

    made: float
    seen: T
    snapshot: Snapshot
    silent: bool = False


@dataclass(slots=True)
class Looks:
    """Looks at the store for the pages of one process. ``snapshot`` is where features stand, and needs no store.

    ``vault`` opens examples of mismatches.
    """

    acting: Acting
    store: Callable[[], Store]
    vault: Callable[[], Vault]
    snapshot: Callable[[], Snapshot]
    now: Callable[[], float] = time.time
    _kept: dict[str, Picture[Any]] = field(default_factory=dict)

    def board(self, *, fresh: bool = True) -> Picture[tuple[Card, ...]] | None:
        """Return all features; None where the store is silent and never said anything. ``fresh``: as they are now."""
        return self._look("", self._board, fresh)

    def feature(self, name: str, *, fresh: bool = True) -> Picture[Whole] | None:
        """Return one feature. Raise 404 where there is none of this name."""
        named(self.acting.features, name)
        return self._look(name, lambda: self._feature(name), fresh)

    def _look(self, name: str, look: Callable[[], T], fresh: bool) -> Picture[T] | None:
        kept, now = self._kept.get(name), self.now()
        if kept is not None and not fresh and 0 <= now - kept.made < FRESH:
            return kept
        try:
            found = self._kept[name] = Picture(now, look(), self.snapshot())
        except StoreUnavailable:
            return Picture(kept.made, kept.seen, self.snapshot(), silent=True) if kept is not None else None
        return found

    def _board(self) -> tuple[Card, ...]:
        now, every = self.now(), self.acting.list()

        def read(connection: Connection) -> tuple[Card, ...]:
            begun, compared = minutes.begun(connection), minutes.compared(connection)
            found = []
            for seen in every:
                of = frame(begun.get(seen.standing.feature, 0.0), now)
                tallies = [each for each in counts(connection, of) if each.feature == seen.standing.feature]
                found.append(_card(connection, seen, of, tallies, compared, now))
            return tuple(found)

        frames: dict[Frame, list[Tally]] = {}

        def counts(connection: Connection, of: Frame) -> list[Tally]:
            if of not in frames:
                frames[of] = minutes.tallies(connection, of.since, of.minutes)
            return frames[of]

        return self.store().read(read)

    def _feature(self, name: str) -> Whole:
        now, seen = self.now(), self.acting.show(name)

        def read(connection: Connection) -> tuple[Card, Course, list[Group]]:
            begun = minutes.begun(connection).get(name, 0.0)
            of, near = frame(begun, now), frame(begun, now, DAY)
            tallies = minutes.tallies(connection, of.since, of.minutes, name)
            lately = minutes.tallies(connection, near.since, near.minutes, name)
            card = _card(connection, seen, of, tallies, minutes.compared(connection), now)
            return card, course(lately, near), examples.groups(connection, name, seen.standing.run)

        card, went, groups = self.store().read(read)
        return Whole(
            card, went, tuple((each, self._examples(name, seen.standing.run, each)) for each in groups[:_GROUPS])
        )

    def _examples(self, name: str, run: int, group: Group) -> tuple[Shown, ...]:
        if not group.examples:
            return ()
        return tuple(examples.shown(self.store(), self.vault(), name, run, group.fingerprint, _EXAMPLES))


def _card(
    connection: Connection,
    seen: Seen,
    of: Frame,
    tallies: list[Tally],
    compared: Mapping[tuple[str, int], tuple[int, int, int]],
    now: float,
) -> Card:
    standing, operations = seen.standing, seen.feature.operations
    counted = compared.get((standing.feature, standing.run), (0, 0, 0))
    evidence = _evidence(counted, verdicts.latest(connection, standing.feature), standing.epoch)
    behind = lagging.behind(connection, operations, now)
    return Card(seen, evidence, of, burns(tallies, of, operations), behind)


def _evidence(counted: tuple[int, int, int], judged: Kept | None, epoch: int) -> Evidence:
    """Return the evidence with what the judge said; a verdict about what does not stand any more says nothing."""
    if judged is None or judged.epoch != epoch:
        return Evidence(*counted, judged=judged)
    said = json.loads(judged.numbers).get("verdict", {})
    numbers, needs = said.get("numbers", {}), said.get("needs", ())
    more, rate = numbers.get("more"), numbers.get("rate", 0.0)
    return Evidence(*counted, more, rate, tuple(str(each["words"]) for each in needs), judged)
