"""Checked values to the root of the request message: the one child of the SOAP body, or the body itself.

Rule 1: elements stand in the contract's order, whatever order the mapping or the caller used.
Rule 2: a name that is absent writes nothing; ``None`` writes xsi:nil; an empty text or array writes an empty element.
Rule 3: text goes into the tree as text, so escaping is lxml's and cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import etree

from adapter.mapping.blocks import Block
from adapter.mapping.bound import Endpoint, HeaderBlock
from adapter.mapping.bound_header import GIVEN
from adapter.mapping.filtering import composer
from adapter.mapping.flags import raised
from adapter.mapping.flat import in_xml
from adapter.mapping.model.soap import PUBLIC_PARTS
from adapter.mapping.when import hold
from adapter.mapping.xml_text import parsed
from adapter.messages import Call, Checked
from adapter.translate.change import Change
from adapter.translate.computing import computing
from adapter.translate.elements import Compiler
from adapter.translate.made import TextOf, completer, made_values
from adapter.translate.markup import is_whole
from adapter.translate.merging import merging


def unset(name: str, part: str) -> Callable[[], str]:
    """Stand for credentials where there are none."""
    raise LookupError(f"{part} of the credentials {name}")


def writer(endpoint: Endpoint, text_of: TextOf = unset) -> Callable[[Checked], Any]:
    """Compile the writer of one operation: checked values in, the message's root (or None) out.

    ``text_of`` returns how a part of credentials is read.
    """
    root = endpoint.operation.input.root
    if root is None:
        return lambda checked: None
    compiler = Compiler(endpoint)
    compiler.prefixes.of(root.namespace)
    if endpoint.body is not None and endpoint.body.reads is not None:
        compiler.objects[endpoint.body.type] = merging(endpoint, compiler)
    message = endpoint.message()
    fill = compiler.record(root.type, message)
    slots = slots_of(endpoint, text_of)
    tag, nsmap, finish = root.tag, compiler.prefixes.nsmap, compiler.encoding.root(root.type)
    if endpoint.body is not None and endpoint.body.reads is not None:

        def write_merged(checked: Checked) -> Any:
            values = slots(checked)
            change = Change(checked.record, values["body"], nsmap)
            element = etree.Element(tag, nsmap=change.nsmap)
            fill(element, {**values, "body": change})
            change.prove()
            return element

        return write_merged

    if (whole := next((slot for steps, field, slot in message if not steps and is_whole(field)), "")) != "":
        return lambda checked: parsed(text) if (text := slots(checked).get(whole)) else etree.Element(tag)

    def write(checked: Checked) -> Any:
        element = etree.Element(tag, nsmap=nsmap)
        fill(element, slots(checked))
        finish(element)
        return element

    return write


@dataclass(frozen=True, slots=True)
class Header:
    """The header blocks of one envelope, and the texts in the whole message that must not be shown."""

    blocks: tuple[Any, ...] = ()
    secrets: tuple[str, ...] = field(default=(), repr=False)


def header_writer(endpoint: Endpoint, text_of: TextOf = unset) -> Callable[[Call], Header]:
    """Compile the SOAP header blocks of one operation; each call returns fresh elements.

    ``text_of`` returns how a part of credentials is read.
    """
    made, secrets = [_block(endpoint, block, text_of) for block in endpoint.headers], secrets_of(endpoint, text_of)

    def write(call: Call) -> Header:
        blocks = [block for make in made if (block := make(call)) is not None]
        computed = (text for _, texts in blocks for text in texts)
        return Header(tuple(block for block, _ in blocks), (*secrets(), *computed))

    return write


def _block(
    endpoint: Endpoint, block: HeaderBlock, text_of: TextOf
) -> Callable[[Call], tuple[Any, tuple[str, ...]] | None]:
    compiler = Compiler(endpoint)
    compiler.prefixes.of(block.element.namespace)
    fill = compiler.record(block.element.type, block.ways())
    values, hides = made_values(block.fields, text_of), False
    if block.block is not None:
        values, hides = _computed(block.block, block.credential, text_of), True

    names, always = [field.name for field in block.given], block.always

    def make(call: Call) -> tuple[Any, tuple[str, ...]] | None:
        given = {GIVEN + name: call.headers[name] for name in names if name in call.headers}
        if not given and not always:
            return None
        element = etree.Element(block.element.tag, nsmap=compiler.prefixes.nsmap)
        texts = values(call)
        fill(element, {**texts, **given})
        return element, tuple(texts.values()) if hides else ()

    return make


def _computed(block: Block, credential: str, text_of: TextOf) -> Callable[[Call], dict[str, Any]]:
    """Return what gives a block that a function makes its values."""
    parts = {part: text_of(credential, part) for part in block.parts}
    return lambda call: dict(block.make({part: read() for part, read in parts.items()}))


def secrets_of(endpoint: Endpoint, text_of: TextOf) -> Callable[[], tuple[str, ...]]:
    """Return what gives the secret texts of the credentials that an operation's constants name, as they are now."""
    constants = [*endpoint.constants, *(field for block in endpoint.headers for field in block.fields)]
    constants += [each for bound in endpoint.types.values() for each in bound.constants]
    parts = {(each.made.credential, each.made.part) for each in constants if each.made is not None and each.made.part}
    parts |= {(each.credential, part) for each in endpoint.headers if each.block for part in each.block.parts}
    reads = [text_of(name, part) for name, part in sorted(parts) if part not in PUBLIC_PARTS]
    return lambda: tuple(read() for read in reads)


