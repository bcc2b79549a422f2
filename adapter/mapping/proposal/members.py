"""The properties of a proposed type: one for each attribute, for the text and for each element of a record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from adapter.mapping.paths import WILD, Child, children, particles
from adapter.mapping.proposal.grammar import MANY, XML, can_name, json_form, rule
from adapter.mapping.proposal.spelling import free, snake
from adapter.wsdl.types import Any as Wildcard
from adapter.wsdl.types import Contract, Group, Particle, Record, local_name


@dataclass(frozen=True, slots=True)
class Member:
    """One property: its name, its rule as it is written, and a comment. ``record`` is that of the type it names."""

    name: str
    rule: Any
    note: str = ""
    record: str = ""


Kind = Literal["scalar", "object", "xml"]


def concrete(contract: Contract, key: str) -> list[str]:
    """Return the keys of a record and of the types derived from it that can stand in a message."""
    kind = contract.types[key]
    assert isinstance(kind, Record)
    return [each for each in (key, *kind.derived) if not _record(contract, each).abstract]


def form(contract: Contract, key: str) -> tuple[Kind, str]:
    """Return how a value of a type is proposed, and why where it is XML text."""
    kind = contract.types.get(key)
    if not isinstance(kind, Record):
        return "scalar", ""
    if kind.mixed:
        return "xml", "text and elements stand there in any order" if kind.name != key else "anything may stand there"
    many = concrete(contract, key)
    if why := untold(contract, key):
        return "xml", why
    if len(many) > MANY:
        return "xml", f"{local_name(key)} and {len(many) - 1} types derived from it; to map one: {_cast(contract, key)}"
    if not many:
        return "xml", f"{local_name(key)} is abstract, and nothing is derived from it"
    if len({local_name(each) for each in many}) < len(many):
        return "xml", f"types derived from {local_name(key)} have the same name"
    plain = kind.text and not kind.attributes and not kind.any_attribute and not kind.derived
    return "scalar" if plain else "object", ""


def members(contract: Contract, key: str, names: Callable[[str], str]) -> Iterator[Member]:
    """Yield the properties for the record with ``key``. ``names`` gives the name of the type for another record."""
    record = _record(contract, key)
    taken: set[str] = set()

    def new(name: str) -> str:
        found = free(name, taken.__contains__)
        taken.add(found)
        return found

    found = list(children(record))
    places = Counter(child.element.name for child in found)
    turns: set[str] = set()
    for child in found:
        name = child.element.name
        if child.turns:
            if child.turns not in turns and can_name(name) and places[name] == 1:
                turns.add(child.turns)
                of_turns = {"soap": f"group({name})", "each": names(child.turns)}
                yield Member(new("items"), of_turns, record=child.turns)
        elif can_name(name) and places[name] == 1 and not child.repeated and not child.element.abstract:
            member = _element(contract, child, names)
            if member is not None:
                yield Member(new(snake(name)), member.rule, member.note, member.record)
    for attribute in record.attributes:
        if can_name(attribute.name):
            yield Member(new(snake(attribute.name)), rule(f"@{attribute.name}", **json_form(contract, attribute.type)))
    if record.text:
        yield Member(new("value"), rule("#text", **json_form(contract, record.text)))
    if record.content is not None and wildcards(record.content):
        yield Member(new("any"), {"soap": WILD}, "any element may stand there")
    if record.any_attribute:
        yield Member(new("any_attributes"), {"soap": f"@{WILD}"}, "any attribute may stand there")


def untold(contract: Contract, key: str) -> str:
    """Say why no paths lead to all elements of a record, "" where they do."""
    record = _record(contract, key)
    found = list(particles(record))
    places = Counter(child.element.name for child in found if not child.wildcards)
    twice = next((name for name, count in places.items() if count > 1), "")
    if twice:
        return f"{twice} stands there in several places"
    names = (*places, *(each.name for each in record.attributes))
    strange = next((name for name in names if not can_name(name)), "")
    if strange:
        return f"no path can name {strange}"
    wild = [child for child in found if child.wildcards]
    if len(wild) > 1 and any(child.choices for child in wild):
        return "several wildcards stand in a choice"
    return "a wildcard takes turns with others" if any(child.turns for child in wild) else ""


def _element(contract: Contract, child: Child, names: Callable[[str], str]) -> Member | None:
    """Return the property for an element, without its name. None where the grammar has no way to carry it."""
    path, end = child.element.name, child
    while (inner := _items(contract, end)) is not None:
        path, end = f"{path}.{inner.element.name}", inner
    kind, why = form(contract, end.type)
    if kind == "xml":
        return Member("", rule(path, xml=True), why) if XML else None
    if kind == "scalar":
        return Member("", rule(path, **json_form(contract, end.type)))
    return Member("", {"soap": path, "each" if end.repeats else "one": names(end.type)}, record=end.type)


def _items(contract: Contract, child: Child) -> Child | None:
    """Return what repeats in an element that only stands around it (``ArrayOfX``), None where it says more."""
    kind = contract.types.get(child.type)
    if child.repeats or not isinstance(kind, Record) or kind.content is None:
        return None
    if kind.attributes or kind.any_attribute or kind.text or kind.derived or kind.abstract or kind.mixed:
        return None
    inside = list(children(kind))
    if len(inside) != 1 or wildcards(kind.content):
        return None
    item = inside[0]
    plain = item.repeats and not item.repeated and not item.element.abstract and can_name(item.element.name)
    return item if plain else None


def wildcards(particle: Particle) -> list[Wildcard]:
    """Return the element wildcards in a model group."""
    if isinstance(particle, Group):
        return [each for item in particle.items for each in wildcards(item)]
    return [particle] if isinstance(particle, Wildcard) else []


def _cast(contract: Contract, key: str) -> str:
    return f"'soap: …({local_name(concrete(contract, key)[-1])})'"


def _record(contract: Contract, key: str) -> Record:
    kind = contract.types[key]
    assert isinstance(kind, Record)
    return kind
