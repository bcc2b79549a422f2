"""What a refusal of the service means: the table of the mapping, then problems of the house's form, then its status."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from adapter.errors import BackendError, BackendFault, FieldError, InvalidRequest
from adapter.exchange import Reply, reply_invalid
from adapter.mapping.model.service import ServiceFaultRule
from adapter.strict_json import decode

ALWAYS_KNOWN = {"invalid-request": 422}
MAX_DEPTH = 64
MAX_DIGITS = 1000
_MAX_FIELDS = 100
_MAX_DETAIL = 300
_PLACES = ("body", "query", "path", "header")


def refusal(
    reply: Reply, known: Mapping[str, int], told: Collection[str], table: Sequence[ServiceFaultRule] = ()
) -> BackendError:
    """Return the error that an answer of 400 or more is. ``known`` are problems with our statuses.

    ``told`` are those of which callers read the service's own words. Lines of ``table`` whose problem is not known here
    say nothing.
    """
    problem = _document(reply, any(rule.status == reply.status for rule in table))
    slug = str(problem.get("type", "")).rpartition("/")[2]
    cause = f"status {reply.status}"
    for rule in table:
        if rule.problem in known and rule.status == reply.status and _fits(rule, slug, problem):
            code = rule.code or rule.type or f"http-{reply.status}"
            return _fault(rule.problem, known[rule.problem], problem, told, cause, code)
    if known.get(slug) == reply.status and reply.status < 500 and _is_problem(reply):
        return _fault(slug, reply.status, problem, told, cause, slug)
    if reply.status in (401, 403):
        return BackendFault("backend-refused-us", 502, cause=cause, sent="yes", code=f"http-{reply.status}")
    if reply.status in (429, 503):
        wait = reply.headers.get("retry-after", "")
        headers = {"Retry-After": wait} if re.fullmatch("[0-9]{1,5}", wait) else {}
        busy, side = "The service behind this endpoint is busy.", "server" if reply.status == 503 else "client"
        code = f"http-{reply.status}"
        return BackendFault("backend-busy", 503, busy, headers=headers, cause=cause, sent="maybe", code=code, side=side)
    return reply_invalid(cause)


def decoded(reply: Reply) -> Any:
    """Return the JSON of an answer. Raise ``backend-reply-invalid`` for what is none that callers could be given."""
    try:
        return decode(reply.body, max_depth=MAX_DEPTH, max_digits=MAX_DIGITS)
    except InvalidRequest as error:
        cause = "malformed JSON" if error.status == 400 else "characters that XML cannot carry"
        raise reply_invalid(cause) from None


def is_json(reply: Reply) -> bool:
    """Tell whether an answer says that it is JSON."""
    return reply.media_type == "application/json" or reply.media_type.endswith("+json")


def _fault(
    slug: str, status: int, problem: Mapping[str, Any], told: Collection[str], cause: str, code: str
) -> BackendFault:
    detail = " ".join(str(problem.get("detail", "")).split())[:_MAX_DETAIL] if slug in told else ""
    return BackendFault(slug, status, detail, fields=_fields(problem.get("errors")), cause=cause, sent="yes", code=code)


def _fits(rule: ServiceFaultRule, slug: str, document: Mapping[str, Any]) -> bool:
    if rule.type and rule.type != slug:
        return False
    return not rule.code or rule.code == _at(document, rule.at)


def _at(document: Any, pointer: str) -> str:
    """Return the text or whole number at a JSON Pointer (RFC 6901) of names and indices, "" where there is none."""
    for name in pointer.split("/")[1:]:
        name = name.replace("~1", "/").replace("~0", "~")
        if isinstance(document, list):
            document = document[int(name)] if name.isascii() and name.isdigit() and int(name) < len(document) else None
        else:
            document = document.get(name) if isinstance(document, dict) else None
    known = isinstance(document, str | int) and not isinstance(document, bool)
    return str(document) if known else ""


def _is_problem(reply: Reply) -> bool:
    return reply.media_type == "application/problem+json"


def _document(reply: Reply, any_json: bool) -> dict[str, Any]:
    """Return the document of a refusal; empty where there is none that can be read."""
    if not (_is_problem(reply) and reply.status < 500) and not (any_json and is_json(reply)):
        return {}
    try:
        document = decoded(reply)
    except BackendError:
        return {}
    return document if isinstance(document, dict) else {}


def _fields(errors: Any) -> tuple[FieldError, ...]:
    """Return the field errors of a problem document, those in the house's form."""
    if not isinstance(errors, list):
        return ()
    return tuple(
        FieldError(error["in"], error["pointer"], error["detail"])
        for error in errors[:_MAX_FIELDS]
        if isinstance(error, dict)
        and error.get("in") in _PLACES
        and all(isinstance(error.get(member), str) for member in ("pointer", "detail"))
    )
