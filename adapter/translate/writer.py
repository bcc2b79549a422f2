"""Checked values to the one child of the SOAP body.

Rule 1: elements stand in the contract's order, whatever order the mapping or the caller used.
Rule 2: a name that is absent writes nothing; ``None`` writes xsi:nil; an empty text or array writes an empty element.
Rule 3: text goes into the tree as text, so escaping is lxml's and cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from lxml import etree

from adapter.mapping.bound import BoundField, BoundType, Endpoint, HeaderBlock
from adapter.mapping.paths import Child, children
from adapter.messages import Checked
from adapter.translate.encoding import Encoding
from adapter.translate.prefixes import Prefixes
from adapter.wsdl.types import XSI, Contract, Element, Record

Values = Mapping[str, Any]
Fill = Callable[[Any, Values], bool]
_NIL = f"{{{XSI}}}nil"
_TYPE = f"{{{XSI}}}type"
# A field, the name of its value among the values at hand, and the steps that remain to it.
_Way = tuple[tuple[Child, ...], BoundField, str]


def writer(endpoint: Endpoint) -> Callable[[Checked], Any]:
    """Compile the writer of one operation: checked values in, the body's child element (or None) out."""
    root = endpoint.operation.input.root
    if root is None:
        return lambda checked: None
    compiler = _Compiler(endpoint)
    ways = [(field.steps, field, slot) for field, slot in _sources(endpoint)]
    body = endpoint.body
    if body is not None and body.steps:
        ways.append((body.steps, _whole(endpoint, body.type), "body"))
    elif body is not None:
        ways += [(field.steps, field, field.name) for field in endpoint.types[body.type].fields]
    fill = compiler.record(root.type, ways)
    slots = _slots(endpoint)
    merge = body is not None and not body.steps
    tag, prefixes, finish = root.tag, compiler.prefixes, compiler.encoding.root(root.type)
    compiler.prefixes.of(root.namespace)

    def write(checked: Checked) -> Any:
        element = etree.Element(tag, nsmap=prefixes.nsmap)
        values = slots(checked)
        if merge:
            values.update(checked.body)
        elif checked.body is not None:
            values["body"] = checked.body
        fill(element, values)
        finish(element)
        return element

    return write


def header_writer(endpoint: Endpoint) -> Callable[[], tuple[Any, ...]]:
    """Compile the SOAP header blocks of one operation; each call returns fresh elements."""
    made = [_block(endpoint, block) for block in endpoint.headers]
    return lambda: tuple(make() for make in made)


def _block(endpoint: Endpoint, block: HeaderBlock) -> Callable[[], Any]:
    compiler = _Compiler(endpoint)
    compiler.prefixes.of(block.element.namespace)
    ways = [(field.steps, field, field.name) for field in block.fields]
    fill = compiler.record(block.element.type, ways)
    values = {field.name: field.fixed for field in block.fields}

    def make() -> Any:
        element = etree.Element(block.element.tag, nsmap=compiler.prefixes.nsmap)
        fill(element, values)
        return element

    return make


def _whole(endpoint: Endpoint, key: str) -> BoundField:
    rule = endpoint.path_fields[0].rule if endpoint.path_fields else None
    return BoundField("body", rule, (), None, "object", None, key)  # type: ignore[arg-type]


def _sources(endpoint: Endpoint) -> Iterator[tuple[BoundField, str]]:
    for field in endpoint.path_fields:
        yield field, f"path.{field.name}"
    for field in endpoint.query_fields:
        yield field, f"query.{field.name}"
    for field in endpoint.constants:
        yield field, f"set.{field.name}"
    if endpoint.page is not None:
        yield endpoint.page.limit, "page.limit"
        yield endpoint.page.offset, "page.offset"
    if endpoint.sort is not None:
        yield endpoint.sort.key, "sort.key"
        if endpoint.sort.direction is not None:
            yield endpoint.sort.direction, "sort.direction"


def _slots(endpoint: Endpoint) -> Callable[[Checked], dict[str, Any]]:
    """Return how one call's parameters become named values: the caller's, and what the mapping adds."""
    fixed = {f"set.{field.name}": field.fixed for field in endpoint.constants}
    query_names = [(field.name, f"query.{field.name}") for field in endpoint.query_fields]
    page, sort = endpoint.page, endpoint.sort

    def slots(checked: Checked) -> dict[str, Any]:
        values: dict[str, Any] = dict(fixed)
        for name, value in checked.path.items():
            values[f"path.{name}"] = value
        for name, slot in query_names:
            if name in checked.query:
                values[slot] = checked.query[name]
        if page is not None:
            values["page.limit"] = checked.query["limit"]
            values["page.offset"] = str(int(checked.query["offset"]) + page.rule.first)
        if sort is not None and (order := checked.query.get("sort")):
            values["sort.key"] = sort.rule.by[order.removeprefix("-")]
            if sort.direction is not None:
                values["sort.direction"] = sort.rule.descending if order.startswith("-") else sort.rule.ascending
        return values

    return slots


