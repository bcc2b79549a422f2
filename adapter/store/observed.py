"""What is seen while features move: added by workers in batches, read by the judge and by whoever operates it."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite

from adapter.rollout.evidence import Calls, Evidence, Failed, First, Noise
from adapter.rollout.rules import Side
from adapter.store.counted import count
from adapter.store.tables import OBSERVED

_CALLS, _UNITS, _FIRSTS, _STREAKS, _COMPARED, _MISMATCHES, _NOISE = (
    OBSERVED[f"rollout_{name}"] for name in ("calls", "units", "firsts", "streaks", "compared", "mismatches", "noise")
)
LATELY = 600.0
"""Seconds over which a rate is taken."""
MINUTES = 120.0
"""Seconds over which it is seen how often the ERP fails now."""
GONE = 30.0
"""Seconds after which a breaker that was seen open is not counted any more."""


@dataclass(frozen=True, slots=True)
class Streak:
    """What one process saw of the new service: when it last answered well, and the units that failed since."""

    process: str
    succeeded: float = 0.0
    failed: tuple[tuple[float, str], ...] = ()
    opened: float = 0.0


@dataclass(slots=True)
class Batch:
    """What one process saw of one feature since its last batch. Counts are by what they are counted by.

    ``calls``: (operation, side, minute, outcome, bound) -> how many. ``compared``: (operation, minute) -> compared,
    mismatched, dropped. ``mismatches``: (fingerprint, operation, pointer, kind) -> how many, first, last. ``noise``:
    (operation, pointer) -> pairs, candidate alone, legacy alone.
    """

    feature: str
    run: int
    calls: dict[tuple[str, str, int, str, int], int] = field(default_factory=dict)
    units: set[tuple[str, str]] = field(default_factory=set)
    firsts: list[First] = field(default_factory=list)
    streak: Streak | None = None
    compared: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    mismatches: dict[tuple[str, str, str, str], list[float]] = field(default_factory=dict)
    noise: dict[tuple[str, str], list[int]] = field(default_factory=dict)


def add(connection: Connection, batch: Batch) -> None:
    """Add a batch, in one transaction."""
    of = {"feature": batch.feature, "run": batch.run}
    fields = ("operation", "side", "minute", "outcome", "bound")
    calls = ({**of, **dict(zip(fields, key, strict=True)), "calls": many} for key, many in batch.calls.items())
    _added(connection, _CALLS, calls, ("calls",))
    _once(connection, _UNITS, ({**of, "unit": unit, "side": side} for unit, side in sorted(batch.units)))
    firsts = ({**of, "unit": e.unit, "side": e.side, "share": e.share, "time": e.time} for e in batch.firsts)
    _once(connection, _FIRSTS, firsts)
    if batch.streak is not None:
        _put_streak(connection, of, batch.streak)
    names = ("compared", "mismatched", "dropped")
    compared = (
        {**of, "operation": key[0], "minute": key[1], **dict(zip(names, many, strict=True))}
        for key, many in batch.compared.items()
    )
    _added(connection, _COMPARED, compared, names)
    columns = ("fingerprint", "operation", "pointer", "kind")
    groups = (
        {**of, **dict(zip(columns, key, strict=True)), "count": int(many), "first": first, "last": last}
        for key, (many, first, last) in batch.mismatches.items()
    )
    _added(connection, _MISMATCHES, groups, ("count",), latest="last")
    noise = (
        {**of, "operation": key[0], "pointer": key[1], "pairs": many[0], "candidate": many[1], "legacy": many[2]}
        for key, many in batch.noise.items()
    )
    _added(connection, _NOISE, noise, ("pairs", "candidate", "legacy"))


def merged(batch: Batch, old: Batch, most: int) -> set[tuple[str, str]]:
    """Add an older batch of the same run to a batch. Return the units and first failures beyond ``most``: not added."""
    for key, calls in old.calls.items():
        batch.calls[key] = batch.calls.get(key, 0) + calls
    for place, counts in old.compared.items():
        batch.compared[place] = _summed(batch.compared.get(place), counts)
    for pair, numbers in old.noise.items():
        batch.noise[pair] = _summed(batch.noise.get(pair), numbers)
    for group, (many, first, last) in old.mismatches.items():
        known = batch.mismatches.get(group, [0, first, last])
        batch.mismatches[group] = [known[0] + many, min(known[1], first), max(known[2], last)]
    batch.streak = batch.streak or old.streak
    room = max(0, most - len(batch.units))
    units = sorted(old.units - batch.units)
    batch.units |= set(units[:room])
    kept = max(0, most - len(batch.firsts))
    batch.firsts[:0] = old.firsts[:kept]
    return {*units[room:], *((each.unit, failed_at(each.share)) for each in old.firsts[kept:])}


def _summed(counts: list[int] | None, more: list[int]) -> list[int]:
    return more if counts is None else [one + other for one, other in zip(counts, more, strict=True)]


def failed_at(share: int) -> str:
    """Return by what a process remembers that a unit failed: once at each share."""
    return f"failed at {share}"


def evidence(connection: Connection, feature: str, run: int, now: float, since: float = 0.0) -> Evidence:
    """Return what was seen since a run began; lag and conflicts are for ``moving.copies`` to add.

    ``since`` is when the feature came to its present step.
    """

    def rows(table: Table, *more: Any) -> Sequence[Any]:
        wanted = select(table).where(table.c.feature == feature, table.c.run == run, *more)
        return connection.execute(wanted).all()

    units = select(_UNITS.c.side, func.count()).where(_UNITS.c.feature == feature, _UNITS.c.run == run)
    streak, opened = _merged(rows(_STREAKS), now)
    compared, lately = rows(_COMPARED), (now - LATELY) / 60
    groups = rows(_MISMATCHES)
    differing: dict[tuple[str, str], int] = {}
    for row in groups:
        place = row.operation, row.pointer
        differing[place] = differing.get(place, 0) + row._mapping["count"]  # a row's own "count" is that of a tuple
    return Evidence(
        run=run,
        failed=_failed(connection, feature, run),
        units={cast("Side", side): many for side, many in connection.execute(units.group_by(_UNITS.c.side))},
        calls=_calls(connection, feature, run),
        stepped=_calls(connection, feature, run, since),
        lately=_calls(connection, feature, run, now - MINUTES),
        streak=streak,
        opened=opened,
        compared=sum(r.compared for r in compared),
        mismatched=sum(r.mismatched for r in compared),
        rate=sum(r.compared for r in compared if r.minute >= lately) / LATELY,
        differing=differing,
        noise={(r.operation, r.pointer): Noise(r.pairs, r.candidate, r.legacy) for r in rows(_NOISE)},
    )


def pulse(connection: Connection, feature: str, run: int) -> Hashable:
    """Return what is another thing once anything was seen for which a feature may have to go back."""
    streaks = select(_STREAKS).where(_STREAKS.c.feature == feature, _STREAKS.c.run == run)
    failures = select(func.count()).where(_FIRSTS.c.feature == feature, _FIRSTS.c.run == run)
    seen = sorted((row.process, row.failed, row.opened) for row in connection.execute(streaks))
    return tuple(seen), connection.execute(failures).scalar_one()


def _failed(connection: Connection, feature: str, run: int) -> tuple[Failed, ...]:
    """Return how many units failed, by share, by side, and by the share at which they had failed before.

    As ``rollout.evalue.Known`` does it: whoever failed at the new service stays there, and counts once.
    """
    unit, share = _FIRSTS.c.unit, _FIRSTS.c.share
    known = func.coalesce(func.lag(share).over(partition_by=unit, order_by=share), 0).label("known")
    before = func.coalesce(func.lag(_FIRSTS.c.side).over(partition_by=unit, order_by=share), "").label("before")
    wanted = (_FIRSTS.c.feature == feature) & (_FIRSTS.c.run == run)
    each = select(_FIRSTS.c.share, _FIRSTS.c.side, known, before).where(wanted).subquery()
    groups = each.c.share, each.c.known, each.c.side
    counted = select(*groups, func.count()).where(each.c.before != "http").group_by(*groups)
    return tuple(sorted(Failed(share, known, side, many) for share, known, side, many in connection.execute(counted)))


def _calls(connection: Connection, feature: str, run: int, since: float = 0.0) -> Mapping[Side, Calls]:
    """Return the calls by side, since the minute in which a time is."""
    wanted = (_CALLS.c.feature == feature) & (_CALLS.c.run == run) & (_CALLS.c.minute >= since // 60)
    counted = select(_CALLS.c.side, _CALLS.c.outcome, func.sum(_CALLS.c.calls)).where(wanted)
    found: dict[Side, Calls] = {}
    for side, outcome, many in connection.execute(counted.group_by(_CALLS.c.side, _CALLS.c.outcome)):
        count(found, side, outcome, many)
    return found


def _merged(rows: Iterable[Any], now: float) -> tuple[tuple[str, ...], bool]:
    """Return the units that failed since the last success that any process saw, and whether a breaker is open."""
    seen = list(rows)
    last = max((row.succeeded for row in seen), default=0.0)
    failed = sorted((time, unit) for row in seen for time, unit in json.loads(row.failed) if time > last)
    return tuple(dict.fromkeys(unit for _, unit in failed)), any(now - row.opened < GONE for row in seen if row.opened)


def _put_streak(connection: Connection, of: Mapping[str, Any], streak: Streak) -> None:
    values = {
        "process": streak.process,
        "succeeded": streak.succeeded,
        "failed": json.dumps(streak.failed),
        "opened": streak.opened,
    }
    made = _insert(connection, _STREAKS).values({**of, **values})
    connection.execute(made.on_conflict_do_update(index_elements=["feature", "run", "process"], set_=values))


def _insert(connection: Connection, table: Table) -> Any:
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)


def _added(
    connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]], counts: Iterable[str], latest: str = ""
) -> None:
    """Add counts to what is there. Rows are taken in one order by every process, so that none waits in a circle."""
    values = sorted(rows, key=lambda row: [str(row[column.name]) for column in table.primary_key])
    if not values:
        return
    made = _insert(connection, table)
    changed = {name: table.c[name] + made.excluded[name] for name in counts}
    if latest:
        changed[latest] = made.excluded[latest]
    keys = [column.name for column in table.primary_key]
    connection.execute(made.on_conflict_do_update(index_elements=keys, set_=changed), values)


def _once(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    values = list(rows)
    if values:
        connection.execute(_insert(connection, table).on_conflict_do_nothing(), values)
