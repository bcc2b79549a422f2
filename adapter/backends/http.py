"""The HTTP backend: a microservice that keeps the same JSON contract answers instead of the ERP.

The request goes on as it came (body and query untouched, path parameters percent-encoded); of the caller's headers only
``FORWARDED`` go with it. The answer comes back as it came too, once it has been seen to be what the contract says:

=============================  ====================================================================================
200, 201, 202, 204             status and JSON body; ``Location`` in the façade's own terms
4xx with a declared problem    that problem (its type's last segment), with detail and field errors
401, 403 otherwise             502 ``backend-refused-us``: the caller's credentials were not sent, so ours are meant
429, 503                       503 ``backend-busy`` with the service's ``Retry-After``; sent: maybe
everything else                502 ``backend-reply-invalid``
=============================  ====================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from adapter.errors import BackendError, BackendFault, FieldError, InvalidRequest
from adapter.exchange import Exchange, Reply, reply_invalid
from adapter.guard import UNGUARDED, Guard, Turn
from adapter.mapping.bound import Endpoint
from adapter.mapping.model.policy import ONCE, Policy
from adapter.messages import Handler, Request, Response
from adapter.strict_json import decode
from adapter.telemetry.spans import calling, traceparent

FORWARDED = ("accept-language", "idempotency-key", "if-match")
_SUCCESSES = (200, 201, 202, 204)
_ALWAYS_KNOWN = {"invalid-request": 422}
_MAX_DEPTH = 64
_MAX_DIGITS = 1000
_MAX_FIELDS = 100
_MAX_DETAIL = 300
_PLACES = ("body", "query", "path", "header")


def http(
    exchange: Exchange,
    method: str,
    path: str,
    *,
    service_path: str,
    public_path: str,
    problems: Mapping[str, int],
    shown: Collection[str] = (),
    forwarded: Collection[str] = (),
    guard: Guard = UNGUARDED,
    policy: Policy = ONCE,
) -> Handler:
    """Return the handler that answers by one microservice.

    ``path`` (such as ``/{id}``) stands below ``service_path`` there and below ``public_path`` here; a ``Location`` is
    translated by these two. ``problems`` are the slugs that the operation declares for refusals, with their status;
    the service's own words reach callers only for those of ``shown`` and the house's, so that both backends say the
    same. ``forwarded`` are header fields of the operation's own, in small letters. ``guard`` stands around each call.
    """
    fill = _path(service_path + path)
    known = {**_ALWAYS_KNOWN, **problems}
    told = {*_ALWAYS_KNOWN, *shown}
    relocate = _relocate(urlsplit(exchange.url), service_path, public_path)

    def handle(request: Request) -> Response:
        path, query = fill(request.path), urlencode(request.query)
        return guard.run(request, lambda turn: once(request, path, query, turn), policy)

    def once(request: Request, path: str, query: str, turn: Turn) -> Response:
        if request.trace is not None:
            request.trace("http-out", request.body)
        with calling("http"):
            reply = exchange.send(
                method,
                deadline=request.deadline,
                headers=_headers(request, forwarded),
                path=path,
                query=query,
                body=request.body,
            )
        turn.heard(reply.status, reply.headers)
        if request.trace is not None:
            request.trace("http-in", reply.body)
        if reply.status >= 400:
            raise _refusal(reply, known, told)
        return _response(reply, relocate)

    return handle


def _path(template: str) -> Callable[[Mapping[str, str]], str]:
    """Compile a path template. A value stays one segment, whatever characters it holds (RFC 3986, section 3.3)."""
    parts = re.split(r"\{(\w+)\}", template)

    def fill(values: Mapping[str, str]) -> str:
        return "".join(_segment(part, values[part]) if index % 2 else part for index, part in enumerate(parts))

    return fill


def _segment(name: str, value: str) -> str:
    if value in ("", ".", ".."):  # these change the path even when they are encoded
        fields = (FieldError("path", name, "Not a usable identifier."),)
        raise InvalidRequest("invalid-request", 422, "A path parameter cannot be accepted.", fields=fields)
    return quote(value, safe="")


def _headers(request: Request, more: Collection[str]) -> dict[str, str]:
    came = {name.lower(): value for name, value in request.headers.items()}
    headers = {"Accept": "application/json, application/problem+json", "X-Request-Id": request.id}
    headers |= {name: came[name] for name in (*FORWARDED, *more) if name in came}
    if request.body:
        headers["Content-Type"] = request.content_type or "application/json"
    if request.traceparent:
        headers["traceparent"] = traceparent(request)
    return headers


def _response(reply: Reply, relocate: Callable[[str], str | None]) -> Response:
    if reply.status not in _SUCCESSES:
        raise reply_invalid(f"status {reply.status}")
    if reply.body:
        if reply.media_type != "application/json" and not reply.media_type.endswith("+json"):
            raise reply_invalid("an answer that is not JSON")
        _decoded(reply)
    elif reply.status == 200:
        raise reply_invalid("status 200 with an empty body")
    said = reply.headers.get("location")
    location = relocate(said) if said else None
    return Response(
        reply.status,
        reply.body,
        headers={"Location": location} if location else {},
        notes=("location-elsewhere",) if said and not location else (),
        answered_by="http",
    )


def _decoded(reply: Reply) -> Any:
    try:
        return decode(reply.body, max_depth=_MAX_DEPTH, max_digits=_MAX_DIGITS)
    except InvalidRequest as error:
        if error.status == 400:
            raise reply_invalid("malformed JSON") from None
        return None  # characters that only XML cannot carry


def _relocate(endpoint: Any, service_path: str, public_path: str) -> Callable[[str], str | None]:
    """Return how a Location of the service is said in the façade's terms; None for one that leads elsewhere."""
    here = endpoint.path.rstrip("/") + service_path

    def relocate(location: str) -> str | None:
        target = urlsplit(location)
        own = (target.scheme, target.netloc) in (("", ""), (endpoint.scheme, endpoint.netloc))
        rest = target.path.removeprefix(here)
        if not own or rest == target.path or not (rest == "" or rest.startswith("/")):
            return None
        return public_path + rest + (f"?{target.query}" if target.query else "")

    return relocate


