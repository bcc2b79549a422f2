"""An operation the other way: its request read as if it were a reply, its reply written as if it were a request.

The same types are bound on the same records by the agreement itself, so what is proved is what the product does. What a
mapping only reads or only writes goes both ways here; that it must not is no question of keeping values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from adapter.mapping.agreement.constants import Given
from adapter.mapping.agreement.types import Binder
from adapter.mapping.agreement.whole import Surroundings
from adapter.mapping.bound import Body, BoundField, Endpoint, Mode, Reply, Shape
from adapter.mapping.convert import CONVERTERS
from adapter.mapping.model import FieldRule, TypeRule
from adapter.mapping.model.operation import ReplyRule, Resource
from adapter.mapping.occurrence import content, unfilled
from adapter.mapping.paths import Child
from adapter.mapping.scalars import lookup_key
from adapter.mapping.tables import by_lookup
from adapter.wsdl.types import Message


@dataclass(frozen=True, slots=True)
class Side:
    """One message of an operation, written and read: both endpoints have it as their request and as their reply.

    ``judged`` is what must be valid when it is written: the message where the mapping fills all that the contract
    requires, or only the record that the JSON value is, or nothing.
    """

    name: str
    write: Endpoint
    read: Endpoint
    judged: Literal["message", "record", ""]


def two_way(resource: Resource) -> Resource:
    """Return a resource without read_only, write_only and create_only."""
    return replace(resource, types={name: _type(rule) for name, rule in resource.types.items()})


def _type(rule: TypeRule) -> TypeRule:
    variants = tuple(replace(each, fields=_fields(each.fields)) for each in rule.variants)
    return replace(rule, fields=_fields(rule.fields), variants=variants)


def _fields(rules: Mapping[str, FieldRule]) -> dict[str, FieldRule]:
    # What is computed stays read-only: it has no element.
    return {
        name: replace(rule, read_only=rule.read_only and bool(rule.compute), write_only=False, create_only=False)
        for name, rule in rules.items()
    }


def binder_of(endpoint: Endpoint, around: Surroundings) -> Binder:
    """Return what binds the types of an endpoint's resource once more, both ways."""
    given = Given(around.value_of, around.text_of, around.blocks, around.functions, lookups=endpoint.lookups)
    tables = {lookup_key(each.rule.name): by_lookup(each.table, each.rule.rule.call) for each in endpoint.lookups}
    lookups = {name: lambda converter=converter: converter for name, converter in tables.items()}
    resource = two_way(endpoint.resource)
    return Binder(resource, endpoint.contract, {**CONVERTERS, **around.converters, **lookups}, given)


def request_side(endpoint: Endpoint, around: Surroundings) -> Side | None:
    """Return the request of an operation as a side. None where it has no JSON body, or a record is merged into it."""
    body = endpoint.body
    if endpoint.operation.input.root is None or (body and (body.document is not None or body.reads is not None)):
        return None
    if body is None:
        read = _alone(endpoint, binder_of(endpoint, around), endpoint.operation.input)
        silent = ReplyRule(endpoint.reply.rule.place)
        return Side(f"{endpoint.name} request", endpoint, replace(read, reply=Reply(silent, "", (), 204)), "message")
    bound = endpoint.types[body.type]
    binder = binder_of(endpoint, around)
    key = binder.bind(bound.name, bound.record, "reply", body.field.rule.place, _encoded(endpoint))
    read = _reading(endpoint, binder, endpoint.operation.input, key, body.steps)
    return Side(f"{endpoint.name} request", endpoint, read, "message") if key else None


def reply_side(endpoint: Endpoint, around: Surroundings) -> Side | None:
    """Return the reply of an operation as a side. None where no JSON is read from it."""
    reply, output = endpoint.reply, endpoint.operation.output
    if not reply.type or output is None or reply.rule.document is not None:
        return None
    bound = endpoint.types[reply.type]
    if bound.record not in endpoint.contract.types:
        return None
    binder = binder_of(endpoint, around)
    mode: Mode = "request"
    key = binder.bind(bound.name, bound.record, mode, reply.rule.place, _encoded(endpoint), whole=bool(reply.steps))
    if not key:
        return None
    write = _writing(endpoint, binder, output, key, reply.steps)
    reader_key = binder.bind(bound.name, bound.record, "reply", reply.rule.place, _encoded(endpoint))
    read = _reading(endpoint, binder, output, reader_key, reply.steps)
    return Side(
        f"{endpoint.name} reply", write, read, "" if binder.mistakes else "message" if _fills(write) else "record"
    )


def _fills(endpoint: Endpoint) -> bool:
    """Tell whether everything that the message requires is filled. SOAP encoding requires nothing."""
    root = endpoint.operation.input.root
    if root is None or _encoded(endpoint):
        return True
    return not any(unfilled(content(endpoint.contract, root.type, endpoint.message())))


def _encoded(endpoint: Endpoint) -> bool:
    return endpoint.operation.use == "encoded"


def _alone(endpoint: Endpoint, binder: Binder, message: Message) -> Endpoint:
    """Return an endpoint of one message in both directions, with nothing in it yet."""
    return replace(
        endpoint,
        resource=binder.resource,
        operation=replace(endpoint.operation, input=message, output=message),
        types=binder.types,
        path_fields=(),
        query_fields=(),
        constants=(),
        headers=(),
        filter=None,
        page=None,
        sort=None,
        body=None,
        session=None,
        calls=(),
        commit=None,
        undo=None,
        cursor=None,
        faults=(),
        details={},
    )


def _reading(endpoint: Endpoint, binder: Binder, message: Message, key: str, steps: tuple[Child, ...]) -> Endpoint:
    rule = replace(
        endpoint.reply.rule,
        shape=_shape(steps),
        empty_status=0,
        refused=None,
        warnings=None,
        document=None,
        source="it",
    )
    return replace(_alone(endpoint, binder, message), reply=Reply(rule, key, steps, 200))


def _shape(steps: tuple[Child, ...]) -> Literal["each", "one"]:
    return "each" if steps and steps[-1].repeats else "one"


def _writing(endpoint: Endpoint, binder: Binder, message: Message, key: str, steps: tuple[Child, ...]) -> Endpoint:
    rule = FieldRule("body", endpoint.reply.rule.place, endpoint.reply.rule.source)
    shape: Shape = "objects" if _shape(steps) == "each" else "object"
    field = BoundField("body", rule, steps, None, shape, None, key)
    return replace(_alone(endpoint, binder, message), body=Body(key, steps, None, field, {}, spread=not steps))
