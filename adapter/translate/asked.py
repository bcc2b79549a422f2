"""What a request message says: the JSON of its body, read back by the code that reads replies.

The types of a request are bound as those of a reply are, and their codecs go both ways. So what is read is what the
ERP is told, whatever the caller said: with what the mapping fills in, and as converters write it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from adapter.mapping.bound import BoundField, BoundType, Endpoint, Reply
from adapter.mapping.codec import Codec
from adapter.mapping.model.operation import ReplyRule
from adapter.translate.reader import reader
from adapter.translate.written import Written
from adapter.wsdl.lexical import INTEGERS


def asked_reader(endpoint: Endpoint) -> Callable[[Any], Any] | None:
    """Compile what reads the JSON body of a request message: its root (or ``Written``) in, the object out.

    None where the caller's JSON is not one message of its own: it has none, several are sent, it is merged into what
    the ERP has, or an array's order is in numbers that the caller did not see. Raises BackendReplyInvalid (``reader``).
    """
    body, operation = endpoint.body, endpoint.operation
    if body is None or body.document is not None or body.rows is not None or body.reads is not None:
        return None
    numbered = any(field.items is not None and field.items.step for field in _fields(endpoint.types))
    if operation.input.root is None or endpoint.further() or numbered:
        return None
    many = bool(body.steps) and body.steps[-1].repeats
    rule = ReplyRule(body.field.rule.place, shape="each" if many else "one", source=body.field.rule.soap)
    types = {key: replace(bound, fields=_optional(bound.fields)) for key, bound in endpoint.types.items()}
    turned = replace(
        endpoint,
        operation=replace(operation, output=operation.input),
        reply=Reply(rule, body.type, body.steps, 200),
        types=types,
        page=None,
    )
    read = reader(turned)

    def asked(message: Any) -> Any:
        found = read(message.element() if isinstance(message, Written) else message).document
        return found[0] if many else found

    return asked


def _fields(types: Mapping[str, BoundType]) -> list[BoundField]:
    return [field for bound in types.values() for field in bound.fields]


def _optional(fields: tuple[BoundField, ...]) -> tuple[BoundField, ...]:
    """Return fields none of which has to be there: what was written was checked, and a caller may leave out more."""
    return tuple(
        replace(each, required=False, necessary=False, missing=None, parts=_optional(each.parts)) for each in fields
    )


def canonical(endpoint: Endpoint) -> Callable[[Any], Any]:
    """Return what makes a body as a caller sent it one that can be held against what was read.

    What he left out has the contract's default, and a number that is a text is written as the mapping writes it.
    """
    body, types = endpoint.body, endpoint.types
    if body is None:
        return lambda document: document

    def whole(bound: BoundType, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        if bound.variants:
            key = {each.value: each.type for each in bound.variants}.get(value.get(bound.discriminator, ""), "")
            return whole(types[key], value) if key else value
        found = dict(value)
        for field in bound.fields:
            if field.name not in found:
                if field.default is not None and field.codec is not None:
                    found[field.name] = field.codec.read(field.default)
            elif field.type in types:
                found[field.name] = _within(field, found[field.name], partial(whole, types[field.type]))
            elif field.codec is not None and _is_text_of_number(field.codec):
                found[field.name] = _within(field, found[field.name], partial(_number, field.codec))
        return found

    return lambda document: whole(types[body.type], document)


def _within(field: BoundField, value: Any, act: Callable[[Any], Any]) -> Any:
    if field.shape not in ("objects", "scalars"):
        return act(value)
    if isinstance(value, dict):  # an array that callers see as an object
        return {name: act(item) for name, item in value.items()}
    return [act(item) for item in value] if isinstance(value, list) else value


def _is_text_of_number(codec: Codec) -> bool:
    return codec.schema.get("type") == "string" and codec.logical in ("decimal", *INTEGERS)


def _number(codec: Codec, value: Any) -> Any:
    try:
        return codec.read(codec.write(value))
    except ValueError:  # it is none any more: what the other side is told is a difference
        return value


def without_empty(value: Any) -> Any:
    """Return JSON without members that hold nothing: XML does not tell an empty array from none."""
    if isinstance(value, dict):
        found = {name: without_empty(each) for name, each in value.items()}
        return {name: each for name, each in found.items() if each not in ([], {})}
    return [without_empty(each) for each in value] if isinstance(value, list) else value
