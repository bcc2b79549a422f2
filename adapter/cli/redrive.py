"""``adapter deliveries redrive`` and ``discard``: what a person decides about a write that is parked."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from adapter.cli.command import UsageError, actor, say
from adapter.cli.deliveries_shown import decided, desk_of
from adapter.deliver.desk import Desk, Plan
from adapter.display import json_text, xml_text
from adapter.errors import FieldError, RequestError


def redrive(asked: Namespace) -> int:
    """Show what would be sent of a parked write; with ``--send`` let `adapter work` do it."""
    desk = desk_of(asked)
    plan = _plan(desk, asked)
    if plan is None:
        return 1
    _show(plan)
    if not asked.send:
        say("\nNothing was sent. With --send `adapter work` does it.")
        return 0
    with decided():
        again = desk.send(plan, actor(), asks=not asked.without_asking)
    print(f"\n{'asked about again, and sent where it is not there' if again else 'queued'}: {plan.row.id}")
    return 0


def discard(asked: Namespace) -> int:
    """End a parked write without sending it, for a reason."""
    with decided():
        desk_of(asked).discard(asked.id, asked.reason, actor())
    print(f"discarded: {asked.id}; the writes of its entity behind it go on")
    return 0


def _plan(desk: Desk, asked: Namespace) -> Plan | None:
    try:
        with decided():
            return desk.plan(asked.id, _body(asked.body) if asked.body else None)
    except RequestError as error:
        say(f"adapter: it cannot be sent as it is: {error.status} {error.problem} {error.detail}".rstrip())
        for each in error.fields:
            say(f"  {_place(each)}: {each.detail}")
        say("`--body FILE` sends another body.")
        return None


def _show(plan: Plan) -> None:
    print(f"{plan.row.id}  {plan.row.operation}  parked: {plan.row.cause}")
    print(f"asked: {plan.found}")
    print("\nWhat would be sent, by the mapping as it is now:\n")
    print(xml_text(plan.draft.message) if plan.draft.kind == "soap-out" else json_text(plan.draft.message))


def _body(file: str) -> bytes:
    body = Path(file).read_bytes()
    if not body.strip():
        raise UsageError(f"{file} is empty")
    return body


def _place(field: FieldError) -> str:
    return field.pointer if field.place == "body" else f"{field.place} {field.pointer}"
