"""How the writes of a feature that moves are sent, copied and settled at either side; made while building.

The new service gets the id of a row as its Idempotency-Key. Where the mapping says that it honours keys (``repeats``),
what became of a write is found out by sending it again; else by reading back what was written, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from adapter.deliver.kept import whole
from adapter.deliver.outcomes import judged
from adapter.deliver.way import Ask, Copied, TwoSides, Unsettled, Way
from adapter.errors import BackendFault, RequestError
from adapter.mapping.agreement.rollouts import key_of
from adapter.mapping.bound import BoundType, Endpoint
from adapter.mapping.model.write import AFTER
from adapter.messages import Handler, Request, Response
from adapter.moving.needed import Moving
from adapter.moving.placing import Placing, line_of
from adapter.rollout.rules import Side
from adapter.rollout.stages import Standing
from adapter.strict_json import decode, encode

_DEPTH, _DIGITS = 500, 4000
_NOT_FOUND = (404, 410)


def two_sided(
    endpoint: Endpoint, way: Way, moving: Moving, direct: Handler, inner: Callable[[Endpoint], Handler]
) -> Way:
    """Return the way of an operation to both sides. ``way`` leads to the side of its request, as ``inner`` does.

    ``direct`` asks a side without checking what callers may send: a copy is no caller's.
    """
    rule = endpoint.rollout
    assert rule is not None
    place = Placing(endpoint, rule, moving.key)

    def side(request: Request, standing: Standing) -> Side:
        return place.side_now(request, standing)

    sides = TwoSides(place.feature, side, _copying(endpoint), {"soap": way.send, "http": direct})
    resolve, wait = _resolve_there(endpoint, way, direct, inner)
    if endpoint.verb != "create":  # one entity has one line of writes, as it has one side
        way = replace(way, entity=place.line)
    return replace(way, moving=sides, http=replace(way, moving=sides, resolve=resolve, wait=wait))


def _resolve_there(
    endpoint: Endpoint, way: Way, direct: Handler, inner: Callable[[Endpoint], Handler]
) -> tuple[Ask | None, float]:
    """Return how it is found out what became of a write at the new service; and when "not there" is believed."""
    write, http = endpoint.write, endpoint.resource.http
    assert write is not None
    if http is not None and http.repeats:
        return _again(direct), 0.0
    if write.resolve is not None and write.resolve.by.rollout is not None:
        return way.resolve, way.after
    if way.repeatable or write.reads is None or write.reads.rollout is None:
        return None, 0.0
    return _read_back(endpoint, write.reads, inner(write.reads)), AFTER


def _again(send: Handler) -> Ask:
    """Return what sends a write once more, with the same key: its answer is the first one, or it is done now."""

    def ask(request: Request) -> Response | None:
        try:
            return whole(send(request))
        except RequestError as error:
            if judged(error) == "refused":  # then it was not done before either
                return None
            raise

    return ask


def _read_back(endpoint: Endpoint, reads: Endpoint, read: Handler) -> Ask:
    """Return what takes a write for done where what it wrote is there. Its entity has one writer at a time."""
    names = [field.name for field in reads.path_parameters()]

    def ask(request: Request) -> Response | None:
        sent = body_of(request.body)
        path = {name: _text(request.path.get(name, sent.get(name)), name) for name in names}
        found = read_one(read, reads, request, path)
        if found is None or not _holds(sent, found):
            return None
        return Response(endpoint.reply.status, encode(found))

    return ask


def read_one(read: Handler, reads: Endpoint, request: Request, path: Mapping[str, str]) -> dict[str, Any] | None:
    """Return what the side of a request has under a path, None where it says that there is nothing."""
    asked = replace(
        request, operation=reads.name, method=reads.method, path=path, query=(), body=b"", content_type="", headers={},
        checked=None, wanted="",
    )  # fmt: skip
    try:
        body = whole(read(asked)).body
    except RequestError as error:
        if error.status in _NOT_FOUND and (isinstance(error, BackendFault) or error.sent in ("", "yes")):
            return None
        raise
    assert isinstance(body, bytes)
    return body_of(body)


def _holds(sent: Any, found: Any) -> bool:
    """Whether what was found has all that was sent."""
    if isinstance(sent, dict) and isinstance(found, dict):
        return all(_holds(value, found.get(name)) for name, value in sent.items())
    return bool(sent == found)


def _copying(endpoint: Endpoint) -> Callable[[Request, Response, Side], Copied]:
    """Return what makes the request for the other side: the caller's, or of one that made an entity its answer.

    So the entity gets the same id there. The new service gets all that the answer shows, the ERP what it takes.
    """
    rule = endpoint.rollout
    assert rule is not None
    if endpoint.verb != "create":
        return lambda request, answer, side: Copied(replace(request, checked=None), "")
    key = key_of_created(endpoint)
    taken = names_taken(endpoint)

    def copy(request: Request, answer: Response, side: Side) -> Copied:
        assert isinstance(answer.body, bytes)
        made = body_of(answer.body) if answer.body else {}
        id = _text(made.get(key), key)
        both = {**(body_of(request.body) if request.body else {}), **made}
        if side == "soap":
            both = {name: value for name, value in both.items() if name in taken}
        return Copied(replace(request, checked=None, body=encode(both)), line_of(endpoint.resource.name, id))

    return copy


def key_of_created(endpoint: Endpoint) -> str:
    """Return the property by which an answer names what was made."""
    rule, write = endpoint.rollout, endpoint.write
    assert rule is not None
    reads = write.reads if write is not None else None
    return rule.key or (key_of(reads, rule) if reads is not None else "") or "id"


def names_taken(endpoint: Endpoint) -> frozenset[str]:
    """Return the names of the properties that callers may send."""
    return frozenset(_names(endpoint, endpoint.body.type)) if endpoint.body is not None else frozenset()


def _names(endpoint: Endpoint, type: str) -> Iterator[str]:
    bound: BoundType = endpoint.types[type]
    yield from (field.name for field in bound.fields)
    if bound.variants:
        yield bound.discriminator
    for variant in bound.variants:
        yield from _names(endpoint, variant.type)


def body_of(body: bytes) -> dict[str, Any]:
    """Return a JSON object. Raise Unsettled for anything else."""
    found = decode(body, max_depth=_DEPTH, max_digits=_DIGITS) if body else None
    if not isinstance(found, dict):
        raise Unsettled("it is no JSON object")
    return found


def _text(value: Any, name: str) -> str:
    if value is None or value == "" or isinstance(value, dict | list):
        raise Unsettled(f"nothing says its {name}")
    return str(value)
