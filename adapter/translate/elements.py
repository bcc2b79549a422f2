"""Fill one element from the values at hand, as the bound fields say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from lxml import etree

from adapter.mapping.bound import BoundField, BoundType, Endpoint, ways
from adapter.mapping.flat import in_xml
from adapter.mapping.occurrence import Way
from adapter.mapping.paths import WILD, Child, particles, turn_tag
from adapter.translate.encoding import Encoding
from adapter.translate.markup import attributes_fill, markup_fill, wild_fills
from adapter.translate.placing import at_place
from adapter.translate.prefixes import Prefixes
from adapter.translate.qnames import attribute_filler, fill_names, text_filler
from adapter.translate.turns import write_turns
from adapter.wsdl.types import XSI, Contract, Record

Key = tuple[str, str]
Values = Mapping[str, Any]
# Fills an element from the values at hand; returns whether any of them was there.
Fill = Callable[[Any, Values], bool]
_NIL = f"{{{XSI}}}nil"
_TYPE = f"{{{XSI}}}type"


class Compiler:
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
        fill = self.record(bound.record, ways(bound))
        if not bound.nulls and not bound.constants and not any(field.parts for field in bound.fields):
            return fill
        return lambda element, values: fill(element, in_xml(bound, values))

    def _variants(self, bound: BoundType) -> Fill:
        by = bound.discriminator
        variants = {each.value: (self.prefixes.qname(each.record), self.object(each.type)) for each in bound.variants}

        def fill(element: Any, values: Values) -> bool:
            name, inner = variants[values[by]]
            element.set(_TYPE, name)
            inner(element, values)
            return True

        return fill

    def record(self, key: str, ways: Sequence[Way]) -> Fill:
        """Return the function that fills an element of complex type ``key`` from the fields of ``ways``."""
        kind = self.contract.types[key]
        below: dict[tuple[str, str], list[Way]] = {}
        crossed: dict[tuple[str, str], Child] = {}
        parts: list[Fill] = []
        for steps, field, slot in ways:
            if steps:
                crossed[steps[0].key] = steps[0]
                below.setdefault(steps[0].key, []).append((steps[1:], field, slot))
            elif not slot:
                parts.append(_entry_name(field.attribute.tag if field.attribute is not None else "", field.fixed))
            elif field.attribute is not None:
                attributes = attributes_fill(slot) if field.markup is not None else None
                names = attribute_filler(field.attribute.tag, slot) if _named(field) else None
                parts.append(attributes or names or _attribute(field.attribute.tag, slot))
            else:
                parts.append(text_filler(slot) if _named(field) else _text(slot))
        if not isinstance(kind, Record):
            return _all(parts)
        given = {field.attribute.tag for steps, field, _ in ways if not steps and field.attribute is not None}
        parts.extend(
            _constant_attribute(each.tag, each.fixed)
            for each in kind.attributes
            if each.required and each.fixed is not None and each.tag not in given
        )
        return _all([*parts, *self._particles(kind, crossed, below, ways)])

    def _particles(
        self, kind: Record, crossed: Mapping[Key, Child], below: dict[Key, list[Way]], ways: Sequence[Way]
    ) -> Iterator[Fill]:
        """Yield what appends the elements of a record, in the order of the contract. ``ways`` are all of its ways."""
        wild = [each for way in below.pop((WILD, ""), ()) for each in wild_fills(crossed[WILD, ""].wildcards, way)]
        taken = {child.type for child in crossed.values() if child.is_turn}
        passed: Counter[Key] = Counter()
        for child in particles(kind):
            if child.turns in taken:
                # Where the first element of a group stands, all its turns are written.
                turn = turn_tag(child.turns), ""
                if turn in below:
                    yield self.child(crossed[turn], below.pop(turn))
            elif child.wildcards:
                yield from (wild.pop(0) for _ in wild[:1])
            elif found := [key for key in below if key[0] == child.element.tag]:
                # The entries of a bag stand in the order of the mapping.
                yield from (self._placed(crossed[key], below, ways, passed) for key in found)
            elif child.required and child.element.fixed is not None:
                self.prefixes.of(child.element.namespace)
                yield _constant(child.element.tag, child.element.fixed, self.encoding.mark(child.element.type))

    def _placed(self, step: Child, below: dict[Key, list[Way]], ways: Sequence[Way], passed: Counter[Key]) -> Fill:
        """Return the function that appends a child element, and take it out of ``below``.

        One of several places stays there until the last of them; ``passed`` counts them. ``ways`` are those of the
        whole record.
        """
        index = passed[step.key]
        passed[step.key] += 1
        inner = below[step.key]
        if step.entry or passed[step.key] >= len(step.places):
            del below[step.key]
        fill = self.child(step, inner)
        return at_place(fill, step, index, inner[0][2], ways) if step.places and not step.entry else fill

    def child(self, child: Child, ways: Sequence[Way]) -> Fill:
        """Return the function that appends one child element (or, for an array, its items)."""
        element = child.element
        if child.is_turn:
            _, field, slot = ways[0]
            return write_turns(slot, self.object(field.type))
        self.prefixes.of(element.namespace)
        mark = self._mark(child)
        whole = next((way for way in ways if not way[0] and (way[1].whole or way[1].shape == "scalars")), None)
        if whole is not None:
            _, field, slot = whole
            if (text := markup_fill(element.tag, field, slot, self.types)) is not None:
                return text
            fill = _object if field.shape == "object" else _items
            inner: Fill | None = self.object(field.type) if field.type else fill_names if _named(field) else None
            return fill(element.tag, slot, inner, mark)
        if child.entry and (name := ways[0][1].entry) is not None:
            ways = [*ways, (name.steps, name, "")]
        crossed = any(steps or field.attribute is not None for steps, field, _ in ways)
        # An element that a path only crosses can be required though nothing in it is.
        kept = crossed and child.required and not self.encoding.encoded
        # So can one that only the name of an entry stands in.
        kept = kept or (not child.entry and any(not slot for _, _, slot in ways))
        return _element(element.tag, self.record(child.type, ways), mark, kept)

    def _mark(self, child: Child) -> Callable[[Any], None]:
        """Return the function that marks a finished element: with the type that the path names, and for encoding."""
        encode = self.encoding.mark(child.element.type)
        if not child.cast:
            return encode
        name = self.prefixes.qname(child.cast)

        def mark(element: Any) -> None:
            if element.get(_TYPE) is None:
                element.set(_TYPE, name)
            encode(element)

        return mark


def _all(parts: Sequence[Fill]) -> Fill:
    def fill(element: Any, values: Values) -> bool:
        written = False
        for part in parts:
            written = part(element, values) or written
        return written

    return fill


def _named(field: BoundField) -> bool:
    return field.codec is not None and field.codec.names


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


def _constant_attribute(tag: str, text: str) -> Fill:
    def fill(element: Any, values: Values) -> bool:
        element.set(tag, text)
        return False

    return fill


def _entry_name(tag: str, text: str | None) -> Fill:
    """The name of an entry: an attribute, or with no tag the text. It alone is no reason for the entry."""

    def fill(element: Any, values: Values) -> bool:
        if tag:
            element.set(tag, text or "")
        else:
            element.text = text
        return False

    return fill


def _constant(tag: str, text: str, mark: Callable[[Any], None]) -> Fill:
    """A fixed element that must be there. It alone is no reason for the element around it."""

    def fill(parent: Any, values: Values) -> bool:
        element = etree.SubElement(parent, tag)
        element.text = text
        mark(element)
        return False

    return fill


def _element(tag: str, inner: Fill, mark: Callable[[Any], None], kept: bool) -> Fill:
    def fill(parent: Any, values: Values) -> bool:
        # It is filled where it stands: what is appended later loses prefixes that XML in it may need.
        element = etree.SubElement(parent, tag)
        written = inner(element, values)
        if written or kept:
            mark(element)
        else:
            parent.remove(element)
        return written

    return fill


def _object(tag: str, slot: str, inner: Fill | None, mark: Callable[[Any], None]) -> Fill:
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
