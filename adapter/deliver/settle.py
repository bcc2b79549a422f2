"""What becomes of a row whose outcome is unknown: settled by what the ERP says, or left to a person. Never guessed.

::

    unknown -> done      the ERP has it
            -> open      it has not, and the next request with the key may send
            -> queued    it has not, and 202 was promised
            -> parked    nobody can say, or the ERP refuses to
            -> unknown   it could not be asked yet, or "not there" is not believed yet

Web and ``adapter work`` call the same function; whoever comes second changes nothing.
"""

from __future__ import annotations

import math

from adapter.deliver import kept
from adapter.deliver.backoff import after_attempt
from adapter.deliver.copying import copy_of
from adapter.deliver.keeping import Keeping
from adapter.deliver.way import Unsettled, Way
from adapter.errors import BackendFault, RequestError, VaultError
from adapter.store import Connection, claiming, writes
from adapter.store.fence import Copy
from adapter.store.writes import DONE, OPEN, PARKED, QUEUED, UNKNOWN, Write

__all__ = ["MARGIN", "REFUSING", "Keeping", "believed_in", "seconds", "settle"]

MARGIN = 3.0
"""Seconds that a lease is longer than its request may take."""
REFUSING = 600.0
"""Seconds after which an ERP that answers, and will not say what became of a write, is not asked any more."""
_PAUSE = 2.0


def settle(keeping: Keeping, way: Way, row: Write, deadline: float) -> Write:
    """Find out once, before the deadline, what became of an unknown row, and return it as it is then."""
    way = way.at(row.target)
    if way.resolve is None:
        if not way.repeatable:
            return _moved(keeping, row, PARKED, "nothing says how to find out")
        return _again(keeping, way, row)
    asked, left = keeping.now(), keeping.steady.left(row, way.after)
    try:
        if row.reference and keeping.store.read(lambda connection: claiming.twins(connection, row)):
            raise Unsettled("other writes have the same reference")
        request = way.to(kept.unpacked(keeping.open(row, "request"), deadline), row.id, row.target)
        found = way.resolve(request)
        if found is not None:
            return _done(keeping, way, row, kept.answer(kept.whole(found)))
    except (Unsettled, kept.Corrupt) as error:
        return _moved(keeping, row, PARKED, str(error))
    except VaultError as error:
        return _moved(keeping, row, *((UNKNOWN if error.kind == "secret" else PARKED), str(error)))
    except RequestError as error:
        refuses = isinstance(error, BackendFault) and asked - row.created > REFUSING
        return _moved(keeping, row, PARKED if refuses else UNKNOWN, f"resolve: {error}")
    if asked < row.due:
        return row
    if left > 0:  # the clock was set forward since, or it is not the one that wrote this
        return _moved(keeping, row, UNKNOWN, row.cause, pause=left)
    return _again(keeping, way, row)


def believed_in(keeping: Keeping, way: Way, row: Write) -> float:
    """Return in how many seconds "not there" is believed of an unknown row."""
    return max(0.0, row.due - keeping.now(), keeping.steady.left(row, way.after))


def _again(keeping: Keeping, way: Way, row: Write) -> Write:
    """Let it be sent again: by the next request with its key, or by us, later each time where it was promised.

    What it has waited until "not there" was believed counts as waiting. Where its feature moves, one that nobody can
    ask about is sent again by us: were it done and forgotten, the other side would never get it.
    """
    if not row.promised and (way.moving is None or way.resolve is not None):
        return _moved(keeping, row, OPEN, "")
    pause = max(0.0, after_attempt(row.attempts, 0.0) - way.after) if row.attempts else 0.0
    return _moved(keeping, row, QUEUED, row.cause, pause=pause)


def _done(keeping: Keeping, way: Way, row: Write, answer: bytes) -> Write:
    return _moved(
        keeping, row, DONE, "", keeping.seal(row, "answer", answer), copy=copy_of(keeping, way, row, DONE, answer)
    )


def _moved(
    keeping: Keeping,
    row: Write,
    state: str,
    cause: str,
    answer: bytes = b"",
    pause: float = 0.0,
    copy: Copy | None = None,
) -> Write:
    now = keeping.now()
    due = max(row.due, now + max(_PAUSE, pause)) if state == UNKNOWN else now + pause if state == QUEUED else 0.0

    def act(connection: Connection) -> Write:
        moved = claiming.after_unknown(connection, row, now, state, answer=answer, cause=cause, due=due, copy=copy)
        return moved or writes.by_id(connection, row.id) or row

    moved = keeping.store.run(act)
    if moved.state != UNKNOWN:
        keeping.count(row.operation, f"resolved_{moved.state}")
    return moved


def seconds(delay: float) -> str:
    """Return a delay as Retry-After has it (RFC 9110, section 10.2.3): whole seconds, one at least."""
    return str(max(1, math.ceil(delay)))
