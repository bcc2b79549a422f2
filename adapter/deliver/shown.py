"""What a caller sees of an operation of his that was promised, and how he cancels it.

Only who made it sees it; to anybody else it is not there, whatever it is. What nobody in particular made (a public
operation) is there for whoever has its id: 122 random bits that only the answer to its maker had.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping

from adapter import problems, strict_json
from adapter.deliver import kept
from adapter.deliver.settle import Keeping, seconds
from adapter.errors import VaultError
from adapter.messages import ANYBODY, Handler, Request, Response
from adapter.store import due, writes
from adapter.store.writes import (
    CANCELLED,
    DELIVERING,
    DISCARDED,
    DONE,
    OPEN,
    PARKED,
    QUEUED,
    REFUSED,
    SENDING,
    UNKNOWN,
    Write,
)

PATH = "/v1/operations"
POLL = 2.0
"""Seconds after which a caller may ask again, where nothing else is known."""
_STATUS: Mapping[str, str] = {
    QUEUED: "queued", DELIVERING: "running", SENDING: "running", UNKNOWN: "unknown", PARKED: "parked", DONE: "done",
    REFUSED: "refused", CANCELLED: "cancelled", DISCARDED: "discarded", OPEN: "not_done",
}  # fmt: skip
_OPEN = (QUEUED, DELIVERING, SENDING, UNKNOWN, PARKED)


def reading(keeping: Keeping) -> Handler:
    """Return what answers ``GET /v1/operations/{id}``."""

    def handle(request: Request) -> Response:
        row = keeping.store.read(lambda connection: writes.by_id(connection, request.path["id"]), request.deadline)
        if row is None or row.copy or row.caller not in (ANYBODY.id, request.caller.id):
            raise problems.house("no-such-operation")
        return operation(keeping, row)

    return handle


def cancelling(keeping: Keeping) -> Handler:
    """Return what answers ``DELETE /v1/operations/{id}``: it is cancelled while it waits to be sent, else 409."""

    def handle(request: Request) -> Response:
        now, id, caller = keeping.now(), request.path["id"], request.caller.id
        row, cancelled = keeping.store.run(lambda connection: due.cancel(connection, id, caller, now), request.deadline)
        if row is None:
            raise problems.house("no-such-operation")
        if not cancelled and row.state != CANCELLED:
            raise problems.house("operation-begun", f"It is {_STATUS[row.state]}.")
        if cancelled:
            keeping.count(row.operation, "cancelled")
        return operation(keeping, row)

    return handle


def accepted(keeping: Keeping, row: Write, headers: Mapping[str, str]) -> Response:
    """Return the 202 of a row that was promised: where it is asked for, and what it is now."""
    shown = _document(row)
    where = {"Location": f"{PATH}/{row.id}", "Retry-After": _again(keeping, row), **headers}
    return Response(202, strict_json.encode(shown), headers=where)


def operation(keeping: Keeping, row: Write) -> Response:
    """Return an operation as its caller sees it, with the answer where there is one, byte for byte."""
    shown = _document(row)
    headers = {"Retry-After": _again(keeping, row)} if row.state in _OPEN else {}
    if not row.answer:
        return Response(200, strict_json.encode(shown), headers=headers)
    answer = _answer(keeping, row)
    body, json = answer.body, answer.content_type.partition(";")[0].endswith("json")
    assert isinstance(body, bytes)
    result: dict[str, object] = {"status": answer.status}
    result |= {"content_type": answer.content_type} if body else {}
    result |= {"headers": dict(answer.headers)} if answer.headers else {}
    if body and not json:
        result["body_base64"] = base64.b64encode(body).decode()
    whole = strict_json.encode({**shown, "result": result})
    if body and json:  # as it is, so that no digit of it changes
        whole = whole[:-2] + b',"body":' + body + b"}}"
    return Response(200, whole, headers=headers)


def _answer(keeping: Keeping, row: Write) -> Response:
    try:
        return kept.response(keeping.open(row, "answer"), {})
    except (VaultError, kept.Corrupt) as error:
        if isinstance(error, VaultError) and error.kind != "corrupt":  # erased, or its secret is to be set
            raise
        raise problems.house("first-answer-gone", cause=str(error), members={"outcome": row.state}) from error


def _document(row: Write) -> dict[str, object]:
    made = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(row.created))
    shown = {"id": row.id, "operation": row.operation, "status": _STATUS[row.state]}
    return {**shown, "created": made, "attempts": row.attempts}


def _again(keeping: Keeping, row: Write) -> str:
    return seconds(max(POLL, min(60.0, row.due - keeping.now())) if row.state == QUEUED else POLL)
