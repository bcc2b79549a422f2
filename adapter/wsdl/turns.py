"""Model groups that repeat as a whole: each gets a record of one turn in the tree, so that a turn is an object.

XML Schema 1.0 part 1, section 3.8. A group whose ``maxOccurs`` is more than 1 and that holds several particles stands
in its type with ``turn``, the key of that record: ``{urn:x}Events/group(Opened)``, named after its first element. Only
the outermost of such groups is marked; those inside it are marked in the record of its turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from adapter.wsdl.types import Any, Element, Group, Record, Type


def with_turns(types: Mapping[str, Type]) -> dict[str, Type]:
    """Return all types, and a record for the turns of each group that repeats in them."""
    found: dict[str, Type] = {}
    for key, made in types.items():
        if isinstance(made, Record) and made.content is not None and not made.soap_array:
            content = _marked(made.content, key, found)
            made = made if content is made.content else replace(made, content=content)
        found[key] = made
    return found


def _marked(group: Group, owner: str, found: dict[str, Type]) -> Group:
    """Return a group of the record ``owner`` with its outermost repeating groups marked; their records are noted."""
    if group.max != 1 and len(particles := list(_particles(group))) > 1:
        group = _plain(group)
        key = _free(f"{owner}/group({getattr(particles[0], 'name', '*')})", found)
        found[key] = Record(key)  # taken, before groups inside look for names
        items = _inside(replace(group, min=1, max=1), key, found)
        found[key] = Record(key, items, turn=True)
        return replace(group, turn=key)
    return _inside(group, owner, found)


def _inside(group: Group, owner: str, found: dict[str, Type]) -> Group:
    items = tuple(_marked(item, owner, found) if isinstance(item, Group) else item for item in group.items)
    return (
        group
        if all(one is other for one, other in zip(items, group.items, strict=True))
        else replace(group, items=items)
    )


def _particles(group: Group) -> Iterator[Element | Any]:
    for item in group.items:
        if isinstance(item, Group):
            yield from _particles(item)
        else:
            yield item


def _plain(group: Group) -> Group:
    """Return a group without one that only repeats, or only holds, another: their bounds are one."""
    while len(group.items) == 1 and isinstance(inner := group.items[0], Group):
        if inner.max is not None and (inner.min, inner.max) != (1, 1):
            break
        most = None if inner.max is None else group.max
        group = replace(inner, min=group.min * inner.min, max=most)
    return group


def _free(key: str, found: Mapping[str, Type]) -> str:
    number, free = 1, key
    while free in found:
        number += 1
        free = f"{key}[{number}]"
    return free
