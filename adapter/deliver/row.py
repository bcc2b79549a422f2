"""One row, looked at once: sent where it is due, asked about where nobody knows, and moved on by what came of it.

::

    queued --taken--> delivering -> done         the ERP did it
                                 -> refused      the ERP said that it will not (4xx)
                                 -> unknown      it may have acted: what became of it is found out before anything else
                                 -> queued       nothing was sent, or the ERP said "later": due again after a while
                                 -> parked       tried too often, or it cannot be sent as it is: a person decides
    unknown --settled--> see ``settle``

Rule 1: the claim of a row is one change in the store, so of several who look at it one has it.
Rule 2: a lease is longer than the call's deadline, so what ran out is not under way any more.
Rule 3: what nobody expected leaves the row unknown. It is never sent again before it was asked about.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from adapter.deliver import kept
from adapter.deliver.backoff import after_attempt, while_unsent
from adapter.deliver.outcomes import judged
from adapter.deliver.pauses import Pauses
from adapter.deliver.settle import MARGIN, Keeping, settle
from adapter.deliver.way import Way
from adapter.errors import InvalidRequest, RequestError, VaultError
from adapter.messages import Request, Response
from adapter.store import due, writes
from adapter.store.due import settle as ended
from adapter.store.writes import DONE, PARKED, QUEUED, REFUSED, UNKNOWN, Write

MOST_ATTEMPTS = 12
"""Attempts that reached the ERP after which a person decides: some half an hour."""

DOWN = (503, 504)
"""What an error says that is about an ERP, and not about one row."""

LONGEST_PAUSE = 3600.0
"""Seconds after which it is looked again, whatever was said."""


def _ignored(error: Exception, row: Write) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Deliveries:
    """What delivering needs: where rows are, how each operation is sent, and who we are.

    ``timeouts`` are seconds of one call, by operation. ``bug`` is told what nobody expected.
    """

    keeping: Keeping
    ways: Mapping[str, Way]
    timeouts: Mapping[str, float]
    owner: str
    most_attempts: int = MOST_ATTEMPTS
    bug: Callable[[Exception, Write], None] = _ignored
    clock: Callable[[], float] = field(default=time.monotonic)
    pauses: Pauses = field(init=False)

    def __post_init__(self) -> None:
        """Begin without a pause."""
        object.__setattr__(self, "pauses", Pauses(self.clock))

    def due(self, most: int) -> list[tuple[str, str]]:
        """Return id and entity of rows that have something to be done now."""
        now, paused = self.keeping.now(), self.pauses.now()
        return self.keeping.store.read(lambda connection: due.due(connection, now, most, paused))

    def following(self, row: Write) -> str:
        """Return the id of the row that may be looked at now because this one was: its entity's next. "" for none."""
        if not row.entity or row.state not in due.ENDED or row.operation in self.pauses.now():
            return ""
        now = self.keeping.now()
        return self.keeping.store.read(lambda connection: due.following(connection, row, now))

    def deliver(self, id: str) -> Write | None:
        """Look at a row once, and return it as it is then; None where there was nothing to do."""
        row = self.keeping.store.read(lambda connection: writes.by_id(connection, id))
        if row is None or row.state not in (QUEUED, UNKNOWN):
            return None
        way = self.ways.get(row.operation)
        if way is None:
            return self._nowhere(row)
        timeout = self.timeouts[row.operation]
        if row.state == UNKNOWN:
            return settle(self.keeping, way, row, self.clock() + timeout)
        now = self.keeping.now()
        lease = now + timeout + MARGIN
        deadline = self.clock() + timeout
        rest = self.keeping.steady.rest(timeout + MARGIN + way.after)
        taken = self.keeping.store.run(lambda connection: due.take(connection, id, self.owner, now, lease, rest))
        if taken is None:
            return None
        return self._sent(way, taken, deadline)

    def _sent(self, way: Way, row: Write, deadline: float) -> Write | None:
        """Send what was claimed, and keep what came of it."""
        if row.attempts > self.most_attempts:
            return self._moved(row, PARKED, cause=f"{self.most_attempts} attempts; {row.cause}")
        try:
            request = kept.unpacked(self.keeping.open(row, "request"), deadline)
        except kept.Corrupt as error:
            return self._moved(row, PARKED, cause=f"it cannot be read: {error}")
        except VaultError as error:
            return self._unreadable(row, error)
        try:
            response = kept.whole(way.send(request))
        except RequestError as error:
            return self._failed(way, row, request, error)
        except Exception as error:  # it may have been sent: what became of it is asked before anything else
            self.bug(error, row)
            return self._lost(way, row, type(error).__name__)
        return self._answered(row, response)

    def _answered(self, row: Write, response: Response) -> Write | None:
        self.pauses.end(row.operation)
        state = DONE if response.status < 400 else REFUSED
        return self._moved(row, state, answer=self.keeping.seal(row, "answer", kept.answer(response)))

    def _failed(self, way: Way, row: Write, request: Request, error: RequestError) -> Write | None:
        """Move a row on from an error: what matters is whether the ERP may have acted."""
        now, said, outcome = self.keeping.now(), _said(error), judged(error)
        if outcome == "unknown":
            return self._lost(way, row, str(error))
        if outcome == "refused":
            answer = kept.refusal(error, request.id, self.keeping.known)
            return self._moved(row, REFUSED, answer=self.keeping.seal(row, "answer", answer), cause=str(error))
        if isinstance(error, InvalidRequest):
            return self._moved(row, PARKED, cause=f"its mapping does not take it any more: {error}")
        if error.sent == "yes" and said:  # the ERP was asked, and told us to come again
            return self._moved(row, QUEUED, cause=str(error), due=now + after_attempt(row.attempts, said))
        pause = while_unsent(max(0.0, now - row.created), said)
        if error.status in DOWN:
            self.pauses.begin(row.operation, pause)
        return self.keeping.store.run(lambda connection: due.give_back(connection, row, now, str(error), now + pause))

    def _unreadable(self, row: Write, error: VaultError) -> Write | None:
        if error.kind == "secret":  # the operator has to set it; nothing was sent
            now = self.keeping.now()
            return self.keeping.store.run(
                lambda connection: due.give_back(connection, row, now, str(error), now + while_unsent(now, 0.0))
            )
        return self._moved(row, PARKED, cause=str(error))

    def _nowhere(self, row: Write) -> Write | None:
        """Park a row whose operation no mapping has any more."""
        now, cause = self.keeping.now(), "no mapping has this operation any more"
        return self.keeping.store.run(
            lambda connection: writes.change(connection, row.id, (QUEUED, UNKNOWN), now, state=PARKED, cause=cause)
        )

    def _lost(self, way: Way, row: Write, cause: str) -> Write | None:
        """Say that the call has ended, and that nobody knows how."""
        now, rest = self.keeping.now(), self.keeping.steady.rest(way.after)
        return self.keeping.store.run(
            lambda connection: ended(connection, row, now, UNKNOWN, cause=cause, due=now + way.after, rest=rest)
        )

    def _moved(self, row: Write, state: str, *, answer: bytes = b"", cause: str = "", due: float = 0.0) -> Write | None:
        now = self.keeping.now()
        return self.keeping.store.run(
            lambda connection: ended(connection, row, now, state, answer=answer, cause=cause, due=due)
        )


def _said(error: RequestError) -> float:
    """Return the seconds that an error asks to wait (Retry-After), 0 where it says nothing; an hour at most."""
    text = error.headers.get("Retry-After", "")
    return min(float(text), LONGEST_PAUSE) if text.isdecimal() else 0.0