def _refusal(reply: Reply, known: Mapping[str, int], told: Collection[str]) -> BackendError:
    problem = _problem(reply)
    slug = str(problem.get("type", "")).rpartition("/")[2]
    cause = f"status {reply.status}"
    if known.get(slug) == reply.status:
        detail = " ".join(str(problem.get("detail", "")).split())[:_MAX_DETAIL] if slug in told else ""
        return BackendFault(
            slug, reply.status, detail, fields=_fields(problem.get("errors")), cause=cause, sent="yes", code=slug
        )
    if reply.status in (401, 403):
        return BackendFault("backend-refused-us", 502, cause=cause, sent="yes", code=f"http-{reply.status}")
    if reply.status in (429, 503):
        wait = reply.headers.get("retry-after", "")
        headers = {"Retry-After": wait} if re.fullmatch("[0-9]{1,5}", wait) else {}
        busy, side = "The service behind this endpoint is busy.", "server" if reply.status == 503 else "client"
        code = f"http-{reply.status}"
        return BackendFault("backend-busy", 503, busy, headers=headers, cause=cause, sent="maybe", code=code, side=side)
    return reply_invalid(cause)


def _problem(reply: Reply) -> dict[str, Any]:
    """Return the problem document of a refusal; empty where there is none that can be read."""
    if reply.status >= 500 or reply.media_type != "application/problem+json":
        return {}
    try:
        document = _decoded(reply)
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


def declared_problems(endpoint: Endpoint) -> Mapping[str, int]:
    """Return the problem types that this operation may answer with, and their statuses."""
    declared = {rule.problem: rule.status for rule in endpoint.faults}
    empty = endpoint.reply.rule
    if endpoint.write is not None and endpoint.write.rule.if_match is not None:
        declared["precondition-failed"] = 412
    return declared | ({empty.empty_problem: empty.empty_status} if empty.empty_status else {})
