"""What a person decides about a write that is parked: looked at, sent again (as it was, or edited), or discarded.

Rule 1: whoever opens what a caller sent is in the audit before he sees it. Rule 2: nothing leaves here: what is sent
again is due again, and `adapter work` asks about it first. Rule 3: of two who decide one wins.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from adapter.deliver import kept
from adapter.deliver.settle import Keeping
from adapter.deliver.way import Unsettled, Way
from adapter.errors import RequestError, VaultError
from adapter.messages import Request
from adapter.store import Connection, audit, due, writes
from adapter.store.writes import DISCARDED, DONE, PARKED, QUEUED, UNKNOWN, Write

_SECONDS = 30.0


class Undecided(Exception):
    """Nothing was decided; the message says why, to a person."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A request with its checked values, and the first message that would leave for it: ``soap-out``, ``http-out``."""

    request: Request
    kind: str
    message: bytes


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be sent of a row. ``found``: what the ERP says about it: there, not there, or why it does not say."""

    row: Write
    way: Way
    draft: Draft
    found: str
    edited: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """Where rows are, how those of each operation are sent, and what makes the message of a request."""

    keeping: Keeping
    ways: Mapping[str, Way]
    draft: Callable[[Request], Draft]

    def parked(self, most: int) -> list[Write]:
        """Return the rows that wait for a person, the oldest first."""
        now = self.keeping.now()
        return self.keeping.store.read(lambda connection: due.listed(connection, (PARKED,), "", now, most))

    def row(self, id: str) -> Write:
        """Return a row. Raise Undecided where there is none."""
        row = self.keeping.store.read(lambda connection: writes.by_id(connection, id))
        if row is None:
            raise Undecided(f"there is no write {id}")
        return row

    def shown(self, row: Write, actor: str) -> Request:
        """Return the request of a row to a person, who is in the audit then. Raise Undecided where it is lost."""
        request, now = self.opened(row), self.keeping.now()
        self.keeping.store.run(lambda connection: audit.append(connection, now, actor, "write.shown", row.id))
        return request

    def opened(self, row: Write) -> Request:
        """Return the request of a row. Raise Undecided where nobody can read it any more."""
        try:
            return kept.unpacked(self.keeping.open(row, "request"), time.monotonic() + 2 * _SECONDS)
        except VaultError as error:
            said = {
                "erased": "the data of its subject was erased",
                "secret": "its secret is not among ADAPTER_STORE_KEY",
            }
            raise Undecided(f"{row.id} cannot be read: {said.get(error.kind, 'it is damaged')}") from error
        except kept.Corrupt as error:
            raise Undecided(f"{row.id} cannot be read: it is damaged ({error})") from error

    def plan(self, id: str, body: bytes | None = None) -> Plan:
        """Ask the ERP about a parked row, and make what would be sent: of another body where one is given.

        Raise Undecided where nobody may decide about it, RequestError where it cannot be sent as it is.
        """
        row = self._parked(id)
        way = self.ways.get(row.operation)
        if way is None:
            raise Undecided(f"no mapping has {row.operation} any more, so nothing can be sent; discarding it ends it")
        way = way.at(row.target)
        request = way.to(self.opened(row), row.id, row.target)
        found = _ask(way, request)
        if body is not None:
            request = replace(request, body=body, content_type="application/json")
        if row.copy:  # it is no caller's: nobody checks what callers may send
            return Plan(row, way, Draft(request, "http-out", request.body), found, body is not None)
        draft = self.draft(request)
        filled, _ = way.fill(draft.request, row.id)  # the same reference as at the first attempt, where none is given
        draft = self.draft(replace(filled, checked=None))
        return Plan(row, way, draft, found, body is not None)

    def send(self, plan: Plan, actor: str, *, asks: bool) -> bool:
        """Let a row be due again; return whether it is asked about first, unless the person has looked.

        Raise Undecided where somebody was quicker.
        """
        keeping, row, now = self.keeping, plan.row, self.keeping.now()
        old = keeping.open(row, "request")
        request = kept.packed(replace(plan.draft.request, checked=None, trace=None)) if plan.edited else old
        sealed = keeping.seal(row, "request", request)
        state = UNKNOWN if asks and plan.way.resolve is not None else QUEUED
        details = {"operation": row.operation, "asked": state == UNKNOWN, "edited": plan.edited}
        digests = {"before": _digest(old), "after": _digest(request)} if plan.edited else {}

        def act(connection: Connection) -> Write | None:
            changed = writes.change(
                connection, row.id, (PARKED,), now,
                state=state, request=sealed, due=now, attempts=0, promised=True, owner=row.owner,
            )  # fmt: skip
            if changed is not None:
                audit.append(connection, now, actor, "write.redriven", row.id, **details, **digests)
            return changed

        if keeping.store.run(act) is None:
            raise Undecided(f"{row.id} is not parked any more")
        return state == UNKNOWN

    def discard(self, id: str, reason: str, actor: str) -> None:
        """End a parked row without sending it, for a reason. Raise Undecided where that is not possible."""
        row, now, reason = self._parked(id), self.keeping.now(), reason.strip()
        if not reason:
            raise Undecided("say why: it goes into the audit")

        def act(connection: Connection) -> Write | None:
            changed = writes.change(connection, row.id, (PARKED,), now, state=DISCARDED, cause=reason)
            if changed is not None:
                audit.append(connection, now, actor, "write.discarded", row.id, operation=row.operation, reason=reason)
            return changed

        if self.keeping.store.run(act) is None:
            raise Undecided(f"{row.id} is not parked any more")

    def _parked(self, id: str) -> Write:
        row = self.row(id)
        if row.state == DONE:
            raise Undecided(f"{row.id} was delivered; sent again, it would be done twice")
        if row.state != PARKED:
            raise Undecided(f"{row.id} is {row.state}, not parked: nobody has to decide about it")
        return row


def _ask(way: Way, request: Request) -> str:
    """Ask the ERP whether it has the write already, and return what it says in words."""
    if way.resolve is None:
        return "its mapping says nothing about how to ask the ERP (resolve): look there yourself"
    try:
        found = way.resolve(replace(request, deadline=time.monotonic() + _SECONDS))
    except Unsettled as error:
        return f"the ERP's answer settles nothing: {error}"
    except RequestError as error:
        return f"the ERP could not be asked: {error}"
    return "the ERP does not have it" if found is None else "the ERP HAS it: sent again, it is settled and not sent"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
