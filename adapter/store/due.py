"""What is to be done with rows of writes, and how many there are: what those ask who deliver and look after them.

Rule: of one entity only the oldest open row is due; one that is parked stands in the way until a person has decided.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, case, exists, func, or_, select

from adapter.store.tables import WRITES
from adapter.store.writes import (
    BEFORE,
    CANCELLED,
    DELIVERING,
    DISCARDED,
    DONE,
    OPEN,
    QUEUED,
    REFUSED,
    SENDING,
    UNKNOWN,
    Rest,
    Write,
    by_id,
    change,
    write_of,
)

ENDED = (DONE, REFUSED, CANCELLED, DISCARDED)
"""States that nothing comes after."""
_IN_THE_WAY = (SENDING, *BEFORE)
_SLACK = 60.0
_NO_REST = Rest()


@dataclass(frozen=True, slots=True)
class Depth:
    """How many rows are in a state, and when the oldest of them was made; of one operation."""

    state: str
    operation: str
    rows: int
    oldest: float


def due(connection: Connection, now: float, most: int, paused: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return id and entity of rows that have something to be done now, the oldest first.

    What became of an unknown one is found out whatever else its entity waits for: only asking is due. ``paused``:
    operations of which none is sent now.
    """
    sent = (WRITES.c.state == QUEUED) & ~_blocked()
    if paused:
        sent &= WRITES.c.operation.not_in(paused)
    ready = or_(sent, WRITES.c.state == UNKNOWN)
    found = (
        select(WRITES.c.id, WRITES.c.entity)
        .where(WRITES.c.state.in_((QUEUED, UNKNOWN)), WRITES.c.due <= now, ready)
        .order_by(WRITES.c.sequence)
        .limit(most)
    )
    return [(row.id, row.entity) for row in connection.execute(found)]


def following(connection: Connection, row: Write, now: float) -> str:
    """Return the id of the oldest queued row of a row's entity, if it is due; "" for none. ``take`` looks closer."""
    queued = (WRITES.c.entity == row.entity) & (WRITES.c.state == QUEUED)
    found = connection.execute(select(WRITES.c.id, WRITES.c.due).where(queued).order_by(WRITES.c.sequence).limit(1))
    first = found.one_or_none()
    return first.id if first is not None and first.due <= now else ""


def _blocked() -> ColumnElement[bool]:
    """Whether an earlier row of the same entity is still open."""
    earlier = WRITES.alias("earlier")
    same = (earlier.c.entity == WRITES.c.entity) & (earlier.c.sequence < WRITES.c.sequence)
    return (WRITES.c.entity != "") & exists().where(same, earlier.c.state.in_(_IN_THE_WAY))


def take(connection: Connection, id: str, owner: str, now: float, lease: float, rest: Rest = _NO_REST) -> Write | None:
    """Claim a queued row that is due, and that no earlier one of its entity stands in the way of.

    None where somebody else was first, or it is not due any more. ``lease``: until when it is ours.
    ``rest``: when the try that begins so is over.
    """
    wanted = (WRITES.c.id == id) & (WRITES.c.state == QUEUED) & (WRITES.c.due <= now) & ~_blocked()
    if connection.execute(select(WRITES.c.id).where(wanted)).one_or_none() is None:
        return None
    held = {"state": DELIVERING, "owner": owner, "lease": lease, "attempts": WRITES.c.attempts + 1, "changed": now}
    held |= rest.columns()
    mine = (WRITES.c.id == id) & (WRITES.c.state == QUEUED)
    taken = connection.execute(WRITES.update().where(mine).values(held).returning(WRITES)).one_or_none()
    return write_of(taken) if taken is not None else None


def promise(connection: Connection, row: Write, now: float, *, queue: bool) -> Write | None:
    """Promise a row that is being sent: it goes on so, or is queued where nothing was sent. None: it has ended."""
    if not queue:
        return change(connection, row.id, (SENDING,), now, owner=row.owner, promised=True)
    return change(connection, row.id, (SENDING,), now, owner=row.owner, state=QUEUED, promised=True, due=now, lease=0.0)


def still_promised(connection: Connection, row: Write, now: float) -> bool:
    """Queue a row that nothing was sent of, where it was promised while it was tried. Return whether it was."""
    found = by_id(connection, row.id)
    return found is not None and found.promised and promise(connection, row, now, queue=True) is not None


