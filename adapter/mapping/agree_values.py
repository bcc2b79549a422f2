"""Agreement of values that no caller gives: constants in the request, and SOAP header blocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from adapter.mapping.agree_types import Binder
from adapter.mapping.bound import BoundField, HeaderBlock
from adapter.mapping.coverage import collisions, uncovered
from adapter.mapping.model import Constant, FieldRule
from adapter.mapping.paths import suggest
from adapter.settings import value_name
from adapter.wsdl.types import Message, Port

ValueOf = Callable[[str], str | None]


def bind_constants(
    binder: Binder, rules: Sequence[Constant], start: str, value_of: ValueOf, name: str
) -> tuple[BoundField, ...]:
    """Bind constants below the type with key ``start``. ``name`` says whose they are, for mistakes."""
    found = [_constant(binder, each, start, value_of, name) for each in rules]
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
    called = [port.operations[rule.call] for rule in binder.resource.rules() if rule.call in port.operations]
    declared = {header.element.name for operation in called for header in operation.input.headers}
    for rule in binder.resource.soap.headers:
        name = rule.path.partition(".")[0]
        if called and name not in declared:
            binder.wrong(rule.place, f"the operations declare no header {name}", suggest(name, sorted(declared)))


def _constant(binder: Binder, rule: Constant, start: str, value_of: ValueOf, name: str) -> BoundField | None:
    given = value_of(rule.setting) if rule.setting else rule.value
    bound = binder.field(FieldRule(rule.path, rule.place, rule.path), start, "request")
    if given is None:
        text = f"{name}: the settings have no value '{rule.setting}'"
        binder.wrong(rule.place, text, f"set {value_name(rule.setting)}")
    if bound is None or bound.codec is None or given is None:
        return None
    try:
        fixed = bound.codec.write(bound.codec.read(given))
    except ValueError as error:
        shown = value_name(rule.setting) if rule.setting else f"'{given}'"
        binder.wrong(rule.place, f"{name}: {rule.path}: {shown} {error}", "give a value the contract allows")
        return None
    return replace(bound, shape="scalar", nullable=False, required=True, fixed=fixed)
