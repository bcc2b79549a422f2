"""Checked values to the one child of the SOAP body.

Rule 1: elements stand in the contract's order, whatever order the mapping or the caller used.
Rule 2: a name that is absent writes nothing; ``None`` writes xsi:nil; an empty text or array writes an empty element.
Rule 3: text goes into the tree as text, so escaping is lxml's and cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lxml import etree

from adapter.mapping.bound import Endpoint, HeaderBlock
from adapter.mapping.filtering import composer
from adapter.mapping.flat import flattened
from adapter.messages import Checked
from adapter.translate.elements import Compiler


def writer(endpoint: Endpoint) -> Callable[[Checked], Any]:
    """Compile the writer of one operation: checked values in, the body's child element (or None) out."""
    root = endpoint.operation.input.root
    if root is None:
        return lambda checked: None
    compiler = Compiler(endpoint)
    compiler.prefixes.of(root.namespace)
    fill = compiler.record(root.type, endpoint.message())
    slots = _slots(endpoint)
    tag, nsmap, finish = root.tag, compiler.prefixes.nsmap, compiler.encoding.root(root.type)

    def write(checked: Checked) -> Any:
        element = etree.Element(tag, nsmap=nsmap)
        fill(element, slots(checked))
        finish(element)
        return element

    return write


def header_writer(endpoint: Endpoint) -> Callable[[], tuple[Any, ...]]:
    """Compile the SOAP header blocks of one operation; each call returns fresh elements."""
    made = [_block(endpoint, block) for block in endpoint.headers]
    return lambda: tuple(make() for make in made)


def _block(endpoint: Endpoint, block: HeaderBlock) -> Callable[[], Any]:
    compiler = Compiler(endpoint)
    compiler.prefixes.of(block.element.namespace)
    ways = [(field.steps, field, field.name) for field in block.fields]
    fill = compiler.record(block.element.type, ways)
    values = {field.name: field.fixed for field in block.fields}

    def make() -> Any:
        element = etree.Element(block.element.tag, nsmap=compiler.prefixes.nsmap)
        fill(element, values)
        return element

    return make


def _slots(endpoint: Endpoint) -> Callable[[Checked], dict[str, Any]]:
    """Return how one call becomes the values that ``Endpoint.message`` names."""
    fixed = {f"set.{field.name}": field.fixed for field in endpoint.constants}
    query_names = [(field.name, f"query.{field.name}") for field in endpoint.query_fields]
    page, sort = endpoint.page, endpoint.sort
    compose = composer(endpoint.filter) if endpoint.filter is not None else None
    merged = endpoint.body is not None and endpoint.body.spread
    fields = endpoint.types[endpoint.body.type].fields if endpoint.body is not None else ()

    def slots(checked: Checked) -> dict[str, Any]:
        values: dict[str, Any] = dict(fixed)
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
        if merged:
            values.update((f"body.{name}", value) for name, value in flattened(fields, checked.body))
        elif checked.body is not None:
            values["body"] = checked.body
        return values

    return slots
