"""Arrange the items of an array that was read: as an object by a key of theirs, or in the order of their numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from adapter.mapping.bound import BoundField
from adapter.mapping.items import Items
from adapter.translate.reading import Reading, invalid

Arrange = Callable[[list[Any], Reading], Any]


def arrange(field: BoundField, name: str) -> Arrange:
    """Return what arranges the items of an array of the object called ``name``, and takes from them what is hidden."""
    assert field.items is not None
    place = f"{name}.{field.name}"
    return _in_order(field.items, place) if field.items.step else _by_key(field.items, place)


def _by_key(items: Items, place: str) -> Arrange:
    def arrange(found: list[Any], reading: Reading) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for item in reading.each(found):
            key = item.pop(items.name, None) if item is not None else None
            if not isinstance(key, str):
                raise invalid(reading.operation, f"{place}: an item has no {items.name}")
            if key in made:
                raise invalid(reading.operation, f"{place}: two items have the same {items.name}")
            made[key] = item
        return made

    return arrange


def _in_order(items: Items, place: str) -> Arrange:
    def arrange(found: list[Any], reading: Reading) -> list[Any]:
        each = reading.each(found)
        numbers = [_number(items, item.pop(items.name, None) if item is not None else None) for item in each]
        if None in numbers:
            reading.note(f"{place}: an item has no number that can be read")
        known = [number for number in numbers if number is not None]
        if len(set(known)) < len(known):
            reading.note(f"{place}: two items have the same number")
        # What has no number stays behind the item before it; equal ones keep the order of the document.
        keys, last = [], float("-inf")
        for number in numbers:
            last = last if number is None else number
            keys.append(last)
        return [found[index] for index in sorted(range(len(found)), key=keys.__getitem__)]

    return arrange


def _number(items: Items, text: str | None) -> int | None:
    """Return the number that a text in XML stands for, None where it is none."""
    if text is None:
        return None
    try:
        value = items.codec.read(text)
    except ValueError:
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]{1,400}", value.strip()) else None