def settle(
    connection: Connection,
    row: Write,
    now: float,
    state: str,
    *,
    answer: bytes = b"",
    cause: str = "",
    due: float = 0.0,
    rest: Rest | None = None,
) -> Write | None:
    """Say what became of a delivery. What the ERP answered is true even if the lease ran out meanwhile.

    None: the row is in other hands, or settled. ``rest``: when an unknown one is over.
    """
    expected = (DELIVERING, UNKNOWN, QUEUED) if answer else (DELIVERING,)
    return change(
        connection, row.id, expected, now,
        owner=row.owner, state=state, answer=answer, cause=cause, due=due, lease=0.0,
        **(rest.columns() if rest is not None else {}),
    )  # fmt: skip


def give_back(connection: Connection, row: Write, now: float, cause: str, due: float) -> Write | None:
    """Say of a delivery that nothing was sent, so that it counts for none; it is due again later."""
    attempts = max(0, row.attempts - 1)
    return change(
        connection, row.id, (DELIVERING,), now,
        owner=row.owner, state=QUEUED, cause=cause, due=due, lease=0.0, attempts=attempts,
    )  # fmt: skip


def lost(connection: Connection, row: Write, now: float, after: float) -> Write | None:
    """Say of a row whose lease ran out that its outcome is unknown. None: it is settled, or in other hands."""
    cause = "the lease ran out"
    return change(
        connection, row.id, (SENDING, DELIVERING), now,
        owner=row.owner, state=UNKNOWN, due=now + after, lease=0.0, cause=cause,
    )  # fmt: skip


def astray(connection: Connection, now: float, lease: float, pause: float) -> bool:
    """Whether a row was changed later than now, or has a lease or a wait longer than any: a clock was set back."""
    return connection.execute(select(WRITES.c.id).where(or_(*_astray(now, lease, pause))).limit(1)).first() is not None


def brought_back(connection: Connection, now: float, lease: float, pause: float) -> None:
    """Let begin anew a lease, or a wait, that a clock wrote which was set back since.

    "Not there" is believed of an unknown row no sooner than it would have been.
    """
    held, waiting = _astray(now, lease, pause)
    wait = case((WRITES.c.due > WRITES.c.changed, WRITES.c.due - WRITES.c.changed), else_=0.0)
    again = case((wait > pause, now), (WRITES.c.changed > now, now + wait), else_=now)
    connection.execute(WRITES.update().where(held).values(lease=now + lease, changed=now))
    connection.execute(WRITES.update().where(waiting).values(due=again, changed=now))


def _astray(now: float, lease: float, pause: float) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    ahead = WRITES.c.changed > now + _SLACK
    held = WRITES.c.state.in_((SENDING, DELIVERING)) & ((WRITES.c.lease > now + lease + _SLACK) | ahead)
    waits = WRITES.c.state.in_((QUEUED, UNKNOWN)) & (WRITES.c.due > now)
    return held, waits & ((WRITES.c.due > now + pause + _SLACK) | ahead)


def depths(connection: Connection) -> list[Depth]:
    """Return how many rows there are, by state and operation, but for those that have ended."""
    found = (
        select(WRITES.c.state, WRITES.c.operation, func.count(), func.min(WRITES.c.created))
        .where(WRITES.c.state.not_in((*ENDED, OPEN)))
        .group_by(WRITES.c.state, WRITES.c.operation)
    )
    return [Depth(*row) for row in connection.execute(found)]


def listed(connection: Connection, states: Collection[str], operation: str, before: float, most: int) -> list[Write]:
    """Return rows of some states, of one operation ("" for any), made before a moment; the oldest first."""
    wanted = WRITES.c.state.in_(states) & (WRITES.c.created <= before)
    if operation:
        wanted &= WRITES.c.operation == operation
    found = select(WRITES).where(wanted).order_by(WRITES.c.sequence).limit(most)
    return [write_of(row) for row in connection.execute(found)]


def cancel(connection: Connection, id: str, caller: str, now: float) -> tuple[Write | None, bool]:
    """Cancel a row that is still queued: a caller's own, or one that nobody in particular made.

    Return it as it is then, and whether it was cancelled now.
    """
    row = by_id(connection, id)
    if row is None or row.caller not in ("", caller):
        return None, False
    changed = change(connection, id, (QUEUED,), now, state=CANCELLED)
    return (changed, True) if changed is not None else (by_id(connection, id), False)
