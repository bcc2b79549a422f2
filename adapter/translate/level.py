"""The fast pass over the children of one element: reads what is plain, and puts off what is not.

While it runs, nothing is noted and nothing is put right. What has to be done in the order of the document (objects,
lists, and whatever is not plain) waits in ``pending`` until it is known that every child has a name of the contract;
then it is done one after the other, by the plain code where that is needed. So notes stand in the order that the plain
code gives them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from adapter.translate.entries import Handler
from adapter.translate.expected import Expected
from adapter.translate.reading import NIL, TYPE, Reading, is_nil, type_key
from adapter.translate.walk import named, technical

ABSENT: Any = object()
"""Stands for a value that is not there yet, so that an object has its order from the beginning."""
UNKNOWN = -1
"""What a level returns instead of the bits of what it saw, where a child has a name that the contract does not know."""
# Names that the contract does not know are few, or made up to cost memory.
MAX_PASSED = 1000

Found = dict[str, Any]
# Returns whether the object may have lost its order.
Act = Callable[[Any, Found, Reading], bool]
Pending = list[tuple[Act, Any]]
# Takes one child that is more than a leaf; takes and returns the bits of what was seen.
Inner = Callable[[Any, int, Found, Reading, Pending], int]
# The last argument: unknown names were put right, or noted.
Level = Callable[[Any, Found, Reading, Pending, bool], int]
Read = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A child that holds one value. ``harmless`` are attributes that say nothing (None: all).

    ``plain`` reads anything.
    """

    name: str
    read: Read | None
    nullable: bool
    harmless: frozenset[str] | None
    plain: Act


@dataclass(frozen=True, slots=True)
class Place:
    """Where a level stands: the type it has, its table (None: nothing is noted), whether the order is fixed.

    ``types`` are all types of the contract, ``tables`` those whose elements are looked at.
    """

    key: str
    table: Expected | None
    ordered: bool
    types: Mapping[str, object]
    tables: Mapping[str, Expected]

    def kept(self, element: Any, key: str) -> bool:
        """Whether an element that names its own type is read as one of type ``key`` would be, with nothing to note."""
        own = type_key(element)
        return own == key or (own in self.types and own not in self.tables and key not in self.tables)


def run(pending: Pending, found: Found, reading: Reading) -> bool:
    """Do what was put off, in order; return whether the object may have lost its order."""
    slow = False
    for act, what in pending if reading.pace is None else reading.pace.over(pending):
        if act(what, found, reading):
            slow = True
    return slow


def reordered(child: Any, found: Found, reading: Reading) -> bool:
    """Note that an element stands in another place than the contract says."""
    reading.walk.note("reordered", named(child.getparent(), child.tag))
    return False


def stray(element: Any, found: Found, reading: Reading) -> bool:
    """Note text between elements."""
    reading.walk.stray(element, list(element))
    return False


def mend(reading: Reading, element: Any, key: str, fold: bool = False) -> None:
    """Put right, or note, what the contract does not know of the names of an element's attributes and children."""
    walk = reading.walk
    table: Expected = walk.tables[key]
    if element.keys():
        walk.attributes(element, table)
    walk.mend(element, [child for child in reading.each(element) if child.tag not in table.types], table, fold)
    for child in reading.each(element):
        known = child.tag in table.types or table.may_mean(child.tag, fold)
        if not known and len(reading.passed) < MAX_PASSED:
            reading.passed.add((child.tag, element.tag, key))


def level(
    place: Place,
    entries: Mapping[str, tuple[int, Leaf | Inner]],
    attributes: Attributes | None,
    others: Inner | None = None,
    wild: Act | None = None,
) -> Level:
    """Return the pass over the children of an element. ``entries``: the bit of each tag, and what reads it.

    ``others`` takes children of any other name (SOAP 1.1, section 5.4.2); ``wild`` what a wildcard let in.
    """
    table, key, unnamed = place.table, place.key, _unnamed(others, wild)
    get, odd = _flattened(entries).get, _odd(place, entries)
    no_text = table is not None and not table.text

    def read(element: Any, found: Found, reading: Reading, pending: Pending, mended: bool) -> int:
        if attributes is not None and element.keys():
            attributes(element, found, reading, pending)
        seen, blank = 0, element.text
        strays = blank is not None and not blank.isspace()
        for child in element if reading.pace is None else reading.pace.over(element):
            entry = get(child.tag)
            if entry is not None:
                bit, name, decode, inner = entry
                if inner is not None:
                    seen = inner(child, seen, found, reading, pending)
                elif bit > seen and not child.keys() and not len(child):
                    seen |= bit
                    try:
                        found[name] = (child.text or "") if decode is None else decode(child.text or "")
                    except ValueError:
                        odd(child, seen, found, pending)
                else:
                    seen = odd(child, seen, found, pending)
            elif table is not None and not mended and (child.tag, element.tag, key) not in reading.passed:
                return UNKNOWN
            elif unnamed is not None:
                seen = unnamed(child, seen, found, reading, pending)
            tail = child.tail
            if tail is not None and tail != blank:
                blank, strays = tail, strays or not tail.isspace()
        if strays and no_text:
            pending.append((stray, element))
        return seen

    return read


