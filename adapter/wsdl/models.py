"""Content models (XML Schema part 1, section 3.8.4): whether children stand in an order that a group allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from adapter.wsdl.types import Any, Element, Group, Particle, local_name


@dataclass(frozen=True, slots=True)
class Model:
    """One record's content model. ``declared`` are its elements by tag, members of substitution groups included."""

    group: Group
    declared: Mapping[str, Element]
    tags: Mapping[Element, frozenset[str]]

    def objection(self, children: Sequence[str]) -> str:
        """Return what is wrong with the tags of the children, empty where nothing is."""
        walk = _Walk(self, children)
        if len(children) in walk.ends(self.group, 0):
            return ""
        expected = " or ".join(dict.fromkeys(walk.expected[:6]))
        if walk.furthest < len(children):
            unexpected = local_name(children[walk.furthest])
            more = f"; expected {expected}" if expected else ""
            return f"{unexpected} (number {walk.furthest + 1}) does not stand there in the contract{more}"
        return f"something is missing at the end: {expected}"


def optional(group: Group) -> Group:
    """Return a group whose elements may all be left out, as those of a SOAP encoding may (SOAP 1.1, section 5.4)."""
    items = [optional(each) if isinstance(each, Group) else replace(each, min=0) for each in group.items]
    return replace(group, items=tuple(items))


def content_model(group: Group, elements: Mapping[str, Element], substitutes: Mapping[str, tuple[str, ...]]) -> Model:
    """Return the model of a group. A reference to a head takes the members of its substitution group too."""
    declared: dict[str, Element] = {}
    tags: dict[Element, frozenset[str]] = {}
    waiting: list[Particle] = [group]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Group):
            waiting.extend(each.items)
        elif isinstance(each, Element):
            members = [elements[key] for key in substitutes.get(each.ref, ())]
            usable = [one for one in (each, *members) if not one.abstract]
            tags[each] = frozenset(one.tag for one in usable)
            for one in usable:
                declared.setdefault(one.tag, one)
    return Model(group, declared, tags)


class _Walk:
    """One way through children: the sets of places where each particle can end, by the place where it begins."""

    def __init__(self, model: Model, children: Sequence[str]) -> None:
        self.model, self.children = model, children
        self.furthest, self.expected = 0, list[str]()
        self.known: dict[tuple[int, int], frozenset[int]] = {}

    def ends(self, particle: Particle, start: int) -> frozenset[int]:
        """Return where a particle, with its bounds, can end."""
        key = id(particle), start
        if key not in self.known:
            self.known[key] = self._repeated(particle, start)
        return self.known[key]

    def _repeated(self, particle: Particle, start: int) -> frozenset[int]:
        found = {start} if particle.min == 0 else set[int]()
        at, times = {start}, 0
        seen = set[int]()
        while at and (particle.max is None or times < particle.max):
            times += 1
            at = {end for each in at for end in self._once(particle, each)}
            if times >= particle.min:
                at -= seen
                seen |= at
                found |= at
            elif at == {start}:
                return frozenset(found | {start})  # it can be empty, so its least number is no demand
        return frozenset(found)

    def _once(self, particle: Particle, start: int) -> frozenset[int] | set[int]:
        if isinstance(particle, Element):
            return self._taken(start, self.model.tags[particle], particle.name)
        if isinstance(particle, Any):
            return {start + 1} if start < len(self.children) and self._allowed(particle, start) else set()
        if particle.kind == "choice":
            return {end for each in particle.items for end in self.ends(each, start)} if particle.items else {start}
        if particle.kind == "all":
            return self._all(particle, start)
        at = {start}
        for each in particle.items:
            at = {end for place in at for end in self.ends(each, place)}
        return at

    def _taken(self, start: int, tags: frozenset[str], name: str) -> set[int]:
        if start < len(self.children) and self.children[start] in tags:
            self._reached(start + 1)
            return {start + 1}
        if start == self.furthest:
            self.expected.append(name)
        return set()

    def _allowed(self, wildcard: Any, start: int) -> bool:
        """Whether a wildcard takes a child."""
        child = self.children[start]
        taken = wildcard.lets(child[1:].rpartition("}")[0] if child.startswith("{") else "")
        if taken:
            self._reached(start + 1)
        return taken

    def _all(self, group: Group, start: int) -> set[int]:
        missing = list(group.items)
        at = start
        while at < len(self.children):
            taken = next((each for each in missing if at + 1 in self.ends(each, at)), None)
            if taken is None:
                break
            missing.remove(taken)
            at += 1
        needed = [each for each in missing if each.min and start not in self.ends(each, start)]
        if needed and at >= self.furthest:
            self.expected.extend(each.name for each in needed if isinstance(each, Element))
        return set() if needed else {at}

    def _reached(self, place: int) -> None:
        if place > self.furthest:
            self.furthest, self.expected = place, []
