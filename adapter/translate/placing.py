"""Write an element at that of several places of its record where the contract takes its values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adapter.mapping.occurrence import Way
from adapter.mapping.paths import Child
from adapter.mapping.places import alternatives, share

Values = Mapping[str, Any]
Fill = Callable[[Any, Values], bool]


def at_place(fill: Fill, step: Child, index: int, slot: str, ways: Sequence[Way]) -> Fill:
    """Return the function that writes what stands at the place ``index`` of an element.

    ``fill`` writes all of it. ``slot`` is its array, where the places stand one after the other. ``ways`` are those of
    the record: in a choice the place is the first whose branch takes everything else that is given.
    """
    if alternatives(step.places):
        rivals = [_rivals(place, ways) for place in step.places]

        def one(element: Any, values: Values) -> bool:
            return index == _chosen(rivals, values) and fill(element, values)

        return one

    def some(element: Any, values: Values) -> bool:
        items = values.get(slot)
        if items is None:
            return index == 0 and fill(element, values)
        here = items[share(step.places, index, len(items))]
        return bool(here) and fill(element, {**values, slot: here})

    return some


def _rivals(place: Child, ways: Sequence[Way]) -> frozenset[str]:
    """Return the values that cannot stand beside those at a place."""
    firsts = [(steps[0], slot) for steps, _, slot in ways if steps]
    return frozenset(slot for first, slot in firsts if all(each.apart(place) for each in (first.places or (first,))))


def _chosen(rivals: Sequence[frozenset[str]], values: Values) -> int:
    given = {slot for slot, value in values.items() if value not in ([], {})}
    return next((index for index, each in enumerate(rivals) if not each & given), 0)