def _unnamed(others: Inner | None, wild: Act | None) -> Inner | None:
    """Return what takes a child whose name is not one of the entries, None where it is passed over."""
    if others is None and wild is None:
        return None

    def inner(child: Any, seen: int, found: Found, reading: Reading, pending: Pending) -> int:
        if not isinstance(child.tag, str):
            return seen
        if others is not None:
            return others(child, seen, found, reading, pending)
        assert wild is not None
        pending.append((wild, child))
        return seen

    return inner


def _flattened(
    entries: Mapping[str, tuple[int, Leaf | Inner]],
) -> Mapping[str, tuple[int, str, Read | None, Inner | None]]:
    """Return the entries as the pass takes them apart: with the name and the read of a leaf, or with what is more."""
    return {
        tag: (bit, what.name, what.read, None) if isinstance(what, Leaf) else (bit, "", None, what)
        for tag, (bit, what) in entries.items()
    }


def _odd(place: Place, entries: Mapping[str, tuple[int, Leaf | Inner]]) -> Callable[[Any, int, Found, Pending], int]:
    """Return what takes a leaf that is not plain: there twice, moved, nil, with a type of its own, or wrong."""
    leaves = {tag: (bit, what) for tag, (bit, what) in entries.items() if isinstance(what, Leaf)}

    def odd(child: Any, seen: int, found: Found, pending: Pending) -> int:
        bit, leaf = leaves[child.tag]
        if place.ordered and seen >= bit << 1:
            pending.append((reordered, child))
        if not seen & bit and not len(child):
            value = leaf_value(place, leaf, child)
            if value is not ABSENT:
                found[leaf.name] = value
                return seen | bit
        pending.append((leaf.plain, child))
        return seen | bit

    return odd


def leaf_value(place: Place, leaf: Leaf, child: Any) -> Any:
    """Return the value of a leaf with attributes, ABSENT where only the plain code can tell."""
    nil = False
    for name in child.attrib:
        if name == NIL:
            nil = is_nil(child)
        elif name == TYPE:
            if place.table is not None and not place.kept(child, place.table.types[child.tag]):
                return ABSENT
        elif leaf.harmless is not None and name not in leaf.harmless:
            return ABSENT
    if nil:
        return None if leaf.nullable else ABSENT
    try:
        return (child.text or "") if leaf.read is None else leaf.read(child.text or "")
    except ValueError:
        return ABSENT


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute that the contract knows. ``name`` is "" where nobody mapped it; ``values``: all that it may hold."""

    name: str
    read: Read | None
    values: frozenset[str]
    plain: Act


Attributes = Callable[[Any, Found, Reading, Pending], None]


def attributes_reader(place: Place, known: Mapping[str, Attribute], further: Handler | None) -> Attributes:
    """Return what reads the attributes of an element; ``further`` those that only a wildcard knows."""
    table = place.table

    def count(element: Any, found: Found, reading: Reading) -> bool:
        reading.walk.attributes(element, table)
        return False

    def read(element: Any, found: Found, reading: Reading, pending: Pending) -> None:
        noted = False
        for tag, text in element.items():
            attribute = known.get(tag)
            if attribute is None:
                noted = noted or (table is not None and not table.any_attribute and not technical(tag))
                continue
            noted = noted or (bool(attribute.values) and text not in attribute.values)
            if attribute.name:
                try:
                    found[attribute.name] = text if attribute.read is None else attribute.read(text)
                except ValueError:
                    pending.append((attribute.plain, element))
        if noted:
            pending.append((count, element))
        if further is not None:
            further(element, found, reading)

    return read


def text_level(place: Place, attributes: Attributes | None, text: Leaf) -> Level:
    """Return the pass over an element that holds nothing but a text and attributes."""
    aligned = place.table is not None

    def read(element: Any, found: Found, reading: Reading, pending: Pending, mended: bool) -> int:
        if attributes is not None and element.keys():
            attributes(element, found, reading, pending)
        if len(element):
            if aligned and not mended:
                return UNKNOWN
            pending.append((text.plain, element))
            return 0
        try:
            found[text.name] = (element.text or "") if text.read is None else text.read(element.text or "")
        except ValueError:
            pending.append((text.plain, element))
        return 0

    return read
