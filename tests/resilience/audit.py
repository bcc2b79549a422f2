"""What became of the writes: what callers were told, beside what the ERP did and what the store still holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tests.resilience.phone import Written

UNSETTLED: Final = ("sending", "delivering", "queued", "unknown")


@dataclass(frozen=True, slots=True)
class Row:
    """What the store holds of a write: its state and why, and whether somebody was told 202."""

    name: str
    state: str
    promised: bool
    cause: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Names of the writes of each kind of loss. ``writes`` is how many were tried."""

    writes: int
    acknowledged: int
    lost: Sequence[str]
    doubled: Sequence[str]
    disordered: Sequence[str]
    unsettled: Sequence[str]
    parked: Sequence[str]

    @property
    def ok(self) -> bool:
        """Whether nothing was lost, doubled, out of order or left open, and enough was acknowledged."""
        broken = (*self.lost, *self.doubled, *self.disordered, *self.unsettled)
        enough = self.acknowledged >= 0.95 * self.writes and len(self.parked) <= 0.01 * self.writes
        return self.writes > 0 and not broken and enough

    def text(self) -> str:
        """In the order of the promise: lost; doubled; order broken; unsettled; acknowledged; parked."""
        counts = "; ".join(str(len(each)) for each in (self.lost, self.doubled, self.disordered, self.unsettled))
        share, parked = 100 * self.acknowledged / max(1, self.writes), 100 * len(self.parked) / max(1, self.writes)
        return f"{counts}; {share:.2f} %; {parked:.2f} %"


def audited(writes: Sequence[Written], effects: Sequence[str], rows: Iterable[Row]) -> Verdict:
    """Hold what callers were told against the ERP. ``effects``: the name of each order it took, first taken first.

    A write is lost where its caller was told 2xx, the ERP never took it, and the store does not hold it as open or
    parked; what is still open counts as unsettled. Order is
    broken where a write was acknowledged before another of its entity was first sent, and the ERP took it later.
    """
    held = {row.name: row for row in rows}
    parked = sorted(name for name, row in held.items() if row.state == "parked")
    places: dict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(effects):
        places[name].append(place)
    told = [each for each in writes if each.acknowledged]
    return Verdict(
        writes=len(writes),
        acknowledged=len(told),
        lost=[each.name for each in told if each.name not in places and not _kept(held.get(each.name))],
        doubled=sorted(name for name, found in places.items() if len(found) > 1),
        disordered=_disordered(told, {name: found[0] for name, found in places.items()}),
        unsettled=sorted(name for name, row in held.items() if row.state in UNSETTLED),
        parked=parked,
    )


def _kept(row: Row | None) -> bool:
    """Whether the store still has it to do, or a person has: that is told apart from what is lost."""
    return row is not None and row.state in (*UNSETTLED, "parked")


def _disordered(told: Collection[Written], place: Mapping[str, int]) -> list[str]:
    """Return the writes that the ERP took before one of their entity that was acknowledged before they were sent."""
    of_entity: dict[str, list[Written]] = defaultdict(list)
    for each in told:
        if each.name in place:
            of_entity[each.entity].append(each)
    found = []
    for writes in of_entity.values():
        ended = sorted(writes, key=lambda each: each.acknowledged)
        latest, index = -1, 0
        for each in sorted(writes, key=lambda each: each.asked):
            while index < len(ended) and ended[index].acknowledged < each.asked:
                latest = max(latest, place[ended[index].name])
                index += 1
            if latest > place[each.name]:
                found.append(each.name)
    return found
