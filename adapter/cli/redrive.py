"""``adapter deliveries redrive`` and ``discard``: what a person decides about a write that is parked."""

from __future__ import annotations

import hashlib
import time
from argparse import Namespace
from dataclasses import dataclass, replace
from pathlib import Path

from adapter.cli.command import UsageError, actor, say
from adapter.cli.deliveries_shown import opened, row_of, working
from adapter.cli.display import json_text, xml_text
from adapter.deliver import kept
from adapter.deliver.way import Unsettled, Way
from adapter.drafts import Draft
from adapter.errors import FieldError, RequestError
from adapter.messages import Request
from adapter.store import Connection, audit, writes
from adapter.store.writes import DISCARDED, DONE, PARKED, QUEUED, UNKNOWN, Write
from adapter.work import Work

_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be sent of a row. ``found``: what the ERP says about it: there, not there, or why it does not say."""

    row: Write
    way: Way
    draft: Draft
    found: str
    edited: bool


def redrive(asked: Namespace) -> int:
    """Show what would be sent of a parked write; with ``--send`` let `adapter work` do it."""
    work = working(asked)
    plan = _plan(work, asked)
    if plan is None:
        return 1
    _show(plan)
    if not asked.send:
        say("\nNothing was sent. With --send `adapter work` does it.")
        return 0
    return _send(work, plan, asks=not asked.without_asking)


def discard(asked: Namespace) -> int:
    """End a parked write without sending it, for a reason."""
    work = working(asked)
    row = row_of(work, asked.id)
    if row.state != PARKED:
        raise UsageError(_not_parked(row))
    reason, now, by = asked.reason.strip(), time.time(), actor()
    if not reason:
        raise UsageError("say why, with --reason: it goes into the audit")

    def act(connection: Connection) -> Write | None:
        changed = writes.change(connection, row.id, (PARKED,), now, state=DISCARDED, cause=reason)
        if changed is not None:
            audit.append(connection, now, by, "write.discarded", row.id, operation=row.operation, reason=reason)
        return changed

    if work.keeping.store.run(act) is None:
        raise UsageError(f"{row.id} is not parked any more")
    print(f"discarded: {row.id}; the writes of its entity behind it go on")
    return 0


def _plan(work: Work, asked: Namespace) -> _Plan | None:
    row = row_of(work, asked.id)
    if row.state != PARKED:
        raise UsageError(_not_parked(row))
    way = work.deliveries.ways.get(row.operation)
    if way is None:
        raise UsageError(f"no mapping has {row.operation} any more, so nothing can be sent; `discard` ends it")
    way = way.at(row.target)
    request = way.to(opened(work, row), row.id, row.target)
    found = _ask(way, request)
    if asked.body:
        request = replace(request, body=_body(asked.body), content_type="application/json")
    if row.copy:  # it is no caller's: nobody checks what callers may send
        return _Plan(row, way, Draft(request, "http-out", request.body), found, bool(asked.body))
    try:
        draft = work.draft(request)
        filled, _ = way.fill(draft.request, row.id)  # the same reference as at the first attempt, where none is given
        draft = work.draft(replace(filled, checked=None))
    except RequestError as error:
        say(f"adapter: it cannot be sent as it is: {error.status} {error.problem} {error.detail}".rstrip())
        for each in error.fields:
            say(f"  {_place(each)}: {each.detail}")
        say("`--body FILE` sends another body.")
        return None
    return _Plan(row, way, draft, found, bool(asked.body))


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
    return "the ERP does not have it" if found is None else "the ERP HAS it: with --send it is settled, and not sent"


def _show(plan: _Plan) -> None:
    print(f"{plan.row.id}  {plan.row.operation}  parked: {plan.row.cause}")
    print(f"asked: {plan.found}")
    print("\nWhat would be sent, by the mapping as it is now:\n")
    print(xml_text(plan.draft.message) if plan.draft.kind == "soap-out" else json_text(plan.draft.message))


def _send(work: Work, plan: _Plan, *, asks: bool) -> int:
    """Let the row be due again: asked about first, unless the person has looked."""
    keeping, row, now, by = work.keeping, plan.row, time.time(), actor()
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
            audit.append(connection, now, by, "write.redriven", row.id, **details, **digests)
        return changed

    if keeping.store.run(act) is None:
        raise UsageError(f"{row.id} is not parked any more")
    print(f"\n{'asked about again, and sent where it is not there' if state == UNKNOWN else 'queued'}: {row.id}")
    return 0


def _body(file: str) -> bytes:
    body = Path(file).read_bytes()
    if not body.strip():
        raise UsageError(f"{file} is empty")
    return body


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _place(field: FieldError) -> str:
    return field.pointer if field.place == "body" else f"{field.place} {field.pointer}"


def _not_parked(row: Write) -> str:
    if row.state == DONE:
        return f"{row.id} was delivered; sent again, it would be done twice"
    return f"{row.id} is {row.state}, not parked: nobody has to decide about it"
