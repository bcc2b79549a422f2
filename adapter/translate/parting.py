"""Part the children of an element into the turns of groups that repeat as a whole.

A turn has no element, so its children are taken together as if they had one. A new turn begins where a child cannot
belong to the one before: what a group takes, it takes as early as it can, as the rule of unique particle attribution
(XML Schema 1.0 part 1, section 3.8.6) says. What is not what the contract says is parted as well as it can be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from adapter.mapping.bounds import may_be_empty
from adapter.wsdl.types import Any as Wildcard
from adapter.wsdl.types import Element, Group, Particle, Record

# Where the next child stands that is not taken yet, _NO where what must be there is not: takes the tags of all
# children and a place, and notes turns.
_Take = Callable[[Sequence[str], int, "_Found"], int]
_Found = list[tuple[str, int, int]]
_NO = -1


class Turn:
    """One turn as an element that holds nothing else: it has children, no text and no attributes."""

    __slots__ = ("children",)
    text = None
    attrib: Mapping[str, str] = {}

    def __init__(self, children: Sequence[Any]) -> None:
        self.children = children

    def __iter__(self) -> Iterator[Any]:
        return iter(self.children)

    def __len__(self) -> int:
        return len(self.children)

    def get(self, name: str) -> None:
        """Return the value of an attribute: a turn has none."""

    def iterchildren(self, tag: str = "*") -> Iterator[Any]:
        """Yield the children with that tag."""
        return (child for child in self.children if tag in ("*", child.tag))


def parter(record: Record) -> Callable[[Any], list[tuple[str, Turn]]]:
    """Return what parts the children of an element of a type into turns, with the key of the group of each.

    Where children do not stand as the contract says, what is missing ends nothing, and the content begins anew at a
    child that does not follow.
    """
    assert record.content is not None
    known = frozenset(each.tag for each in _particles(record.content) if isinstance(each, Element))
    wild = any(isinstance(each, Wildcard) for each in _particles(record.content))
    exact, tolerant = (_Compiler(known, strict).group(record.content) for strict in (True, False))

    def part(element: Any) -> list[tuple[str, Turn]]:
        children = [child for child in element if isinstance(child.tag, str) and (wild or child.tag in known)]
        tags, place = [child.tag for child in children], 0
        found: _Found = []
        if exact(tags, 0, found) != len(tags):
            found.clear()
            while place < len(tags):
                after = tolerant(tags, place, found)
                place = after if after > place else place + 1
        return [(key, Turn(children[start:end])) for key, start, end in found]

    return part


def turns_of(record: Record, key: str) -> Callable[[Any], list[Any]]:
    """Return what gives the turns of one group of a type; ``key`` is the record of such a turn."""
    part = parter(record)
    return lambda element: [turn for group, turn in part(element) if group == key]


def _particles(particle: Particle) -> Iterator[Element | Wildcard]:
    if isinstance(particle, Group):
        for item in particle.items:
            yield from _particles(item)
    else:
        yield particle


class _Compiler:
    """Compiles particles. ``known`` are the tags of elements, which wildcards do not take."""

    def __init__(self, known: frozenset[str], strict: bool) -> None:
        self.known, self.strict = known, strict

    def particle(self, particle: Particle) -> _Take:
        if isinstance(particle, Group):
            return self.group(particle)
        most, least, takes = particle.max, particle.min if self.strict else 0, self.takes(particle)

        def take(tags: Sequence[str], place: int, found: _Found) -> int:
            start, end = place, len(tags) if most is None else min(len(tags), place + most)
            while place < end and takes(tags[place]):
                place += 1
            return place if place - start >= least else _NO

        return take

    def takes(self, particle: Element | Wildcard) -> Callable[[str], bool]:
        """Return what tells whether an element of this tag is the particle."""
        if isinstance(particle, Element):
            return particle.tag.__eq__
        known, lets = self.known, particle.lets
        return lambda tag: tag not in known and lets(tag.rpartition("}")[0].removeprefix("{"))

    def group(self, group: Group) -> _Take:
        """Return what takes as many passes of a group as stand there."""
        inner = [self.particle(item) for item in group.items]
        once = _choice(group, inner) if group.kind == "choice" else (_all if group.kind == "all" else _sequence)(inner)
        most, key = group.max, group.turn
        least = group.min if self.strict and not may_be_empty(group) else 0

        def take(tags: Sequence[str], place: int, found: _Found) -> int:
            passes = 0
            while place < len(tags) and (most is None or passes < most):
                before = len(found)
                after = once(tags, place, found)
                if after <= place:
                    del found[before:]
                    break
                if key:
                    # Groups inside a turn are told apart when the turn itself is read.
                    found[before:] = [(key, place, after)]
                place, passes = after, passes + 1
            return place if passes >= least else _NO

        return take


def _sequence(inner: Sequence[_Take]) -> _Take:
    def take(tags: Sequence[str], place: int, found: _Found) -> int:
        for each in inner:
            place = each(tags, place, found)
            if place == _NO:
                return _NO
        return place

    return take


def _choice(group: Group, inner: Sequence[_Take]) -> _Take:
    # A choice may have hundreds of branches; only those that know the next child are tried.
    branches: dict[str, list[_Take]] = {}
    wild: list[_Take] = []
    for item, each in zip(group.items, inner, strict=True):
        for tag in dict.fromkeys(one.tag for one in _particles(item) if isinstance(one, Element)):
            branches.setdefault(tag, []).append(each)
        if any(isinstance(one, Wildcard) for one in _particles(item)):
            wild.append(each)

    def take(tags: Sequence[str], place: int, found: _Found) -> int:
        before = len(found)
        for each in branches.get(tags[place], wild):
            after = each(tags, place, found)
            if after > place:
                return after
            del found[before:]
        return place

    return take


def _all(inner: Sequence[_Take]) -> _Take:
    def take(tags: Sequence[str], place: int, found: _Found) -> int:
        waiting = list(inner)
        while waiting:
            for each in waiting:
                after = each(tags, place, found)
                if after > place:
                    waiting.remove(each)
                    place = after
                    break
            else:
                return _NO if any(each(tags, place, found) == _NO for each in waiting) else place
        return place

    return take
