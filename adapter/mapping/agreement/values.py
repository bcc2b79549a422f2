"""Agreement of values that no caller gives: constants in the request, and SOAP header blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from adapter.mapping.agreement.called import operations_called
from adapter.mapping.agreement.constants import Given, constant
from adapter.mapping.agreement.header_fields import declared_once, given_fields
from adapter.mapping.agreement.types import Binder
from adapter.mapping.blocks import Block
from adapter.mapping.bound import BoundField, HeaderBlock
from adapter.mapping.coverage import collisions, uncovered
from adapter.mapping.model import Constant, FieldRule
from adapter.mapping.path_names import PathError, alike, matches, named, suggest
from adapter.wsdl.types import Header, Operation, Port, local_name


def bind_constants(
    binder: Binder, rules: Sequence[Constant], start: str, given: Given, name: str
) -> tuple[BoundField, ...]:
    """Bind constants below the type with key ``start``. ``name`` says whose they are, for mistakes."""

    def bind(rule: FieldRule) -> BoundField | None:
        return binder.field(rule, start, "request")

    found = [constant(each, bind, binder.wrong, given, name) for each in rules]
    return tuple(bound for bound in found if bound is not None)


def bind_headers(
    binder: Binder, operation: Operation, given: Given, fields: Sequence[FieldRule]
) -> tuple[HeaderBlock, ...]:
    """Bind the header blocks that one operation declares; those of others are passed over, but for a session's.

    ``fields`` are the header fields of HTTP that callers give.
    """
    message = operation.input
    declared = [header.element.name for header in message.headers]
    for rule in given.in_header:
        name = rule.path.partition(".")[0]
        if not any(matches(binder.contract, name, header.element.tag) for header in message.headers):
            whose, why = ("cursor", "take the number of rows") if rule.page else ("session", "show the token")
            text = f"{whose}: {operation.key} declares no header {name}, so it cannot {why}"
            binder.wrong(rule.place, text, suggest(name, declared))
    for field in fields:
        declared_once(binder, field, f"{field.name}: {operation.key}", [each.element.tag for each in message.headers])
    blocks = [_header(binder, header, given, fields) for header in message.headers]
    return tuple(block for block in blocks if block is not None)


def _header(binder: Binder, header: Header, given: Given, from_callers: Sequence[FieldRule]) -> HeaderBlock | None:
    element, place = header.element, binder.resource.soap.place
    rules = [
        replace(rule, path=rest)
        for rule in (*binder.resource.soap.headers, *given.in_header)
        for name, _, rest in [rule.path.partition(".")]
        if matches(binder.contract, name, element.tag)
    ]
    before = len(binder.mistakes)
    computed = next((rule for rule in rules if rule.compute), None)
    if computed is not None and len(rules) > 1:
        text = f"{element.name}: a function makes the whole block"
        binder.wrong(computed.place, text, f"remove the other lines of {element.name}")
    block = given.blocks.get(computed.compute) if computed is not None else None
    if computed is None:
        fields = bind_constants(binder, rules, element.type, given, element.name)
    elif block is not None:
        fields = _computed(binder, computed, block, element.type)
    else:
        return None  # `check_headers` says so
    own, always = given_fields(binder, header, from_callers, always=bool(rules))
    if own and computed is not None:
        text = f"{own[0].name}: a function makes the whole block {element.name}"
        binder.wrong(own[0].rule.place, text, "take the value from there, or make the block of values")
    for bound, text, remedy in collisions((*fields, *own)):
        binder.wrong(bound.rule.place, f"{element.name}: {text}", remedy)
    if (rules or own or header.required) and len(binder.mistakes) == before:
        for missing in uncovered(binder.contract, element.type, (*fields, *own)):
            text = f"the header {element.name} requires {missing}"
            binder.wrong(place, text, f"headers: {{{element.name}.{missing}: …}}")
    if not rules and not own:
        return None
    return HeaderBlock(element, fields, block, computed.credential if computed else "", own, always)


def check_headers(binder: Binder, port: Port, given: Given) -> None:
    """Every header block of the mapping must be declared by one of the operations that it calls."""
    called = operations_called(binder, port)
    called += [given.session.login.operation] if given.session is not None else []
    declared = {header.element.tag for operation in called for header in operation.input.headers}
    for rule in binder.resource.soap.headers:
        name = rule.path.partition(".")[0]
        try:
            found = alike(binder.contract, name, declared)
            for operation in called if found else ():
                _one_of(binder, name, [header.element.tag for header in operation.input.headers])
        except PathError as error:
            binder.wrong(rule.place, str(error), error.remedy)
            continue
        if called and not found:
            known = sorted(map(local_name, declared))
            binder.wrong(rule.place, f"the operations declare no header {name}", suggest(name, known))
        if rule.compute and rule.compute not in given.blocks:
            text = f"{name}: there is no function {rule.compute} for a header block"
            binder.wrong(rule.place, text, suggest(rule.compute, sorted(given.blocks)))


def _one_of(binder: Binder, name: str, tags: Sequence[str]) -> None:
    """Raise PathError where several header blocks of one operation have a name."""
    if len(alike(binder.contract, name, tags)) > 1:
        named(binder.contract, name, tags, lambda name: name)


def _computed(binder: Binder, rule: Constant, block: Block, start: str) -> tuple[BoundField, ...]:
    """Bind what a function fills."""
    rules = [FieldRule(path, rule.place, path) for path in block.paths]
    found = [binder.field(each, start, "request") for each in rules]
    return tuple(
        replace(bound, shape="scalar", nullable=False, required=True, made=rule)
        for bound in found
        if bound is not None and bound.codec is not None
    )
