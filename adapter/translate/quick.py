"""Objects read in one pass over their elements, which brings them back to the contract at the same time.

Made from the same bound types as the plain readers (``objects``), which read whatever is not plain.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from adapter.mapping.bound import BoundField, BoundType, leaves
from adapter.mapping.paths import WILD, Child
from adapter.translate.content import attribute_handler
from adapter.translate.decoding import attribute_read, known_attributes, text_read
from adapter.translate.expected import Expected
from adapter.translate.flat import Take, either, flat, flat_item, flat_object, flat_skip
from adapter.translate.inners import (
    at_once,
    crossed,
    let_in,
    nested,
    objects,
    passed_over,
    plainly,
    scalars,
    waiting,
)
from adapter.translate.level import (
    Act,
    Attribute,
    Attributes,
    Inner,
    Leaf,
    Level,
    Place,
    attributes_reader,
    level,
    text_level,
)
from adapter.translate.objects import Objects
from adapter.translate.reading import Reading, type_key
from adapter.translate.records import Compiled, ReadObject, Spot, record, text_object, whole
from adapter.wsdl.types import Record

_Way = tuple[tuple[Child, ...], BoundField]


class Unfit(Exception):
    """Something that only the plain code reads."""


class Quick:
    """Object readers by bound type and the type of the element, compiled once each.

    ``tables`` are those of the types whose elements are looked at.
    """

    def __init__(self, plain: Objects, tables: Mapping[str, Expected]) -> None:
        self.plain, self.tables = plain, tables
        self.contract, self.encoded = plain.contract, plain.compiler.encoded
        self.readers: dict[tuple[str, str, bool, bool], ReadObject] = {}
        self.flat: dict[tuple[str, str, bool], ReadObject] = {}

    def object(self, key: str, own: str, aligned: bool, fold: bool = False) -> ReadObject:
        """Return the function that reads an object of bound type ``key`` from an element whose type is ``own``.

        ``aligned``: elements where it stands are looked at; ``fold``: capital letters count less in its children.
        """
        place = key, own, aligned, fold
        if place not in self.readers:
            self.readers[place] = lambda element, reading: self.readers[place](element, reading)
            self.readers[place] = self._made(self.plain.types[key], own, aligned, fold)
        return self.readers[place]

    def quickest(self, key: str, own: str, aligned: bool, fold: bool = False) -> ReadObject:
        """Return the same as ``object``, which tries the fastest pass before where the objects may be flat."""
        read = self.object(key, own, aligned, fold)
        at = None if fold else self.flat.get((own, key, aligned))
        return read if at is None else either(at, read)

    def _made(self, bound: BoundType, own: str, aligned: bool, fold: bool) -> ReadObject:
        if bound.variants:
            return self._variants(bound, own, aligned, fold)
        fields, finish = list(leaves(bound.fields)), whole(self.plain.types, bound)
        plain = self._plain(self.plain.fields(fields, bound.name), own, aligned, fold)
        try:
            made = self.level([(field.steps, field) for field in fields], bound.name, own, aligned)
        except Unfit:
            read = plain
        else:
            spot = Spot(own, aligned, fold)
            read = record(made, spot, fields, bound.name, self.encoded, plain)
            if made.flat_entries is not None and finish is None and not fold:
                make = flat if made.text is None else text_object
                self.flat[spot.own, bound.key, aligned] = make(made, spot, fields, bound.name, self.encoded)
        return read if finish is None else lambda element, reading: finish(read(element, reading), reading)

    def _plain(self, read: ReadObject, own: str, aligned: bool, fold: bool) -> ReadObject:
        if not aligned:
            return read

        def plain(element: Any, reading: Reading) -> Any:
            if fold:
                reading.walk.content(element, own, fold=True)
            else:
                reading.walk.below(element, own)
            return read(element, reading)

        return plain

    def _variants(self, bound: BoundType, own: str, aligned: bool, fold: bool) -> ReadObject:
        by, declared = bound.discriminator, bound.record
        plain = self._plain(self.plain.object(bound.key), own, aligned, fold)
        known = {each.record: (each.value, self.quickest(each.type, each.record, aligned)) for each in bound.variants}
        if fold:
            return plain
        if aligned and own != declared:
            known.pop(declared, None)

        def read(element: Any, reading: Reading) -> Any:
            variant = known.get(type_key(element) or declared)
            if variant is None:
                return plain(element, reading)
            return {by: variant[0], **variant[1](element, reading)}

        return read

    def place(self, key: str, aligned: bool) -> Place:
        """Return the place of what stands in an element of type ``key``."""
        table = self.tables.get(key) if aligned else None
        ordered = table is not None and bool(table.places) and not self.encoded
        return Place(key, table, ordered, self.contract.types, self.tables)

    def level(self, ways: Sequence[_Way], name: str, key: str, aligned: bool) -> Compiled:
        """Compile what reads an element of type ``key``, to which ``ways`` have led. Raise Unfit where nothing can."""
        place = self.place(key, aligned)
        own = [field for steps, field in ways if not steps]
        below: dict[str, list[_Way]] = {}
        for way in ways:
            if way[0]:
                below.setdefault(way[0][0].element.tag, []).append(way)
        known, attributes = self._attributes(place, [each for each in own if each.attribute or each.markup], name)
        texts = [each for each in own if not each.attribute and not each.markup]
        if texts and below:
            raise Unfit
        made = _Made([each.name for each in own], [each.name for each in own if each.markup])
        text = self._text(texts, name) if texts else None
        if text is not None:
            read = text_level(place, attributes, text)
        else:
            read = self._children(place, below, attributes, made, name)
        arrays = tuple(field.name for steps, field in ways if _listed(steps, field))
        names, further = tuple(made.names), tuple(made.further)
        sheet = made.sheet if made.flat and not (text and further) else None
        return Compiled(read, place, names, arrays, further, made.bits, sheet, text, known, attributes)

    def _attributes(
        self, place: Place, fields: Sequence[BoundField], name: str
    ) -> tuple[Mapping[str, Attribute], Attributes | None]:
        table = place.table
        known = known_attributes(table) if table is not None else {}
        further = None
        for field in fields:
            handle = attribute_handler(field, name)
            if field.markup is not None:
                if field.markup.kind != "attributes":
                    raise Unfit
                further = handle
                continue
            assert field.attribute is not None
            tag, values = field.attribute.tag, frozenset[str]()
            if table is not None:
                values = table.attributes.get(tag, values)
            if tag in known and known[tag].name:
                raise Unfit
            known[tag] = Attribute(field.name, attribute_read(field), values, let_in((field.name,), handle))
        read = attributes_reader(place, known, further) if known or further or table is not None else None
        return known, read

    def _text(self, texts: Sequence[BoundField], name: str) -> Leaf:
        """Return the text of an element that holds nothing else."""
        field = texts[0]
        if len(texts) > 1 or field.codec is None or field.shape != "scalar" or field.codec.names:
            raise Unfit
        plain = let_in((field.name,), self.plain.compiler.value(field, name))
        return Leaf(field.name, text_read(field, frozenset()), False, None, plain)

    def _children(
        self, place: Place, below: Mapping[str, Sequence[_Way]], attributes: Attributes | None, made: _Made, name: str
    ) -> Level:
        table = place.table
        tags = list(table.places or table.types) if table is not None else []
        bits = {tag: 1 << index for index, tag in enumerate(dict.fromkeys((*tags, *below)))}
        entries: dict[str, tuple[int, Leaf | Inner]] = {}
        wild = None
        for tag, ways in below.items():
            if ways[0][0][0].is_turn or (tag != WILD and table is not None and tag not in table.types):
                raise Unfit
            if tag == WILD:
                made.add(ways)
                made.flat = False
                wild = let_in([field.name for _, field in ways], self.plain.compiler.element(ways, name))
            else:
                entries[tag] = bits[tag], self._child(place, tag, bits[tag], ways, name, made)
        for tag in tags:
            if tag not in entries:
                entries[tag] = bits[tag], passed_over(place, tag, bits[tag])
                made.sheet[tag] = bits[tag], flat_skip(place, tag, bits[tag])
        # The name of an item in an encoded array is free (SOAP 1.1 section 5.4.2).
        item = entries["item"][1] if self.encoded and list(below) == ["item"] else None
        if isinstance(item, Leaf):
            raise Unfit
        made.flat = made.flat and item is None
        return level(place, entries, attributes, item, wild)

    def _child(self, place: Place, tag: str, bit: int, ways: Sequence[_Way], name: str, made: _Made) -> Leaf | Inner:
        """Compile what reads one child, to which the first step of all ``ways`` leads."""
        (step, *_), field = ways[0]
        made.add(ways)
        plain = plainly(place, tag, [each.name for _, each in ways], self.plain.compiler.element(ways, name))
        key = place.table.types[tag] if place.table is not None else step.element.type
        odd = any(way[0][0].cast or way[0][0].entry for way in ways)
        if not odd and len(ways) == 1 and _ends(ways[0]) and field.markup is None:
            if field.codec is None:
                return self._object(place, field, bit, tag, plain, made)
            if not field.codec.names:
                return self._leaf(place, tag, bit, field, plain, made)
        made.flat = False
        if not odd and not any(_ends(way) and (way[1].shape != "scalar" or way[1].markup) for way in ways):
            inside = [(steps[1:], each) for steps, each in ways]
            try:
                inner = self.level(inside, name, key, place.table is not None)
            except Unfit:
                return waiting(place, bit, plain)
            return crossed(place, bit, inner, plain)
        return waiting(place, bit, plain)

    def _leaf(self, place: Place, tag: str, bit: int, field: BoundField, plain: Act, made: _Made) -> Leaf | Inner:
        values = place.table.values.get(tag, frozenset[str]()) if place.table is not None else frozenset[str]()
        harmless = None
        if place.table is not None:
            key = place.table.types[tag]
            kind, inside = self.contract.types.get(key), self.tables.get(key)
            if inside is not None:
                harmless = frozenset(each for each, listed in inside.attributes.items() if not listed)
            elif not isinstance(kind, Record):
                harmless = frozenset()
        several = field.shape == "scalars"
        nullable = self.encoded or (field.steps[-1].element.nillable if several else field.nullable)
        leaf = Leaf(field.name, text_read(field, values), nullable, harmless, plain)
        if several:
            made.sheet[tag] = bit, flat_item(place, bit, leaf)
            return scalars(place, bit, leaf)
        made.sheet[tag] = bit, leaf
        made.bits[field.name] = bit
        return leaf

    def _object(self, place: Place, field: BoundField, bit: int, tag: str, plain: Act, made: _Made) -> Inner:
        aligned = place.table is not None
        key = place.table.types[tag] if place.table is not None else field.steps[-1].element.type
        read = self.object(field.type, key, aligned)
        if field.shape == "objects":
            made.flat = False
            return objects(place, bit, field.name, self.quickest(field.type, key, aligned), plain)
        made.bits[field.name] = bit
        inner = nested(place, bit, field.name, field.nullable or self.encoded, read, plain)
        at = self.flat.get((key, field.type, aligned))
        if at is None:
            made.flat = False
            return inner
        made.sheet[tag] = bit, flat_object(bit, field.name, at)
        return at_once(place, bit, field.name, at, inner)


@dataclasses.dataclass(slots=True)
class _Made:
    """What is known of one level while it is compiled; see ``Compiled``."""

    names: list[str]
    further: list[str]
    bits: dict[str, int] = dataclasses.field(default_factory=dict)
    sheet: dict[str, tuple[int, Leaf | Take]] = dataclasses.field(default_factory=dict)
    flat: bool = True

    def add(self, ways: Sequence[_Way]) -> None:
        """Add the properties that one child gives."""
        self.names += [each.name for _, each in ways]


def _ends(way: _Way) -> bool:
    """Whether a way ends in the child itself."""
    return len(way[0]) == 1 and way[1].attribute is None


def _listed(steps: Sequence[Child], field: BoundField) -> bool:
    """Whether a property is an array that is there as soon as the element around its items is."""
    return len(steps) == 1 and field.shape in ("scalars", "objects")
