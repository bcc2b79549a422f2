"""Agreement of several SOAP calls behind one operation: each is bound as an endpoint; what they share must fit."""

from __future__ import annotations

from dataclasses import replace

from adapter.mapping.agreement.constants import Given
from adapter.mapping.agreement.header_fields import declared_fields
from adapter.mapping.agreement.operation import bind_operation
from adapter.mapping.agreement.signs import as_it_is, no_single_value
from adapter.mapping.agreement.types import Binder
from adapter.mapping.bound import Call, Endpoint, Take
from adapter.mapping.model import FieldRule, TypeRule
from adapter.mapping.model.operation import CallRule, OperationRule, TakeRule
from adapter.mapping.paths import follow, suggest
from adapter.mapping.taking import simple, unfit
from adapter.wsdl.types import Port


def bind_calls(binder: Binder, port: Port, rule: OperationRule, endpoint: Endpoint, given: Given) -> Endpoint:
    """Return the endpoint with ``calls:``, ``commit:`` and ``undo:`` bound too, as far as they agree."""
    if not (rule.calls or rule.commit or rule.undo):
        return endpoint
    if rule.reply is None or rule.reply.shape != "one":
        text = f"{rule.name}: several calls need an object to answer with"
        binder.wrong(rule.reply.place if rule.reply else rule.place, text, "reply: {one: …, from: …}")
    _names(binder, rule)

    def bound(each: CallRule | None) -> Call | None:
        return _call(binder, port, rule, endpoint, each, given) if each is not None else None

    calls = tuple(call for each in rule.calls if (call := bound(each)) is not None)
    return replace(endpoint, calls=calls, commit=bound(rule.commit), undo=bound(rule.undo))


def _names(binder: Binder, rule: OperationRule) -> None:
    """The property of a call is a new one, in the answer and in the body."""
    types = binder.resource.types
    answers = [types.get(each.type_name) for each in (rule.reply, rule.commit and rule.commit.rule.reply) if each]
    body = types.get(rule.body.type_name) if rule.body is not None else None
    for each in rule.calls:
        for kind in {kind.name: kind for kind in (*answers, body if each.rule.body else None) if kind}.values():
            if each.name in _properties(kind):
                text = f"{each.rule.name}: {kind.name} has a property {each.name} already"
                binder.wrong(each.rule.place, text, "give one of them another name")
        if each.rule.body is not None and body is not None and body.variants:
            text = f"{each.rule.name}: {body.name} has variants, so its properties are known"
            binder.wrong(each.rule.body.place, text, "make it an element of the main call's body")
    for answer in answers if any(each.optional for each in rule.calls) else ():
        if answer is not None and "incomplete" in _properties(answer):
            text = f"{rule.name}: {answer.name} has a property incomplete, which names the optional calls that failed"
            binder.wrong(
                kind.fields["incomplete"].place if "incomplete" in kind.fields else kind.place, text, "rename it"
            )


def _properties(kind: TypeRule) -> set[str]:
    return {kind.discriminator, *kind.fields, *(name for each in kind.variants for name in each.fields)}


def _call(
    binder: Binder, port: Port, main: OperationRule, endpoint: Endpoint, rule: CallRule, given: Given
) -> Call | None:
    for name, field in rule.rule.path_fields.items():
        if name not in main.path_fields:
            text = f"{rule.rule.name}: the operation has no path parameter {name}"
            binder.wrong(field.place, text, suggest(name, list(main.path_fields)))
    for field in (*rule.rule.path_fields.values(), *rule.rule.query_fields.values()):
        if field.shape != "scalar":
            binder.wrong(
                field.place, f"{rule.rule.name}: {field.name} must be a single value", "remove 'one' or 'each'"
            )
    named = {_name(take): FieldRule(_name(take), take.place, take.to) for take in rule.take}
    headers = declared_fields(binder, port, rule.rule.call, main.headers)
    whole = replace(rule.rule, path_fields={**rule.rule.path_fields, **named}, headers=headers)
    found = bind_operation(binder, port, whole, given)
    if found is None:
        return None
    targets = {field.name: field for field in found.path_fields}
    takes = [
        bound
        for take in rule.take
        if _name(take) in targets
        if (bound := _take(binder, rule, endpoint, found, Take(targets[_name(take)], targets[_name(take)]), take))
    ]
    return Call(rule, found, tuple(takes))


def _name(take: TakeRule) -> str:
    """Return the name of what is taken among the path fields: none that a parameter of a URL can have."""
    return f"take {take.to}"


def _take(binder: Binder, rule: CallRule, main: Endpoint, found: Endpoint, both: Take, take: TakeRule) -> Take | None:
    """Bind the source of what is taken, and prove that it fits."""
    output, name = main.operation.output, f"{rule.rule.name}: take"
    if output is None or output.root is None:
        binder.wrong(take.place, f"{name}: {main.operation.key} answers nothing", "remove 'take'")
        return None
    if wrong := no_single_value(binder, output.root.type, take.source, first=False):
        binder.wrong(take.place, f"{name}: {wrong[0]}", "take one value")
        return None
    encoded = main.operation.use == "encoded"
    source = binder.field(FieldRule(take.source, take.place, take.source), output.root.type, "reply", encoded)
    if source is None:
        return None
    root = found.operation.input.root
    start = root.type if root is not None else ""
    ends = follow(binder.contract, output.root.type, take.source), follow(binder.contract, start, take.to)
    if why := unfit(*(simple(binder.contract, spot.type) for spot in ends)):
        binder.wrong(take.place, f"{name}: {take.source} does not fit {take.to}: {why}", "take a value that fits")
    text = as_it_is(source, take.source)
    return Take(both.to, replace(text, required=False, nullable=True))
