"""One call of a service: what is sent, for how long it is waited for, and what of the answer callers get."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from adapter import pieces
from adapter.backends.http.places import filled, relocating
from adapter.backends.http.refusing import ALWAYS_KNOWN, decoded, is_json, refusal
from adapter.backends.http.translation import AS_IT_IS, Read, Translation
from adapter.exchange import Exchange, Reply, reply_invalid
from adapter.guard import UNGUARDED, Guard, Turn
from adapter.identity.services import NOBODY, ShowService
from adapter.mapping.model.policy import ONCE, Policy
from adapter.mapping.model.service import ServiceFaultRule
from adapter.messages import DRY_RUN, Handler, Request, Response, is_shadow
from adapter.telemetry.spans import calling, traceparent

FORWARDED = ("accept-language", "idempotency-key", "if-match")
_NOT_BESIDE = ("idempotency-key",)  # a key of a write is for the call that counts
_SUCCESSES = (200, 201, 202, 204)
_SEVERAL = 207  # RFC 4918, section 11.1; many services answer a list of outcomes with it


@dataclass(frozen=True, slots=True)
class Manner:
    """How a service is asked, and what its answers mean, where that is not as here.

    ``timeout``: seconds of one call. ``show`` and ``shadow`` say who we are: in calls that count, and beside them.
    ``faults`` are lines of the table of its refusals, ``shown`` header fields of its answers that callers get. ``dry``:
    each call is a dry run; ``send`` has to see to it that its answer says so.
    """

    translation: Translation = AS_IT_IS
    timeout: float = float("inf")
    show: ShowService = NOBODY
    shadow: ShowService = NOBODY
    faults: tuple[ServiceFaultRule, ...] = ()
    shown: Collection[str] = ()
    dry: bool = False


AS_BEFORE = Manner()


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
    manner: Manner = AS_BEFORE,
    send: Callable[..., Reply] | None = None,
) -> Handler:
    """Return the handler that answers by one microservice.

    ``path`` (such as ``/{id}``) stands below ``service_path`` there and below ``public_path`` here; a ``Location`` is
    translated by these two. ``problems`` are the slugs that the operation declares for refusals, with their status;
    the service's own words reach callers only for those of ``shown`` and the house's, so that both backends say the
    same. ``forwarded`` are header fields of the operation's own, in small letters. ``guard`` stands around each call.
    What writes is never sent beside another call, but as a dry run. ``send`` stands for that of the exchange.
    """
    fill = filled(service_path + path)
    known = {**ALWAYS_KNOWN, **problems}
    told = {*ALWAYS_KNOWN, *shown}
    relocate = relocating(exchange.url, service_path, public_path)
    said, alone = manner.translation, policy.effect != "read" and not manner.dry
    send = send or exchange.send

    def handle(request: Request) -> Response:
        if alone and request.kind == "shadow":
            raise RuntimeError(f"{request.operation} writes, and was to be sent beside another call")
        path, query = fill(request.path), urlencode(said.query(request.query) if said.query else request.query)
        body = said.body(request.body) if said.body is not None and request.body else request.body
        return guard.run(request, lambda turn: once(request, path, query, body, turn), policy)

    def once(request: Request, path: str, query: str, body: bytes, turn: Turn) -> Response:
        if request.trace is not None:
            request.trace("http-out", body)
        with calling("http"):
            reply = send(
                method,
                deadline=min(request.deadline, time.monotonic() + manner.timeout),
                headers=_headers(request, forwarded, manner),
                path=path,
                query=query,
                body=body,
            )
        turn.heard(reply.status, reply.headers)
        if request.trace is not None:
            request.trace("http-in", reply.body)
        if reply.status >= 400:
            raise refusal(reply, known, told, manner.faults)
        return _response(reply, request, manner, relocate)

    return handle


def _headers(request: Request, more: Collection[str], manner: Manner) -> dict[str, str]:
    beside = manner.dry or request.kind == "shadow"
    came = {name.lower(): value for name, value in request.headers.items()}
    headers = {"Accept": "application/json, application/problem+json", "X-Request-Id": request.id}
    wanted = (name for name in (*FORWARDED, *more) if not (beside and name in _NOT_BESIDE))
    headers |= {name: came[name] for name in wanted if name in came}
    if request.body:
        headers["Content-Type"] = request.content_type or "application/json"
    if request.traceparent:
        headers["traceparent"] = traceparent(request)
    if manner.dry or is_shadow(request):
        headers["Shadow"] = DRY_RUN if manner.dry else "true"
    return {**headers, **(manner.shadow if beside else manner.show)()}


def _response(reply: Reply, request: Request, manner: Manner, relocate: Callable[[str], str | None]) -> Response:
    if reply.status not in _SUCCESSES and (reply.status != _SEVERAL or manner.translation.read is None):
        raise reply_invalid(f"status {reply.status}")
    said, read = manner.translation, _read(reply, request, manner.translation)
    there = reply.headers.get("location")
    location = relocate(there) if there else None
    headers = {**read.headers, **({"Location": location} if location else {})}
    if manner.shown:
        headers |= {name: reply.headers[name.lower()] for name in manner.shown if name.lower() in reply.headers}
    return Response(
        said.status or reply.status,
        b"" if said.empty else reply.body if read.body is None else read.body,
        headers=headers,
        notes=(*read.notes, *(("location-elsewhere",) if there and not location else ())),
        answered_by="http",
    )


def _read(reply: Reply, request: Request, said: Translation) -> Read:
    if said.empty:
        return Read(None)
    if not reply.body:
        if reply.status == 200 or said.read is not None:
            raise reply_invalid(f"status {reply.status} with an empty body")
        return Read(None)
    if not is_json(reply):
        raise reply_invalid("an answer that is not JSON")
    pieces.begin(len(reply.body), request.deadline, sent="yes")
    document = decoded(reply)
    return Read(None) if said.read is None else said.read(document, request)
