"""Who may send a write: a row with its key is claimed, in one transaction, before anything is sent.

A row is in one pair of hands at a time, which ``owner`` names. Hands are empty again once the outcome is known, or
once the lease ran out: then nobody knows whether it was sent, and the row is ``unknown``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import Connection, func, select

from adapter.store.tables import WRITES
from adapter.store.writes import (
    CANCELLED,
    DISCARDED,
    DONE,
    OPEN,
    REFUSED,
    SENDING,
    UNKNOWN,
    Rest,
    Write,
    by_id,
    by_key,
    change,
    earlier,
    insert,
    write_of,
)

# The states that nothing follows. A row is forgotten some time after it came there, but for what nobody settled.
SETTLED = (DONE, REFUSED, CANCELLED)
_FORGOTTEN = (*SETTLED, DISCARDED, OPEN)
_LAST = 2**62
_NEVER = Rest()


@dataclass(frozen=True, slots=True)
class Claim:
    """What became of a claim. ``ours``: send it. ``theirs``: the row is somebody else's, or settled.

    ``reused``: the key stands for another request. ``earlier``: the row of another write of the same entity, which has
    to be settled before.
    """

    kind: Literal["ours", "theirs", "reused", "earlier"]
    row: Write


@dataclass(frozen=True, slots=True)
class Terms:
    """``lease``: seconds that hands are full at most; ``after``: until "not found" is believed; ``keep``: of a row.

    ``steady``: the time that nobody sets, of this machine, now.
    """

    lease: float
    after: float
    keep: float
    steady: Rest = _NEVER


def claim(connection: Connection, new: Write, now: float, terms: Terms) -> Claim:
    """Claim the row of a key, or make it. ``new`` has the state in which it is claimed, its owner and its lease."""
    found = by_key(connection, new.caller, new.operation, new.key) if new.key is not None else None
    if found is not None and found.state in _FORGOTTEN and _old(found, now, terms):
        connection.execute(WRITES.delete().where(WRITES.c.id == found.id, WRITES.c.state == found.state))
        found = None
    if found is None:
        before = earlier(connection, replace(new, sequence=_LAST))
        if before is not None and new.state == SENDING:
            return Claim("earlier", before)
        made = insert(connection, new)
        if made is not None:
            return Claim("ours", made)
        assert new.key is not None
        found = by_key(connection, new.caller, new.operation, new.key)
        if found is None:  # made and given back meanwhile
            return claim(connection, new, now, terms)
    if found.fingerprint != new.fingerprint:
        return Claim("reused", found)
    found = look(connection, found, now, terms)
    if found.state != OPEN:
        return Claim("theirs", found)
    before = earlier(connection, found)
    if before is not None and new.state == SENDING:
        return Claim("earlier", before)
    taken = _taken(connection, found, new, now)
    return Claim("ours", taken) if taken is not None else Claim("theirs", by_id(connection, found.id) or found)


def _old(row: Write, now: float, terms: Terms) -> bool:
    """Whether a row was kept long enough, also where the clock was set forward since."""
    ours = row.boot == terms.steady.boot
    return row.changed + terms.keep <= now and not (ours and row.until - row.span + terms.keep > terms.steady.until)


def _taken(connection: Connection, row: Write, new: Write, now: float) -> Write | None:
    """Take an open row into new hands. None: somebody was faster."""
    wanted = (WRITES.c.id == row.id) & (WRITES.c.state == OPEN) & (WRITES.c.owner == row.owner)
    values = {"state": new.state, "owner": new.owner, "lease": new.lease, "changed": now, "cause": ""}
    values |= {"promised": new.promised, "due": new.due, "boot": new.boot, "until": new.until, "span": new.span}
    taking = WRITES.update().where(wanted).values(attempts=row.attempts + 1, **values).returning(WRITES)
    found = connection.execute(taking).one_or_none()
    return None if found is None else write_of(found)


def look(connection: Connection, row: Write, now: float, terms: Terms) -> Write:
    """Return a row as it has to be taken now: one whose lease ran out is unknown.

    A lease, or a time until which is waited, that is further away than either can be was written by a clock that was
    set back since: it begins anew.
    """
    if row.state == SENDING and row.lease <= now:
        return lost(connection, row, now, terms.after) or row
    if row.state == SENDING and row.lease > now + terms.lease:
        return change(connection, row.id, (SENDING,), now, owner=row.owner, lease=now + terms.lease) or row
    if row.state == UNKNOWN and row.due > now + max(terms.after, terms.lease):
        return change(connection, row.id, (UNKNOWN,), now, owner=row.owner, due=now + terms.after) or row
    return row


def lost(
    connection: Connection,
    row: Write,
    now: float,
    after: float,
    cause: str = "the lease ran out",
    rest: Rest | None = None,
) -> Write | None:
    """Say of a row in somebody's hands that its outcome is unknown. None: it is settled, or in other hands.

    ``rest``: from whoever saw the try end. Where the lease ran out nobody did, and what the row has stays.
    """
    values = {"due": now + after, "lease": 0.0, "cause": cause} | (rest.columns() if rest is not None else {})
    return change(connection, row.id, (SENDING,), now, owner=row.owner, state=UNKNOWN, **values)


def settle(connection: Connection, row: Write, now: float, state: str, answer: bytes) -> Write | None:
    """Keep the first answer of a row. An answer of the ERP's is true even if the lease ran out meanwhile.

    None: the row is in other hands, or settled.
    """
    expected = (SENDING, UNKNOWN, OPEN)
    return change(connection, row.id, expected, now, owner=row.owner, state=state, answer=answer, lease=0.0, cause="")


def give_back(connection: Connection, row: Write, now: float) -> None:
    """Say that nothing was sent: a row that was sent before stays open, any other was never there."""
    if row.attempts:
        change(connection, row.id, (SENDING,), now, owner=row.owner, state=OPEN, lease=0.0)
    else:
        mine = (WRITES.c.id == row.id) & (WRITES.c.state == SENDING) & (WRITES.c.owner == row.owner)
        connection.execute(WRITES.delete().where(mine))


def after_unknown(
    connection: Connection,
    row: Write,
    now: float,
    state: str,
    *,
    answer: bytes = b"",
    cause: str = "",
    due: float = 0.0,
) -> Write | None:
    """Move a row on from unknown, where it is still the same try: done, open, queued, parked, or unknown for longer."""
    return change(
        connection, row.id, (UNKNOWN,), now, owner=row.owner, state=state, answer=answer, cause=cause, due=due
    )


def twins(connection: Connection, row: Write) -> int:
    """Count other rows of the operation that carry the same reference: what is found by it may be theirs."""
    wanted = (WRITES.c.operation == row.operation) & (WRITES.c.reference == row.reference) & (WRITES.c.id != row.id)
    return int(connection.execute(select(func.count()).select_from(WRITES).where(wanted)).scalar_one())


def forget(connection: Connection, before: float, most: int = 1000, *, steady: Rest = _NEVER) -> int:
    """Delete rows that came to their end before a time, ``most`` at once. Return how many.

    ``steady``: the same moment by the time that nobody sets: one of this machine's that was sent after it stays.
    """
    young = (WRITES.c.boot == steady.boot) & (WRITES.c.until - WRITES.c.span > steady.until)
    ended = WRITES.c.state.in_(_FORGOTTEN) & (WRITES.c.changed <= before)
    old = select(WRITES.c.id).where(ended, ~young).limit(most)
    return connection.execute(WRITES.delete().where(WRITES.c.id.in_(old))).rowcount
