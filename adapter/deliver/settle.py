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
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from adapter.deliver import kept
from adapter.deliver.backoff import after_attempt
from adapter.deliver.steady import Steady
from adapter.deliver.way import Unsettled, Way
from adapter.errors import BackendFault, RequestError, VaultError
from adapter.messages import Response
from adapter.problems import HOUSE, Problem
from adapter.store import Connection, Store, claiming, writes
from adapter.store.claiming import Terms
from adapter.store.writes import DONE, OPEN, PARKED, QUEUED, UNKNOWN, Write
from adapter.vault import Subject, Vault

MARGIN = 3.0
"""Seconds that a lease is longer than its request may take."""
REFUSING = 600.0
"""Seconds after which an ERP that answers, and will not say what became of a write, is not asked any more."""
_LONGEST = 700.0
_PAUSE = 2.0


def _nothing(operation: str, outcome: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where rows are kept, for how many seconds once they are settled, and what their outcomes are told to.

    ``now`` is a wall clock, which may be set: before anything is sent again ``steady`` is asked too.
    ``known`` are the problem types whose titles answers have; ``callbacks`` the origins that
    may be told that a row has ended.
    """

    store: Store
    vault: Vault
    keep: float = 86400.0
    now: Callable[[], float] = time.time
    count: Callable[[str, str], None] = _nothing
    known: Mapping[str, Problem] = field(default_factory=lambda: HOUSE)
    callbacks: Collection[str] = ()
    steady: Steady = field(default_factory=Steady)

    def terms(self, way: Way) -> Terms:
        """Return the times that rows of an operation have."""
        return Terms(_LONGEST, way.after, self.keep, self.steady.rest(0.0))

    def seal(self, row: Write, column: str, data: bytes) -> bytes:
        """Return what a column of a row holds."""
        return self.vault.seal(Subject(row.subject), data, f"{row.id}/{column}")

    def open(self, row: Write, column: str) -> bytes:
        """Return what a column of a row was made from. Raise VaultError."""
        sealed = row.request if column == "request" else row.answer
        return self.vault.open(Subject(row.subject), sealed, f"{row.id}/{column}")


def settle(keeping: Keeping, way: Way, row: Write, deadline: float) -> Write:
    """Find out once, before the deadline, what became of an unknown row, and return it as it is then."""
    if way.resolve is None:
        if not way.repeatable:
            return _moved(keeping, row, PARKED, "nothing says how to find out")
        return _again(keeping, way, row)
    asked, left = keeping.now(), keeping.steady.left(row, way.after)
    try:
        if row.reference and keeping.store.read(lambda connection: claiming.twins(connection, row)):
            raise Unsettled("other writes have the same reference")
        request = kept.unpacked(keeping.open(row, "request"), deadline)
        found = way.resolve(request)
    except (Unsettled, kept.Corrupt) as error:
        return _moved(keeping, row, PARKED, str(error))
    except VaultError as error:
        return _moved(keeping, row, *((UNKNOWN if error.kind == "secret" else PARKED), str(error)))
    except RequestError as error:
        refuses = isinstance(error, BackendFault) and asked - row.created > REFUSING
        return _moved(keeping, row, PARKED if refuses else UNKNOWN, f"resolve: {error}")
    if found is not None:
        return _moved(keeping, row, DONE, "", answer=_answer(keeping, row, found))
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

    What it has waited until "not there" was believed counts as waiting.
    """
    if not row.promised:
        return _moved(keeping, row, OPEN, "")
    pause = max(0.0, after_attempt(row.attempts, 0.0) - way.after) if row.attempts else 0.0
    return _moved(keeping, row, QUEUED, row.cause, pause=pause)


def _answer(keeping: Keeping, row: Write, found: Response) -> bytes:
    return keeping.seal(row, "answer", kept.answer(kept.whole(found)))


def _moved(keeping: Keeping, row: Write, state: str, cause: str, answer: bytes = b"", pause: float = 0.0) -> Write:
    now = keeping.now()
    due = max(row.due, now + max(_PAUSE, pause)) if state == UNKNOWN else now + pause if state == QUEUED else 0.0

    def act(connection: Connection) -> Write:
        moved = claiming.after_unknown(connection, row, now, state, answer=answer, cause=cause, due=due)
        return moved or writes.by_id(connection, row.id) or row

    moved = keeping.store.run(act)
    if moved.state != UNKNOWN:
        keeping.count(row.operation, f"resolved_{moved.state}")
    return moved


def seconds(delay: float) -> str:
    """Return a delay as Retry-After has it (RFC 9110, section 10.2.3): whole seconds, one at least."""
    return str(max(1, math.ceil(delay)))
