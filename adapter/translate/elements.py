"""Fill one element from the values at hand, as the bound fields say.

What the elements are made of is a ``Material``: of a tree (``in_tree``), or of text (``in_text``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapter.mapping.bound import BoundField, BoundType, Endpoint, ways
from adapter.mapping.flat import in_xml
from adapter.mapping.occurrence import Way
from adapter.mapping.paths import WILD, Child, particles, turn_tag
from adapter.translate.encoding import Encoding, nothing
from adapter.translate.filling import (
    TYPE,
    Fill,
    Mark,
    Material,
    Values,
    attribute,
    constant_attribute,
    entry_name,
    named,
    text,
)
from adapter.translate.in_tree import Tree
from adapter.translate.markup import attributes_fill, markup_fill, wild_fills
from adapter.translate.placing import at_place
from adapter.translate.prefixes import Prefixes
from adapter.translate.qnames import attribute_filler, fill_names, text_filler
from adapter.translate.turns import write_turns
from adapter.wsdl.types import Contract, Record

Key = tuple[str, str]


class Compiler:
    """Compiles records to functions that fill an element. Object types are compiled once, so recursion ends."""

    def __init__(self, endpoint: Endpoint, material: Material | None = None, tree: Compiler | None = None) -> None:
        """Compile to elements of ``material``; ``tree`` makes what only lxml can make, and has the same prefixes."""
        self.contract: Contract = endpoint.contract
        self.types: Mapping[str, BoundType] = endpoint.types
        self.material: Material = material or Tree()
        self.tree: Compiler = tree or self
        self.prefixes: Prefixes = Prefixes() if tree is None else tree.prefixes
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
            element.set(TYPE, name)
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
                tag = field.attribute.tag if field.attribute is not None else ""
                self.material.attribute(tag)
                parts.append(entry_name(tag, field.fixed))
            elif field.attribute is not None:
                attributes = attributes_fill(slot) if field.markup is not None else None
                names = attribute_filler(field.attribute.tag, slot) if named(field) else None
                self.material.attribute(field.attribute.tag)
                parts.append(attributes or names or attribute(field.attribute.tag, slot))
            else:
                parts.append(text_filler(slot) if named(field) else text(slot))
        if not isinstance(kind, Record):
            return self.material.all(parts)
        given = {field.attribute.tag for steps, field, _ in ways if not steps and field.attribute is not None}
        for each in kind.attributes:
            if each.required and each.fixed is not None and each.tag not in given:
                self.material.attribute(each.tag)
                parts.append(constant_attribute(each.tag, each.fixed))
        return self.material.all([*parts, *self._particles(kind, crossed, below, ways)])

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
                yield from (self.material.foreign(wild.pop(0)) for _ in wild[:1])
            elif found := [key for key in below if key[0] == child.element.tag]:
                # The entries of a bag stand in the order of the mapping.
                yield from (self._placed(crossed[key], below, ways, passed) for key in found)
            elif child.required and child.element.fixed is not None:
                self.prefixes.of(child.element.namespace)
                yield self.material.constant(
                    child.element.tag, child.element.fixed, self.encoding.mark(child.element.type)
                )

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
        if self.tree is not self and self.grows(ways):
            return self.material.foreign(self.tree.child(child, ways))
        mark = self._mark(child)
        whole = next((way for way in ways if not way[0] and (way[1].whole or way[1].shape == "scalars")), None)
        if whole is not None:
            return self._whole(element.tag, whole[1], whole[2], mark)
        if child.entry and (name := ways[0][1].entry) is not None:
            ways = [*ways, (name.steps, name, "")]
        if mark is nothing and self._is_leaf(child, ways):
            return self.material.leaf(element.tag, ways[0][2])
        crossed = any(steps or field.attribute is not None for steps, field, _ in ways)
        # An element that a path only crosses can be required though nothing in it is.
        kept = crossed and child.required and not self.encoding.encoded
        # So can one that only the name of an entry stands in.
        kept = kept or (not child.entry and any(not slot for _, _, slot in ways))
        return self.material.element(element.tag, self.record(child.type, ways), mark, kept)

    def _whole(self, tag: str, field: BoundField, slot: str, mark: Mark) -> Fill:
        """Return the function that appends what is all that its element holds."""
        if (markup := markup_fill(tag, field, slot, self.types)) is not None:
            return self.material.foreign(markup)
        if field.shape == "object":
            return self.material.object(tag, slot, self.object(field.type), mark)
        inner: Fill | None = self.object(field.type) if field.type else fill_names if named(field) else None
        return self.material.items(tag, slot, inner, mark, field.nullable)

    def _is_leaf(self, child: Child, ways: Sequence[Way]) -> bool:
        """Whether an element holds one text and nothing else."""
        steps, field, slot = ways[0]
        own = len(ways) == 1 and not steps and field.attribute is None and not named(field) and bool(slot)
        return own and not isinstance(self.contract.types.get(child.type), Record)

    def grows(self, ways: Sequence[Way]) -> bool:
        """Whether only lxml can make an element, since it declares prefixes for its own texts and attributes."""
        for steps, field, _ in ways:
            if not steps and (named(field) or (field.markup is not None and field.markup.kind == "attributes")):
                return True
            if not steps and field.type and any(self.grows(way) for way in self.own(field.type)):
                return True
        return False

    def own(self, key: str) -> Iterator[list[Way]]:
        """Yield what an object of a bound type puts into its own element, for each of its kinds."""
        bound = self.types[key]
        for name in [each.type for each in bound.variants] or [key]:
            yield [way for way in ways(self.types[name]) if not way[0]]

    def _mark(self, child: Child) -> Mark:
        """Return the function that marks a finished element: with the type that the path names, and for encoding."""
        encode = self.encoding.mark(child.element.type)
        if not child.cast:
            return encode
        name = self.prefixes.qname(child.cast)

        def mark(element: Any) -> None:
            if element.get(TYPE) is None:
                element.set(TYPE, name)
            encode(element)

        return mark
