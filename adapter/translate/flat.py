"""Objects that hold nothing but values, read at once: the fastest pass, which has no way to put anything off.

It does nothing that could be seen, and returns ABSENT where anything is odd. Then ``records`` reads the object.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adapter.mapping.bound import BoundField
from adapter.translate.level import ABSENT, Found, Leaf, Pending, Place, Read, leaf_value
from adapter.translate.reading import NIL, Reading
from adapter.translate.records import Compiled, ReadObject, Spot, finishing, simple

ODD = -1
# Takes a child, and the bits of what was seen; returns these with its own, or ODD.
Take = Callable[[Any, int, Found, Reading], int]


def flat(made: Compiled, spot: Spot, fields: Sequence[BoundField], name: str, encoded: bool) -> ReadObject:
    """Return the reader of an object of values, lists of values, and objects that are flat too."""
    place, begin, harmless = made.place, made.begin(), _attributes(made, spot)
    template = dict.fromkeys((each.name for each in fields), ABSENT)
    finish, whole, bits = finishing(made, fields, name, encoded), not simple(made, fields), sum(made.bits.values())
    get, key, aligned = _entries(place, made.flat_entries or {}).get, place.key, place.table is not None
    no_text, ready = place.table is not None and not place.table.text, bool(made.arrays or made.further)

    def read(element: Any, reading: Reading) -> Any:
        found = template.copy()
        if ready:
            begin(found)
        if element.keys() and not harmless(element, found, reading):
            return ABSENT
        seen, blank = 0, element.text
        if no_text and blank is not None and not blank.isspace():
            return ABSENT
        for child in element if reading.pace is None else reading.pace.over(element):
            entry = get(child.tag)
            if entry is not None:
                bit, field, decode, take = entry
                if bit > seen and decode is not _TAKEN and not child.keys() and not len(child):
                    seen |= bit
                    try:
                        found[field] = (child.text or "") if decode is None else decode(child.text or "")
                    except ValueError:
                        return ABSENT
                elif (seen := take(child, seen, found, reading)) == ODD:
                    return ABSENT
            elif aligned and (child.tag, element.tag, key) not in reading.passed:
                return ABSENT
            tail = child.tail
            if tail is not None and tail != blank:
                if no_text and not tail.isspace():
                    return ABSENT
                blank = tail
        return finish(found, seen, False, reading) if whole or seen & bits != bits else found

    return read


def _attributes(made: Compiled, spot: Spot) -> Callable[[Any, Found, Reading], bool]:
    """Return what reads the attributes of an element, and returns whether all of them are plain."""

    def read(element: Any, found: Found, reading: Reading) -> bool:
        if element.get(NIL) is not None or not spot.kept(made.place, element):
            return False
        pending: Pending = []
        if made.read_attributes is not None:
            made.read_attributes(element, found, reading, pending)
        return not pending

    return read


def _taken(text: str) -> Any:
    raise ValueError("this child is no leaf")


_TAKEN: Read = _taken


def _entries(
    place: Place, entries: Mapping[str, tuple[int, Leaf | Take]]
) -> Mapping[str, tuple[int, str, Read | None, Take]]:
    return {
        tag: (bit, what.name, what.read, _leaf(place, bit, what)) if isinstance(what, Leaf) else (bit, "", _TAKEN, what)
        for tag, (bit, what) in entries.items()
    }


def _leaf(place: Place, bit: int, leaf: Leaf) -> Take:
    """Return what takes a leaf with attributes: one that is nil, or says its type."""

    def take(child: Any, seen: int, found: Found, reading: Reading) -> int:
        if bit <= seen or len(child):
            return ODD
        value = leaf_value(place, leaf, child)
        if value is ABSENT:
            return ODD
        found[leaf.name] = value
        return seen | bit

    return take


def flat_item(place: Place, bit: int, leaf: Leaf) -> Take:
    """Return what takes one of many values."""

    def take(child: Any, seen: int, found: Found, reading: Reading) -> int:
        if seen >= bit << 1 or len(child):
            return ODD
        value = leaf_value(place, leaf, child)
        if value is ABSENT:
            return ODD
        found[leaf.name].append(value)
        return seen | bit

    return take


def flat_object(bit: int, name: str, read: ReadObject) -> Take:
    """Return what takes an object that is flat too."""

    def take(child: Any, seen: int, found: Found, reading: Reading) -> int:
        if bit <= seen:
            return ODD
        value = read(child, reading)
        if value is ABSENT:
            return ODD
        found[name] = value
        return seen | bit

    return take


def flat_skip(place: Place, tag: str, bit: int) -> Take:
    """Return what takes a child that nobody mapped."""
    table = place.table
    assert table is not None
    values, below = table.values.get(tag), table.types[tag] in place.tables

    def take(child: Any, seen: int, found: Found, reading: Reading) -> int:
        odd = below or child.keys() or len(child) or (values and (child.text or "") not in values)
        return ODD if odd or seen >= bit << 1 else seen | bit

    return take


def either(first: ReadObject, then: ReadObject) -> ReadObject:
    """Return what reads an object with the first reader, or with the second where that one is not sure."""

    def read(element: Any, reading: Reading) -> Any:
        value = first(element, reading)
        return then(element, reading) if value is ABSENT else value

    return read
