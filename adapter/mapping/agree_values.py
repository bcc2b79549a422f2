"""Agreement of values that no caller gives: constants in the request, and SOAP header blocks."""

from __future__ import annotations

from collections.abc import Sequence

from adapter.mapping.agree_types import Binder
from adapter.mapping.bound import BoundField, HeaderBlock
from adapter.mapping.constants import ValueOf, constant
from adapter.mapping.coverage import collisions, uncovered
from adapter.mapping.model import Constant, FieldRule
from adapter.mapping.paths import suggest
from adapter.wsdl.types import Message, Port


def bind_constants(
    binder: Binder, rules: Sequence[Constant], start: str, value_of: ValueOf, name: str
) -> tuple[BoundField, ...]:
    """Bind constants below the type with key ``start``. ``name`` says whose they are, for mistakes."""

    def bind(rule: FieldRule) -> BoundField | None:
        return binder.field(rule, start, "request")

    found = [constant(each, bind, binder.wrong, value_of, name) for each in rules]
    return tuple(bound for bound in found if bound is not None)


def bind_headers(binder: Binder, message: Message, value_of: ValueOf) -> tuple[HeaderBlock, ...]:
    """Bind the header blocks that one message declares; those of other operations are passed over."""
    place = binder.resource.soap.place
    blocks = []
    for header in message.headers:
        element = header.element
        rules = [
            Constant(rest, rule.place, rule.value, rule.setting)
            for rule in binder.resource.soap.headers
            for name, _, rest in [rule.path.partition(".")]
            if name == element.name
        ]
        before = len(binder.mistakes)
        fields = bind_constants(binder, rules, element.type, value_of, element.name)
        for field, text, remedy in collisions(fields):
            binder.wrong(field.rule.place, f"{element.name}: {text}", remedy)
        if (rules or header.required) and len(binder.mistakes) == before:
            for missing in uncovered(binder.contract, element.type, fields):
                text = f"the header {element.name} requires {missing}"
                binder.wrong(place, text, f"headers: {{{element.name}.{missing}: …}}")
        if rules:
            blocks.append(HeaderBlock(element, fields))
    return tuple(blocks)


def check_headers(binder: Binder, port: Port) -> None:
    """Every header block of the mapping must be declared by one of the operations that it calls."""
    called = [port.operations[rule.call] for rule in binder.resource.operations if rule.call in port.operations]
    declared = {header.element.name for operation in called for header in operation.input.headers}
    for rule in binder.resource.soap.headers:
        name = rule.path.partition(".")[0]
        if called and name not in declared:
            binder.wrong(rule.place, f"the operations declare no header {name}", suggest(name, sorted(declared)))
