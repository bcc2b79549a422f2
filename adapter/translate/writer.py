"""Checked values to the one child of the SOAP body.

Rule 1: elements stand in the contract's order, whatever order the mapping or the caller used.
Rule 2: a name that is absent writes nothing; ``None`` writes xsi:nil; an empty text or array writes an empty element.
Rule 3: text goes into the tree as text, so escaping is lxml's and cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import etree

from adapter.mapping.blocks import Block
from adapter.mapping.bound import BoundField, Endpoint, HeaderBlock
from adapter.mapping.filtering import composer
from adapter.mapping.flat import in_xml
from adapter.mapping.model_soap import PUBLIC_PARTS
from adapter.messages import Checked
from adapter.translate.elements import Compiler

TextOf = Callable[[str, str], Callable[[], str]]


def unset(name: str, part: str) -> Callable[[], str]:
    """Stand for credentials where there are none."""
    raise LookupError(f"{part} of the credentials {name}")


def writer(endpoint: Endpoint, text_of: TextOf = unset) -> Callable[[Checked], Any]:
    """Compile the writer of one operation: checked values in, the body's child element (or None) out.

    ``text_of`` returns how a part of credentials is read.
    """
    root = endpoint.operation.input.root
    if root is None:
        return lambda checked: None
    compiler = Compiler(endpoint)
    compiler.prefixes.of(root.namespace)
    fill = compiler.record(root.type, endpoint.message())
    slots = _slots(endpoint, text_of)
    tag, nsmap, finish = root.tag, compiler.prefixes.nsmap, compiler.encoding.root(root.type)

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


def header_writer(endpoint: Endpoint, text_of: TextOf = unset) -> Callable[[], Header]:
    """Compile the SOAP header blocks of one operation; each call returns fresh elements.

    ``text_of`` returns how a part of credentials is read.
    """
    made, secrets = [_block(endpoint, block, text_of) for block in endpoint.headers], _secrets(endpoint, text_of)

    def write() -> Header:
        blocks = [make() for make in made]
        computed = (text for _, texts in blocks for text in texts)
        return Header(tuple(block for block, _ in blocks), (*secrets(), *computed))

    return write


def _block(endpoint: Endpoint, block: HeaderBlock, text_of: TextOf) -> Callable[[], tuple[Any, tuple[str, ...]]]:
    compiler = Compiler(endpoint)
    compiler.prefixes.of(block.element.namespace)
    ways = [(field.steps, field, field.name) for field in block.fields]
    fill = compiler.record(block.element.type, ways)
    values, hides = made_values(block.fields, text_of), False
    if block.block is not None:
        values, hides = _computed(block.block, block.credential, text_of), True

    def make() -> tuple[Any, tuple[str, ...]]:
        element = etree.Element(block.element.tag, nsmap=compiler.prefixes.nsmap)
        texts = values()
        fill(element, texts)
        return element, tuple(texts.values()) if hides else ()

    return make


def _computed(block: Block, credential: str, text_of: TextOf) -> Callable[[], dict[str, Any]]:
    """Return what gives a block that a function makes its values."""
    parts = {part: text_of(credential, part) for part in block.parts}
    return lambda: dict(block.make({part: read() for part, read in parts.items()}))


def made_values(fields: Sequence[BoundField], text_of: TextOf) -> Callable[[], dict[str, Any]]:
    """Return what gives constants their values for one call: fixed texts, and those of credentials as they are now."""
    fixed = {each.name: each.fixed for each in fields if each.made is None}
    made = {each.name: text_of(each.made.credential, each.made.part) for each in fields if each.made is not None}
    return lambda: {**fixed, **{name: read() for name, read in made.items()}}


def _secrets(endpoint: Endpoint, text_of: TextOf) -> Callable[[], tuple[str, ...]]:
    """Return what gives the secret texts of the credentials that an operation's constants name, as they are now."""
    parts = {
        (each.made.credential, each.made.part)
        for each in (*endpoint.constants, *(field for block in endpoint.headers for field in block.fields))
        if each.made is not None and each.made.part
    }
    parts |= {(each.credential, part) for each in endpoint.headers if each.block for part in each.block.parts}
    reads = [text_of(name, part) for name, part in sorted(parts) if part not in PUBLIC_PARTS]
    return lambda: tuple(read() for read in reads)


def _slots(endpoint: Endpoint, text_of: TextOf) -> Callable[[Checked], dict[str, Any]]:
    """Return how one call becomes the values that ``Endpoint.message`` names."""
    constants = made_values([replace(each, name=f"set.{each.name}") for each in endpoint.constants], text_of)
    query_names = [(field.name, f"query.{field.name}") for field in endpoint.query_fields]
    page, sort = endpoint.page, endpoint.sort
    compose = composer(endpoint.filter) if endpoint.filter is not None else None
    bound = endpoint.types[endpoint.body.type] if endpoint.body is not None and endpoint.body.spread else None

    def slots(checked: Checked) -> dict[str, Any]:
        values = constants()
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
        if bound is not None:
            values.update((f"body.{name}", value) for name, value in in_xml(bound, checked.body).items())
        elif checked.body is not None:
            values["body"] = checked.body
        return values

    return slots
