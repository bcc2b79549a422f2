"""What is proved of a request while building: everything required is filled, and nothing is filled twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapter.mapping.bound import BoundField
from adapter.mapping.occurrence import content, unfilled
from adapter.wsdl.types import Contract


def uncovered(contract: Contract, record: str, fields: Sequence[BoundField]) -> Iterator[str]:
    """Yield the paths of what the record with key ``record`` requires and none of the fields fills."""
    yield from unfilled(content(contract, record, [(field.steps, field, field.name) for field in fields]))


def collisions(fields: Sequence[BoundField]) -> Iterator[tuple[BoundField, str, str]]:
    """Yield each field that cannot be written beside an earlier one, with why, and what to do."""
    heads = [_head(field) for field in fields]
    for index, field in enumerate(fields):
        head = heads[index]
        for place, other in enumerate(fields[:index]):
            if head and heads[place] and head != heads[place]:
                continue
            if _overlap(field, other) or _overlap(other, field) or _in_turns(field, other) or _in_turns(other, field):
                yield field, f"{field.name} and {other.name} fill the same element", "keep one, or make one read_only"
            elif _two_types(field, other):
                text = f"{field.name} and {other.name} take one element for two types"
                yield field, text, "name the same type in both paths"
            elif _take_turns(field, other):
                text = f"{field.name} and {other.name} stand in a group that repeats as a whole"
                yield field, text, "their order would be lost: keep one, or make one read_only"


def _head(field: BoundField) -> str:
    """Return the tag that a field has to share with another to collide with it, "" where it can with any."""
    first = field.steps[0] if field.steps else None
    return "" if first is None or first.is_turn or first.turns or first.repeated else first.element.tag


def _overlap(outer: BoundField, inner: BoundField) -> bool:
    """Tell whether ``outer`` writes the element that ``inner`` stands in: the same place, or all of it."""
    within = len(outer.steps) <= len(inner.steps) and all(
        # A list as a whole is each of its entries too.
        one.element.tag == two.element.tag and (one.entry == two.entry or not (one.entry and two.entry))
        for one, two in zip(outer.steps, inner.steps, strict=False)
    )
    same = within and len(outer.steps) == len(inner.steps)
    if not within or outer.attribute is not None:
        return same and outer.attribute == inner.attribute
    return outer.shape == "scalars" or outer.whole or (same and inner.attribute is None)


def _in_turns(outer: BoundField, inner: BoundField) -> bool:
    """Tell whether ``outer`` is the turns of the group that the element of ``inner`` stands in."""
    depth = len(outer.steps) - 1
    if depth < 0 or not outer.steps[-1].is_turn or len(inner.steps) <= depth:
        return False
    return inner.steps[depth].turns == outer.steps[-1].turns and _keys(inner)[:depth] == _keys(outer)[:depth]


def _take_turns(field: BoundField, other: BoundField) -> bool:
    for depth, (one, two) in enumerate(zip(field.steps, other.steps, strict=False)):
        if one.repeated and one.repeated == two.repeated:
            return _keys(field)[:depth] == _keys(other)[:depth]
    return False


def _two_types(field: BoundField, other: BoundField) -> bool:
    for one, two in zip(field.steps, other.steps, strict=False):
        if one.key != two.key:
            return False
        if one.type != two.type:
            return True
    return False


def _keys(field: BoundField) -> tuple[tuple[str, str], ...]:
    return tuple(step.key for step in field.steps)
