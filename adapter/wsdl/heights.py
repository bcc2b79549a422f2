"""How deep the smallest valid element of each type is: what lets an instance of a type that contains itself end."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from adapter.wsdl.types import Any, Element, Group, Particle, Record, Type

Heights = Mapping[str, float]


def heights(types: Mapping[str, Type]) -> Heights:
    """Return the least height of an element of each type, by key; ``inf`` where every element contains another."""
    found: dict[str, float] = {key: inf if isinstance(each, Record) else 0 for key, each in types.items()}
    changed = True
    while changed:
        changed = False
        for key, each in types.items():
            if isinstance(each, Record) and (height := _record(each, found)) < found[key]:
                found[key], changed = height, True
    return found


def least(particle: Particle, found: Heights) -> float:
    """Return the least height that one occurrence of a particle needs, optional parts left out."""
    if isinstance(particle, Any):
        return 1
    if isinstance(particle, Element):
        return 1 if particle.nillable else 1 + found.get(particle.type, 0)
    needed = [least(each, found) if each.min else 0 for each in particle.items]
    if particle.kind == "choice":
        return min((least(each, found) if each.min else 0 for each in particle.items), default=0)
    return max(needed, default=0)


def concrete(types: Mapping[str, Type], key: str, found: Heights) -> list[str]:
    """Return the keys of the types that an element declared with one may have: itself and those derived from it.

    The lowest ones come first.
    """
    declared = types[key]
    if not isinstance(declared, Record):
        return [key]
    keys = [key, *declared.derived]
    usable = [each for each in keys if not getattr(types[each], "abstract", False)]
    return sorted(usable, key=lambda each: _own(types[each], found))


def _record(record: Record, found: Heights) -> float:
    own = inf if record.abstract else _own(record, found)
    return min((own, *(found[each] for each in record.derived)))


def _own(declared: Type, found: Heights) -> float:
    if not isinstance(declared, Record) or declared.content is None:
        return 0
    return _group(declared.content, found)


def _group(group: Group, found: Heights) -> float:
    return least(group, found) if group.min else 0