def _constants(endpoint: Endpoint, text_of: TextOf) -> Callable[[Checked], dict[str, Any]]:
    """Return what gives an operation's constants their values for one call: those that are written at all."""
    plain = [each for each in endpoint.constants if each.computed is None]
    make = made_values([replace(each, name=f"set.{each.name}") for each in plain], text_of)
    compute = computing(endpoint)
    depending = {f"set.{each.name}": each.when for each in endpoint.constants if each.when}

    def constants(checked: Checked) -> dict[str, Any]:
        values = {**make(checked.call), **(compute(checked) if compute is not None else {})}
        if depending:
            given = {**checked.path, **checked.query}
            values = {name: text for name, text in values.items() if hold(depending.get(name, ()), given, json=False)}
        return values

    return constants


def slots_of(endpoint: Endpoint, text_of: TextOf) -> Callable[[Checked], dict[str, Any]]:
    """Return how one call becomes the values that ``Endpoint.message`` names."""
    constants = _constants(endpoint, text_of)
    query_names = [(field.name, f"query.{field.name}") for field in endpoint.query_fields]
    page, sort, body = endpoint.page, endpoint.sort, endpoint.body
    compose = composer(endpoint.filter) if endpoint.filter is not None else None
    bound = endpoint.types[endpoint.body.type] if endpoint.body is not None and endpoint.body.spread else None

    complete = completer(endpoint.types, endpoint.body.type, text_of) if endpoint.body is not None else None

    def whole(checked: Checked) -> Any:
        return complete(checked.body, checked.call) if complete is not None else checked.body

    def slots(checked: Checked) -> dict[str, Any]:
        values = constants(checked)
        for name, value in checked.path.items():
            values[f"path.{name}"] = value
        for name, slot in query_names:
            if name in checked.query:
                values[slot] = checked.query[name]
        if compose is not None:
            values.update(compose(checked.query)[0])
        if page is not None:
            values["page.limit"] = checked.query["limit"]
            values["page.offset"] = str(int(checked.query["offset"]) + page.rule.first)
        if sort is not None and (order := checked.query.get("sort")):
            values["sort.key"] = sort.rule.by[order.removeprefix("-")]
            if sort.direction is not None:
                values["sort.direction"] = sort.rule.descending if order.startswith("-") else sort.rule.ascending
        if body is not None and body.flags:
            values.update(raised(endpoint.types, body.type, body.flags, checked.body))
        if bound is not None:
            values.update((f"body.{name}", value) for name, value in in_xml(bound, whole(checked)).items())
        elif checked.body is not None:
            values["body"] = whole(checked)
        return values

    return slots