class _Compiler:
    """Compiles records to functions that fill an element. Object types are compiled once, so recursion ends."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.contract: Contract = endpoint.contract
        self.types: Mapping[str, BoundType] = endpoint.types
        self.prefixes = Prefixes()
        self.encoding = Encoding(endpoint.contract, self.prefixes, endpoint.operation.use == "encoded")
        self.objects: dict[str, Fill] = {}

    def object(self, key: str) -> Fill:
        """Return the function that fills an element with an object of bound type ``key``."""
        if key not in self.objects:
            # A type that contains itself meets this entry while it is being compiled.
            self.objects[key] = lambda element, values: self.objects[key](element, values)
            bound = self.types[key]
            self.objects[key] = self._variants(bound) if bound.variants else self._plain(bound)
        return self.objects[key]

    def _plain(self, bound: BoundType) -> Fill:
        return self.record(bound.record, [(field.steps, field, field.name) for field in bound.fields])

    def _variants(self, bound: BoundType) -> Fill:
        by = bound.discriminator
        variants = {each.value: (self.prefixes.qname(each.record), self.object(each.type)) for each in bound.variants}

        def fill(element: Any, values: Values) -> bool:
            name, inner = variants[values[by]]
            element.set(_TYPE, name)
            inner(element, values)
            return True

        return fill

    def record(self, key: str, ways: Sequence[_Way]) -> Fill:
        """Return the function that fills an element of complex type ``key`` from the fields of ``ways``."""
        kind = self.contract.types[key]
        below: dict[str, list[_Way]] = {}
        parts: list[Fill] = []
        for steps, field, slot in ways:
            if steps:
                below.setdefault(steps[0].element.tag, []).append((steps[1:], field, slot))
            elif field.attribute is not None:
                parts.append(_attribute(field.attribute.tag, slot))
            else:
                parts.append(_text(slot))
        if isinstance(kind, Record):
            for child in children(kind):
                if child.element.tag in below:
                    parts.append(self.child(child.element, below.pop(child.element.tag)))
        return _all(parts)

    def child(self, element: Element, ways: Sequence[_Way]) -> Fill:
        """Return the function that appends one child element (or, for an array, its items)."""
        self.prefixes.of(element.namespace)
        own = [(field, slot) for steps, field, slot in ways if not steps and field.attribute is None]
        inner = [way for way in ways if way[0] or way[1].attribute is not None]
        mark = self.encoding.mark(element.type)
        if own and own[0][0].shape == "objects":
            return _items(element.tag, own[0][1], self.object(own[0][0].type), mark)
        if own and own[0][0].shape == "scalars":
            return _items(element.tag, own[0][1], None, mark)
        if own and own[0][0].shape == "object":
            return _object(element.tag, own[0][1], self.object(own[0][0].type), mark)
        parts = [_text(slot) for _, slot in own]
        if inner:
            parts.append(self.record(element.type, inner))
        return _element(element.tag, _all(parts), mark)


def _all(parts: Sequence[Fill]) -> Fill:
    def fill(element: Any, values: Values) -> bool:
        written = False
        for part in parts:
            written = part(element, values) or written
        return written

    return fill


def _text(slot: str) -> Fill:
    def fill(element: Any, values: Values) -> bool:
        if slot not in values:
            return False
        if values[slot] is None:
            element.set(_NIL, "true")
        else:
            element.text = values[slot]
        return True

    return fill


def _attribute(tag: str, slot: str) -> Fill:
    def fill(element: Any, values: Values) -> bool:
        # An attribute has no nil: null is the same as leaving it out.
        if values.get(slot) is None:
            return False
        element.set(tag, values[slot])
        return True

    return fill


def _element(tag: str, inner: Fill, mark: Callable[[Any], None]) -> Fill:
    def fill(parent: Any, values: Values) -> bool:
        element = parent.makeelement(tag)
        if not inner(element, values):
            return False
        mark(element)
        parent.append(element)
        return True

    return fill


def _object(tag: str, slot: str, inner: Fill, mark: Callable[[Any], None]) -> Fill:
    def fill(parent: Any, values: Values) -> bool:
        if slot not in values:
            return False
        _one(parent, tag, values[slot], inner, mark)
        return True

    return fill


def _items(tag: str, slot: str, inner: Fill | None, mark: Callable[[Any], None]) -> Fill:
    def fill(parent: Any, values: Values) -> bool:
        if slot not in values:
            return False
        items = values[slot]
        if items is None:
            parent.set(_NIL, "true")
            return True
        for item in items:
            _one(parent, tag, item, inner, mark)
        return True

    return fill


def _one(parent: Any, tag: str, value: Any, inner: Fill | None, mark: Callable[[Any], None]) -> None:
    element = etree.SubElement(parent, tag)
    if value is None:
        element.set(_NIL, "true")
        return
    if inner is None:
        element.text = value
    else:
        inner(element, value)
    mark(element)
