"""Part the children of an element into the turns of groups that repeat as a whole.

A turn has no element, so its children are taken together as if they had one. A new turn begins where a child cannot
belong to the one before: what a group takes, it takes as early as it can, as the rule of unique particle attribution
(XML Schema 1.0 part 1, section 3.8.6) says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from adapter.wsdl.types import Any as Wildcard
from adapter.wsdl.types import Element, Group, Particle, Record

# Where the next child stands that is not taken yet: takes the tags of all children, a place, and notes turns.
_Take = Callable[[Sequence[str], int, "_Found"], int]
_Found = list[tuple[str, int, int]]


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

    Children that stand elsewhere than the contract says are taken as if the content began anew there.
    """
    assert record.content is not None
    known = {each.tag for each in _elements(record.content)}
    take = _group(record.content, known)

    def part(element: Any) -> list[tuple[str, Turn]]:
        children = [child for child in element if isinstance(child.tag, str)]
        tags, place = [child.tag for child in children], 0
        found: _Found = []
        while place < len(tags):
            after = take(tags, place, found)
            place = after if after > place else place + 1
        return [(key, Turn(children[start:end])) for key, start, end in found]

    return part


def turns_of(record: Record, key: str) -> Callable[[Any], list[Any]]:
    """Return what gives the turns of one group of a type; ``key`` is the record of such a turn."""
    part = parter(record)
    return lambda element: [turn for group, turn in part(element) if group == key]


def _elements(group: Group) -> Iterator[Element]:
    for item in group.items:
        if isinstance(item, Group):
            yield from _elements(item)
        elif isinstance(item, Element):
            yield item


def _particle(particle: Particle, known: set[str]) -> _Take:
    if isinstance(particle, Group):
        return _group(particle, known)
    most = particle.max
    tag = "" if isinstance(particle, Wildcard) else particle.tag

    def take(tags: Sequence[str], place: int, found: _Found) -> int:
        end = len(tags) if most is None else min(len(tags), place + most)
        while place < end and (tags[place] == tag if tag else tags[place] not in known):
            place += 1
        return place

    return take


def _group(group: Group, known: set[str]) -> _Take:
    """Return what takes as many passes of a group as stand there; what is missing in one does not end it."""
    inner = [_particle(item, known) for item in group.items]
    once = {"sequence": _sequence, "choice": _choice, "all": _all}[group.kind](inner)
    most, key = group.max, group.turn

    def take(tags: Sequence[str], place: int, found: _Found) -> int:
        passes = 0
        while place < len(tags) and (most is None or passes < most):
            # Groups inside a turn are told apart when the turn itself is read.
            after = once(tags, place, [] if key else found)
            if after == place:
                break
            if key:
                found.append((key, place, after))
            place, passes = after, passes + 1
        return place

    return take


def _sequence(inner: Sequence[_Take]) -> _Take:
    def take(tags: Sequence[str], place: int, found: _Found) -> int:
        for each in inner:
            place = each(tags, place, found)
        return place

    return take


def _choice(inner: Sequence[_Take]) -> _Take:
    def take(tags: Sequence[str], place: int, found: _Found) -> int:
        for each in inner:
            after = each(tags, place, found)
            if after > place:
                return after
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
                return place
        return place

    return take
