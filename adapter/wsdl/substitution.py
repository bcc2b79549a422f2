"""Substitution groups (XML Schema 1.0 part 1, sections 2.2.2.2 and 3.3.6): who may stand where a head is referred to.

In the tree a reference to a head is a choice of the head, unless that is abstract, and of its members. So nothing that
follows a path, writes, reads or documents a message knows substitution groups.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from adapter.wsdl.building import Building
from adapter.wsdl.components import Component
from adapter.wsdl.names import xsd
from adapter.wsdl.types import Element, Group, Particle, Record, Type

_DERIVATIONS = frozenset(("extension", "restriction"))


def substitutes(building: Building) -> dict[str, tuple[str, ...]]:
    """Return the members of every substitution group, indirect ones included, in document order."""
    elements = building.components.by_kind["element"]
    heads: dict[str, list[str]] = {}
    for key, component in elements.items():
        for qname in (component.node.get("substitutionGroup") or "").split():
            if head := building.components.find("element", component, component.node, qname):
                heads.setdefault(key, []).append(head.key)
    members: dict[str, dict[str, None]] = {}
    for key in heads:
        seen: dict[str, None] = {}
        waiting = list(heads[key])
        while waiting:
            head_key = waiting.pop(0)
            if head_key not in seen and head_key != key:
                seen[head_key] = None
                if _may_stand_for(building, elements[head_key], key):
                    members.setdefault(head_key, {})[key] = None
                waiting.extend(heads.get(head_key, ()))
    return {head: tuple(found) for head, found in members.items()}


def expanded(building: Building, types: Mapping[str, Type], members: Mapping[str, tuple[str, ...]]) -> dict[str, Type]:
    """Return all types, each reference to a head as the choice that it is."""
    expansion = _Expansion(building, members)
    return {key: expansion.record(made) if isinstance(made, Record) else made for key, made in types.items()}


def alternatives(
    reference: Element, elements: Mapping[str, Element], members: Mapping[str, tuple[str, ...]]
) -> Element | Group:
    """Return what a reference to an element stands for; itself where nothing else may stand there.

    ``elements`` are the global ones, ``members`` those of each head, by their keys.
    """
    here = replace(reference, min=1, max=1)
    others = (replace(elements[key], ref=key) for key in members.get(reference.ref, ()))
    found = tuple(each for each in (here, *others) if not each.abstract)
    if not found:
        return reference
    if len(found) == 1:
        return replace(found[0], min=reference.min, max=reference.max)
    return Group("choice", found, reference.min, reference.max)


class _Expansion:
    """Rewrites contents. A group that many types share is rewritten once."""

    def __init__(self, building: Building, members: Mapping[str, tuple[str, ...]]) -> None:
        self.building, self.members = building, members
        self.heads = building.components.by_kind["element"]
        self.groups: dict[int, tuple[Group, Group]] = {}

    def record(self, record: Record) -> Record:
        if not self.members or record.content is None:
            return record
        content = self.group(record.content)
        return record if content is record.content else replace(record, content=content)

    def group(self, group: Group) -> Group:
        # The group is kept with what it became, so that its id is not given to another.
        known = self.groups.get(id(group))
        if known is None:
            items = tuple(made for item in group.items for made in self.items(group, item))
            known = group, group if items == group.items else replace(group, items=items)
            self.groups[id(group)] = known
        return known[1]

    def items(self, group: Group, item: Particle) -> Iterator[Particle]:
        if isinstance(item, Group):
            yield self.group(item)
        elif not isinstance(item, Element) or item.ref not in self.members:
            yield item
        else:
            choice = self.choice(item)
            # A choice in a choice is one choice.
            spliced = isinstance(choice, Group) and group.kind == "choice" and (choice.min, choice.max) == (1, 1)
            yield from choice.items if isinstance(choice, Group) and spliced else (choice,)

    def choice(self, reference: Element) -> Element | Group:
        """Return what a reference to a head stands for; the head itself where nothing else may stand there."""
        self.building.spend(1 + len(self.members[reference.ref]), self.heads[reference.ref])
        return alternatives(reference, self.building.elements, self.members)


def _may_stand_for(building: Building, head: Component, member: str) -> bool:
    """Tell whether ``block`` and ``final`` of the head, and ``block`` of its type, let a member stand for it."""
    type_key = building.elements[head.key].type
    declared = building.components.by_kind["type"].get(type_key)
    blocked = _words(head, "block") | (_words(declared, "block") if declared is not None else frozenset())
    if "substitution" in blocked:
        return False
    refused = (blocked | _words(head, "final")) & _DERIVATIONS
    return not refused or not refused & set(_derivation(building, building.elements[member].type, type_key))


def _words(component: Component, name: str) -> frozenset[str]:
    """Return the words of ``block`` or ``final``, or of the schema's default for it."""
    text = component.node.get(name)
    if text is None:
        text = component.schema.root.get(f"{name}Default", "")
    words = frozenset(text.split())
    return words | _DERIVATIONS | {"substitution"} if "#all" in words else words


def _derivation(building: Building, key: str, base: str) -> Iterator[str]:
    """Yield the kinds of derivation on the way from a type to the type that it is derived from."""
    seen: set[str] = set()
    known = building.components.by_kind["type"]
    while key != base and key not in seen and (component := known.get(key)) is not None:
        seen.add(key)
        node = next(component.node.iter(xsd("extension"), xsd("restriction")), None)
        if node is None or not node.get("base"):
            return
        yield "extension" if node.tag == xsd("extension") else "restriction"
        key = building.type_key(component, node, node.get("base") or "")
