"""A request and an answer as bytes, to be sealed: what is needed to send the one again, and to give the other again.

Both are one line of JSON and, behind it, the body as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from adapter.errors import RequestError
from adapter.messages import Caller, Request, Response, Stream
from adapter.problems import MEDIA_TYPE, Problem, document
from adapter.strict_json import decode_plain, encode

_DEPTH, _DIGITS = 8, 100
# Fields about this one call and not about what it asks for.
_ONCE = frozenset(("idempotency-key", "prefer"))


class Corrupt(Exception):
    """What was kept is not what ``packed`` made: nobody can say any more what it was."""


def packed(request: Request) -> bytes:
    """Return all that is needed to ask for the same again. A body that is still arriving cannot be kept."""
    head: dict[str, Any] = {
        "operation": request.operation,
        "id": request.id,
        "method": request.method,
        "path": dict(request.path),
        "query": [list(pair) for pair in request.query],
        "content_type": request.content_type,
        "headers": {name: value for name, value in request.headers.items() if name not in _ONCE},
        "traceparent": request.traceparent,
        "wanted": request.wanted,
        "caller": request.caller.id,
        "scopes": sorted(request.caller.scopes),
    }
    if request.side:
        head |= {"side": request.side, "epoch": request.epoch}
    return encode(head) + b"\n" + request.body


def unpacked(kept: bytes, deadline: float) -> Request:
    """Return the request that was kept, with a deadline of its own. Raise Corrupt."""
    head, body = _parted(kept)
    try:
        return Request(
            operation=head["operation"],
            id=head["id"],
            deadline=deadline,
            method=head["method"],
            path=head["path"],
            query=tuple((name, value) for name, value in head["query"]),
            body=body,
            content_type=head["content_type"],
            headers=head["headers"],
            traceparent=head["traceparent"],
            caller=Caller(head["caller"], frozenset(head["scopes"])),
            wanted=head["wanted"],
            side=head.get("side", ""),
            epoch=head.get("epoch", 0),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Corrupt("a request that cannot be read") from error


def answer(response: Response) -> bytes:
    """Return an answer as it is kept. The bytes of a stream have to be there before."""
    assert not isinstance(response.body, Stream)
    return _answer(response.status, response.content_type, response.headers, response.answered_by, response.body)


def refusal(error: RequestError, request_id: str, known: Mapping[str, Problem]) -> bytes:
    """Return the problem document that a caller gets for an error, as it is kept."""
    body = encode(document(error, request_id, known))
    return _answer(error.status, MEDIA_TYPE, error.headers, "", body)


def response(kept: bytes, extra: Mapping[str, str], notes: Sequence[str] = ()) -> Response:
    """Return an answer that was kept, byte for byte, with header fields beside its own. Raise Corrupt."""
    head, body = _parted(kept)
    try:
        headers = {**head["headers"], **extra}
        made = Response(int(head["status"]), body, head["content_type"], headers, tuple(notes), head["by"])
    except (KeyError, TypeError, ValueError) as error:
        raise Corrupt("an answer that cannot be read") from error
    return made


def whole(given: Response) -> Response:
    """Return a response whose body is there, where it was still being made."""
    body = given.body
    if not isinstance(body, Stream):
        return given
    try:
        there = b"".join(body.chunks)
    finally:
        body.close()
    return replace(given, body=there, notes=given.notes + body.notes())


def _answer(status: int, content_type: str, headers: Mapping[str, str], by: str, body: bytes) -> bytes:
    head = {"status": status, "content_type": content_type, "headers": dict(headers), "by": by}
    return encode(head) + b"\n" + body


def _parted(kept: bytes) -> tuple[dict[str, Any], bytes]:
    head, mark, body = kept.partition(b"\n")
    try:
        found = decode_plain(head.decode("utf-8"), _DEPTH, _DIGITS)
    except (UnicodeDecodeError, RequestError) as error:
        raise Corrupt("no line of JSON") from error
    if not mark or not isinstance(found, dict):
        raise Corrupt("no line of JSON")
    return found, body
