"""Which items of two arrays are the same, whatever their order."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final

from adapter.rollout.leaves import kind
from adapter.rollout.nodes import Node

PAIRS: Final = 4096
"""So many pairs of items are looked at, where some may only be about the same; in more of them, equal ones alone."""
_PLAIN: Final = Node()


def frozen(node: Node, value: Any, *, nulls: bool, candidate: bool) -> Hashable:
    """Return what is equal for values that are the same, but for what may be about the same.

    ``nulls``: null is not the same as absent. ``candidate``: it is in the candidate's words.
    """
    if node.ignored:
        return None
    rest = node.items or _PLAIN
    if type(value) is dict:
        there = (
            (name, node.members.get(name, rest), each) for name, each in value.items() if nulls or each is not None
        )
        return frozenset(
            (name, frozen(below, each, nulls=nulls, candidate=candidate))
            for name, below, each in there
            if not below.ignored
        )
    if type(value) is list:
        items = [frozen(rest, each, nulls=nulls, candidate=candidate) for each in value]
        if node.unordered is None:
            return tuple(items)
        counts: dict[Hashable, int] = {}
        for item in items:
            counts[item] = counts.get(item, 0) + 1
        return frozenset(counts.items())
    if candidate and node.codes is not None and isinstance(value, str):
        value = node.codes.get(value, value)
    return kind(value), value


def equal_left(legacy: Sequence[Hashable], candidate: Sequence[Hashable]) -> tuple[list[int], list[int]]:
    """Return the places of items that have no equal one on the other side, each of which counts once."""
    there: dict[Hashable, list[int]] = {}
    for index in reversed(range(len(candidate))):
        there.setdefault(candidate[index], []).append(index)
    missing = []
    for index, item in enumerate(legacy):
        places = there.get(item)
        if places:
            places.pop()
        else:
            missing.append(index)
    return missing, sorted(index for places in there.values() for index in places)


def about_left(
    legacy: Sequence[Any], candidate: Sequence[Any], same: Callable[[Any, Any], bool]
) -> tuple[list[int], list[int]]:
    """Return the places of items that are left where as many as possible are paired (Kuhn's algorithm, 1955)."""
    alike = [[place for place, other in enumerate(candidate) if same(item, other)] for item in legacy]
    taken: dict[int, int] = {}

    def paired(index: int, seen: set[int]) -> bool:
        for place in alike[index]:
            if place in seen:
                continue
            seen.add(place)
            if place not in taken or paired(taken[place], seen):
                taken[place] = index
                return True
        return False

    missing = [index for index in range(len(legacy)) if not paired(index, set())]
    return missing, [place for place in range(len(candidate)) if place not in taken]
