"""What the fast pass does with a child that is more than a leaf: an object, an item of a list, an element on the way.

Each takes the bits of what was seen and returns them with its own. What it has to do waits in ``pending``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapter.translate.entries import Handler
from adapter.translate.level import (
    ABSENT,
    UNKNOWN,
    Act,
    Found,
    Inner,
    Leaf,
    Pending,
    Place,
    leaf_value,
    mend,
    reordered,
    run,
)
from adapter.translate.reading import NIL, TYPE, Reading, is_nil
from adapter.translate.records import Compiled, ReadObject


def plainly(place: Place, tag: str, names: Sequence[str], handle: Handler) -> Act:
    """Return what brings a child back to the contract, with all that stands in it, and reads it with the plain code.

    ``names`` are the properties that it may set.
    """
    table = place.table
    key, values = (table.types.get(tag, ""), table.values.get(tag)) if table is not None else ("", None)

    def act(child: Any, found: Found, reading: Reading) -> bool:
        if table is not None:
            if values:
                reading.walk.value(child.getparent(), child, values)
            reading.walk.below(child, key)
        return _handled(child, found, reading, names, handle)

    return act


def let_in(names: Sequence[str], handle: Handler) -> Act:
    """Return what reads what the contract says nothing about with the plain code."""
    return lambda child, found, reading: _handled(child, found, reading, names, handle)


def _handled(child: Any, found: Found, reading: Reading, names: Sequence[str], handle: Handler) -> bool:
    for name in names:
        if found.get(name) is ABSENT:
            del found[name]
    handle(child, found, reading)
    return True


def passed_over(place: Place, tag: str, bit: int) -> Inner:
    """Return what takes a child that nobody mapped: what stands in it is looked at, where the plain code does that."""
    table = place.table
    assert table is not None
    key, values = table.types[tag], table.values.get(tag)
    below = key in place.tables

    def act(child: Any, found: Found, reading: Reading) -> bool:
        if values:
            reading.walk.value(child.getparent(), child, values)
        reading.walk.below(child, key)
        return False

    def inner(child: Any, seen: int, found: Found, reading: Reading, pending: Pending) -> int:
        if place.ordered and seen >= bit << 1:
            pending.append((reordered, child))
        if below or child.keys() or len(child) or (values and (child.text or "") not in values):
            pending.append((act, child))
        return seen | bit

    return inner


def waiting(place: Place, bit: int, plain: Act) -> Inner:
    """Return what takes a child that only the plain code reads."""

    def inner(child: Any, seen: int, found: Found, reading: Reading, pending: Pending) -> int:
        if place.ordered and seen >= bit << 1:
            pending.append((reordered, child))
        pending.append((plain, child))
        return seen | bit

    return inner


def nested(place: Place, bit: int, name: str, nullable: bool, read: ReadObject, plain: Act) -> Inner:
    """Return what takes a child that is an object."""

    def act(child: Any, found: Found, reading: Reading) -> bool:
        if child.keys() and is_nil(child):
            if nullable and child.keys() == [NIL] and not len(child) and child.text is None:
                found[name] = None
                return False
            return plain(child, found, reading)
        found[name] = read(child, reading)
        return False

    def inner(child: Any, seen: int, found: Found, reading: Reading, pending: Pending) -> int:
        if place.ordered and seen >= bit << 1:
            pending.append((reordered, child))
        pending.append((plain if seen & bit else act, child))
        return seen | bit

    return inner


def at_once(place: Place, bit: int, name: str, read: ReadObject, then: Inner) -> Inner:
    """Return what takes a child that is an object of leaves only, and so can mostly be read without waiting."""

    def inner(child: Any, seen: int, found: Found, reading: Reading, pending: Pending) -> int:
        if bit > seen:
            value = read(child, reading)
            if value is not ABSENT:
                found[name] = value
                return seen | bit
        return then(child, seen, found, reading, pending)

    return inner


def objects(place: Place, bit: int, name: str, read: ReadObject, plain: Act) -> Inner:
    """Return what takes a child that is one of many objects."""

    def act(children: list[Any], found: Found, reading: Reading) -> bool:
        slow, made = False, found[name]
        for child in reading.each(children):
            if child.keys() and is_nil(child):
                slow = plain(child, found, reading) or slow
            else:
                made.append(read(child, reading))
        return slow

    return several(place, bit, act)


def scalars(place: Place, bit: int, leaf: Leaf) -> Inner:
    """Return what takes a child that is one of many values."""

    def act(children: list[Any], found: Found, reading: Reading) -> bool:
        slow, made = False, found[leaf.name]
        for child in reading.each(children):
            value = ABSENT if len(child) else leaf_value(place, leaf, child)
            if value is ABSENT:
                slow = leaf.plain(child, found, reading) or slow
            else:
                made.append(value)
        return slow

    return several(place, bit, act)


def several(place: Place, bit: int, act: Act) -> Inner:
    """Return what takes children of one name: those that stand together are given to ``act`` as one list."""

    def inner(child: Any, seen: int, found: Found, reading: Reading, pending: Pending) -> int:
        if place.ordered and seen >= bit << 1:
            pending.append((reordered, child))
        if pending and pending[-1][0] is act:
            pending[-1][1].append(child)
        else:
            pending.append((act, [child]))
        return seen | bit

    return inner


def crossed(place: Place, bit: int, inside: Compiled, plain: Act) -> Inner:
    """Return what takes a child that paths cross: what stands in it belongs to the same object."""
    read, key, names, begin = inside.read, inside.place.key, inside.names, inside.begin()

    def _harmless(child: Any) -> bool:
        if child.get(NIL) is not None:
            return False
        return place.table is None or child.get(TYPE) is None or place.kept(child, key)

    def later(child: Any, found: Found, reading: Reading) -> bool:
        own: Pending = []
        begin(found)
        mend(reading, child, key)
        read(child, found, reading, own, True)
        return run(own, found, reading)

    def inner(child: Any, seen: int, found: Found, reading: Reading, pending: Pending) -> int:
        if place.ordered and seen >= bit << 1:
            pending.append((reordered, child))
        if seen & bit or (child.keys() and not _harmless(child)):
            pending.append((plain, child))
            return seen | bit
        before = len(pending)
        begin(found)
        if read(child, found, reading, pending, False) == UNKNOWN:
            del pending[before:]
            for name in names:
                found[name] = ABSENT
            pending.append((later, child))
        return seen | bit

    return inner
