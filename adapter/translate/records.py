"""One object from one element, by the fast pass over its children (``level``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapter.mapping.bound import BoundField, BoundType
from adapter.mapping.flat import assembled
from adapter.translate.arrays import arrange
from adapter.translate.finishing import finisher
from adapter.translate.level import (
    ABSENT,
    UNKNOWN,
    Attribute,
    Attributes,
    Found,
    Leaf,
    Level,
    Pending,
    Place,
    Read,
    mend,
    run,
)
from adapter.translate.reading import TYPE, Reading, invalid

ReadObject = Callable[[Any, Reading], Any]
Finish = Callable[[Found, int, bool, Reading], Found]
Begin = Callable[[Found], None]


@dataclass(frozen=True, slots=True)
class Compiled:
    """One level. ``names`` are all properties that it sets; ``arrays`` those that are there as soon as it is.

    ``bits`` are those of the children that give one property each. ``further`` are properties that hold the attributes
    that only a wildcard knows. ``text``: there is nothing but this text and ``attributes``. ``flat_entries`` are what
    ``flat`` reads children with, None where it cannot.
    """

    read: Level
    place: Place
    names: tuple[str, ...]
    arrays: tuple[str, ...]
    further: tuple[str, ...]
    bits: dict[str, int]
    flat_entries: Mapping[str, tuple[int, Any]] | None = None
    text: Leaf | None = None
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    read_attributes: Attributes | None = None

    def begin(self) -> Begin:
        """Return what readies the properties that are there as soon as the element is."""
        arrays, further = self.arrays, self.further

        def begin(found: Found) -> None:
            for name in arrays:
                if found.get(name, ABSENT) is ABSENT:
                    found[name] = []
            for name in further:
                found[name] = {}

        return begin


@dataclass(frozen=True, slots=True)
class Spot:
    """Where objects stand: the type of their elements, whether these are looked at, and whether case counts less."""

    own: str
    aligned: bool
    fold: bool = False

    def kept(self, place: Place, element: Any) -> bool:
        """Whether an element that may name its own type is read as any other here."""
        return not self.aligned or element.get(TYPE) is None or place.kept(element, self.own)


def record(
    made: Compiled, spot: Spot, fields: Sequence[BoundField], name: str, encoded: bool, plain: ReadObject
) -> ReadObject:
    """Return the reader of the values of an object, by the names of ``fields``, in order."""
    level, place, begin, further = made.read, made.place, made.begin(), bool(made.further)
    template = dict.fromkeys((each.name for each in fields), ABSENT)
    finish = finishing(made, fields, name, encoded)

    bits, whole = sum(made.bits.values()), not simple(made, fields)
    arrays = made.arrays

    def read(element: Any, reading: Reading) -> Any:
        if element.keys() and not spot.kept(place, element):
            return plain(element, reading)
        found = template.copy()
        for name in arrays:
            found[name] = []
        if further:
            begin(found)
        pending: Pending = []
        seen = level(element, found, reading, pending, False)
        if seen == UNKNOWN:
            mend(reading, element, place.key, spot.fold)
            found, pending = template.copy(), []
            begin(found)
            seen = level(element, found, reading, pending, True)
        slow = bool(pending) and run(pending, found, reading)
        return finish(found, seen, slow, reading) if slow or whole or seen & bits != bits else found

    return read


def simple(made: Compiled, fields: Sequence[BoundField]) -> bool:
    """Whether an object is as it should be as soon as every child that gives one property was seen."""
    there = {*made.bits, *made.arrays, *made.further}
    return all(each.name in there and each.items is None for each in fields)


def text_object(made: Compiled, spot: Spot, fields: Sequence[BoundField], name: str, encoded: bool) -> ReadObject:
    """Return the same as ``flat`` for an object of one text and attributes."""
    template = dict.fromkeys((each.name for each in fields), ABSENT)
    finish, text = finishing(made, fields, name, encoded), made.text
    assert text is not None
    text_name, decode_text = text.name, text.read
    mapped = {tag: (each.name, listed(each.read, each.values)) for tag, each in made.attributes.items()}
    get, most = mapped.get, sum(1 for each in made.attributes.values() if each.name)

    def read(element: Any, reading: Reading) -> Any:
        if len(element):
            return ABSENT
        found, attributes = template.copy(), element.items()
        try:
            for tag, said in attributes:
                attribute = get(tag)
                if attribute is None:
                    return ABSENT
                key, decode = attribute
                value = said if decode is None else decode(said)
                if key:
                    found[key] = value
            found[text_name] = (element.text or "") if decode_text is None else decode_text(element.text or "")
        except ValueError:
            return ABSENT
        return found if len(attributes) == most == len(mapped) else finish(found, 0, False, reading)

    return read


def listed(read: Read | None, values: frozenset[str]) -> Read | None:
    """Return how a text is read that must be one of ``values``; of any, where there are none."""
    if not values:
        return read

    def one_of(text: str) -> Any:
        if text not in values:
            raise ValueError("not one of those that the contract lists")
        return text if read is None else read(text)

    return one_of


def finishing(made: Compiled, fields: Sequence[BoundField], name: str, encoded: bool) -> Finish:
    """Return what checks and orders the values of an object once all are there; see ``content.Compiler.object``.

    It is given the bits of the children that were seen, and whether the values may have lost their order.
    """
    order = tuple(each.name for each in fields)
    missing = {field.name: field.missing for field in fields if field.missing is not None}
    needed = frozenset(field.name for field in fields if field.required and not encoded and field.missing is None)
    arranged = [(field.name, arrange(field, name)) for field in fields if field.items is not None]
    bits = made.bits
    full = sum(bits.values())
    shallow = tuple(each for each in order if each in bits)
    there = {*bits, *made.arrays, *made.further}
    deep = tuple(each for each in order if each not in there)

    def drop(found: Found, names: Iterable[str], reading: Reading) -> None:
        for key in names:
            if found[key] is ABSENT:
                if key in needed:
                    raise invalid(reading.operation, f"{name}.{key} is missing")
                if key in missing:
                    found[key] = missing[key]
                else:
                    del found[key]

    def finish(found: Found, seen: int, slow: bool, reading: Reading) -> Found:
        for key, arrange_items in arranged:
            items = found.get(key, ABSENT)
            if items is not ABSENT and items is not None:
                found[key] = arrange_items(items, reading)
        if slow:
            found = {key: found.get(key, ABSENT) for key in order}
            drop(found, order, reading)
            return found
        if seen & full != full:
            drop(found, shallow, reading)
        if deep:
            drop(found, deep, reading)
        return found

    return finish


def whole(types: Mapping[str, BoundType], bound: BoundType) -> Callable[[Found, Reading], Found] | None:
    """Return what makes the object of values by the names of ``leaves``; None where they are it."""
    finish = finisher(types, bound)
    if finish is not None:
        return lambda found, reading: finish(assembled(bound.fields, found), reading)
    if any(field.parts for field in bound.fields):
        return lambda found, reading: assembled(bound.fields, found)
    return None
