"""Agreement of values that no caller gives: constants in the request, and SOAP header blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from adapter.mapping.agree_types import Binder
from adapter.mapping.blocks import BLOCKS, Block
from adapter.mapping.bound import BoundField, HeaderBlock
from adapter.mapping.coverage import collisions, uncovered
from adapter.mapping.model import Constant, FieldRule
from adapter.mapping.paths import suggest
from adapter.settings import credential_name, value_name
from adapter.wsdl.types import Header, Message, Port


@dataclass(frozen=True, slots=True)
class Given:
    """What stands behind constants: the operator's constants, texts of credentials (None: not to be had), functions."""

    value_of: Callable[[str], str | None]
    text_of: Callable[[str, str], str | None]
    blocks: Mapping[str, Block] = field(default_factory=lambda: BLOCKS)


def bind_constants(
    binder: Binder, rules: Sequence[Constant], start: str, given: Given, name: str
) -> tuple[BoundField, ...]:
    """Bind constants below the type with key ``start``. ``name`` says whose they are, for mistakes."""
    found = [_constant(binder, each, start, given, name) for each in rules]
    return tuple(bound for bound in found if bound is not None)


def bind_headers(binder: Binder, message: Message, given: Given) -> tuple[HeaderBlock, ...]:
    """Bind the header blocks that one message declares; those of other operations are passed over."""
    blocks = [_header(binder, header, given) for header in message.headers]
    return tuple(block for block in blocks if block is not None)


def _header(binder: Binder, header: Header, given: Given) -> HeaderBlock | None:
    element, place = header.element, binder.resource.soap.place
    rules = [
        replace(rule, path=rest)
        for rule in binder.resource.soap.headers
        for name, _, rest in [rule.path.partition(".")]
        if name == element.name
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
    for bound, text, remedy in collisions(fields):
        binder.wrong(bound.rule.place, f"{element.name}: {text}", remedy)
    if (rules or header.required) and len(binder.mistakes) == before:
        for missing in uncovered(binder.contract, element.type, fields):
            text = f"the header {element.name} requires {missing}"
            binder.wrong(place, text, f"headers: {{{element.name}.{missing}: …}}")
    return HeaderBlock(element, fields, block, computed.credential if computed else "") if rules else None


def check_headers(binder: Binder, port: Port, given: Given) -> None:
    """Every header block of the mapping must be declared by one of the operations that it calls."""
    called = [port.operations[rule.call] for rule in binder.resource.operations if rule.call in port.operations]
    declared = {header.element.name for operation in called for header in operation.input.headers}
    for rule in binder.resource.soap.headers:
        name = rule.path.partition(".")[0]
        if called and name not in declared:
            binder.wrong(rule.place, f"the operations declare no header {name}", suggest(name, sorted(declared)))
        if rule.compute and rule.compute not in given.blocks:
            text = f"{name}: there is no function {rule.compute} for a header block"
            binder.wrong(rule.place, text, suggest(rule.compute, sorted(given.blocks)))


def _computed(binder: Binder, rule: Constant, block: Block, start: str) -> tuple[BoundField, ...]:
    """Bind what a function fills."""
    rules = [FieldRule(path, rule.place, path) for path in block.paths]
    found = [binder.field(each, start, "request") for each in rules]
    return tuple(
        replace(bound, shape="scalar", nullable=False, required=True, made=rule)
        for bound in found
        if bound is not None and bound.codec is not None
    )


def _constant(binder: Binder, rule: Constant, start: str, given: Given, name: str) -> BoundField | None:
    bound = binder.field(FieldRule(rule.path, rule.place, rule.path), start, "request")
    text = given.value_of(rule.setting) if rule.setting else rule.value
    if rule.credential:
        text = given.text_of(rule.credential, rule.part)
    if text is None and rule.setting:
        what = f"{name}: the settings have no value '{rule.setting}'"
        binder.wrong(rule.place, what, f"set {value_name(rule.setting)}")
    if bound is None or (codec := bound.codec) is None:
        return None
    bound = replace(bound, shape="scalar", nullable=False, required=True, made=rule if rule.credential else None)
    if text is None:
        return bound if rule.credential else None
    try:
        fixed = codec.write(codec.read(text))
    except ValueError as error:
        shown, why = value_name(rule.setting) if rule.setting else f"'{text}'", str(error)
        if rule.credential:  # what the codec says may repeat a part of the secret
            shown, why = credential_name(rule.credential, rule.part), "is not what the contract allows"
        binder.wrong(rule.place, f"{name}: {rule.path}: {shown} {why}", "give a value the contract allows")
        return None
    return bound if rule.credential else replace(bound, fixed=fixed)
