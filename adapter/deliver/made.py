"""How the writes of one operation are kept and sent, made while building from what the mapping says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from adapter.deliver.way import Ask, Way
from adapter.mapping.bound import BoundField, BoundWrite, Endpoint
from adapter.mapping.references import reference
from adapter.messages import Checked, Handler, Request
from adapter.strict_json import decode, encode

_DEPTH, _DIGITS = 500, 4000


def way(endpoint: Endpoint, write: BoundWrite, send: Handler, resolve: Ask | None) -> Way:
    """Return the way of an operation's writes."""
    rule = write.rule
    path = [field.name for field in endpoint.path_parameters()]
    names = [rule.entity] if rule.entity else path
    entity = _named(endpoint, names)
    subject = _named(endpoint, [rule.subject or rule.entity]) if rule.subject or rule.entity else None

    def of_entity(request: Request) -> str:
        found = entity(request)
        return f"{endpoint.resource.name} {found}" if found else ""

    return Way(
        operation=endpoint.name,
        rule=rule,
        repeatable=endpoint.policy.effect == "idempotent",
        send=send,
        resolve=resolve,
        entity=of_entity,
        subject=_plain(subject) if subject is not None else lambda request: request.caller.id,
        fill=_filling(endpoint, write),
    )


def whose(endpoint: Endpoint, name: str) -> Callable[[Request], str]:
    """Return the value of a property or parameter of a request as callers write it, "" where it has none."""
    known = {field.name for field in (*endpoint.given(), *endpoint.path_parameters())}
    return _plain(_named(endpoint, [name])) if name in known else lambda request: ""


def _named(endpoint: Endpoint, names: list[str]) -> Callable[[Request], str]:
    """Return what says which one of its kind a request is about, as callers write it; "" where it is not said."""
    fields = {field.name: field for field in endpoint.given()} | {
        field.name: field for field in endpoint.path_parameters()
    }

    def named(request: Request) -> str:
        values = _values(request.checked)
        found = [_said(fields[name], values.get(name)) for name in names]
        return " ".join(f"{name}={text}" for name, text in zip(names, found, strict=True)) if all(found) else ""

    return named


def _plain(named: Callable[[Request], str]) -> Callable[[Request], str]:
    """Return what gives the value alone: whoever erases a customer's data writes nothing else."""
    return lambda request: named(request).partition("=")[2]


def _values(checked: Checked | None) -> Mapping[str, Any]:
    assert checked is not None
    body = checked.body if isinstance(checked.body, Mapping) else {}
    return {**body, **checked.query, **checked.path}


def _said(field: BoundField, text: Any) -> str:
    if not isinstance(text, str) or field.codec is None:
        return ""
    value = field.codec.read(text)
    return "" if value is None else str(value)


def _filling(endpoint: Endpoint, write: BoundWrite) -> Callable[[Request, str], tuple[Request, str]]:
    """Return what puts the reference of a row into a request, and says which reference that carries."""
    name, characters = write.rule.reference, write.characters
    fields = endpoint.types[endpoint.body.type].fields if endpoint.body is not None else ()
    field = {each.name: each for each in fields}.get(name)
    if not name or field is None or field.codec is None:
        return lambda request, row: (request, "")
    codec = field.codec

    def fill(request: Request, row: str) -> tuple[Request, str]:
        checked = request.checked
        assert checked is not None
        theirs = checked.body.get(name)
        if theirs:
            return request, str(codec.read(theirs))
        ours = reference(row, characters)
        body = {**decode(request.body, max_depth=_DEPTH, max_digits=_DIGITS), name: ours}
        checked = replace(checked, body={**checked.body, name: codec.write(ours)})
        return replace(request, checked=checked, body=encode(body)), ours

    return fill
