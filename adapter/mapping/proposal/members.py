"""The properties of a proposed type: one for each attribute, for the text and for each element of a record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from adapter.mapping.paths import WILD, Child, children, groups, particles, turn_owner
from adapter.mapping.proposal.grammar import MANY, can_name, json_form, rule
from adapter.mapping.proposal.prefixes import Prefixes
from adapter.mapping.proposal.spelling import free, snake
from adapter.wsdl.names import xsd
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
CONTENT, ITEMS = "content", "items"


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
    many = concrete(contract, key)
    if len(many) > MANY:
        return "xml", f"{local_name(key)} and {len(many) - 1} types derived from it; to map one: {_cast(contract, key)}"
    if not many:
        return "xml", f"{local_name(key)} is abstract, and nothing is derived from it"
    for each in many:
        if why := shapeless(contract, each):
            return "xml", why
    plain = kind.text and not kind.attributes and not kind.any_attribute and not kind.derived
    return "scalar" if plain else "object", ""


def shapeless(contract: Contract, key: str) -> str:
    """Return why a record can only be XML text, "" where it has properties."""
    record = _record(contract, key)
    if record.mixed:
        return "text and elements stand there in any order" if record.name != xsd("anyType") else "anything at all"
    found = list(particles(record))
    tags = [child.element.tag for child in found if not child.wildcards and not child.turns]
    if len(set(tags)) < len(tags):
        return f"{next(tag for tag in tags if tags.count(tag) > 1)} stands in it in several places"
    wildcards = [child for child in found if child.wildcards]
    if len(wildcards) > 1 and any(child.choices for child in wildcards):
        return "several wildcards stand in a choice"
    if any(child.turns for child in wildcards):
        return "a wildcard takes turns with others"
    odd = [child.element.name for child in found if not child.wildcards and not can_name(child.element.name)]
    odd += [each.name for each in record.attributes if not can_name(each.name)]
    return f"no path can name {odd[0]}" if odd else ""


def members(contract: Contract, key: str, names: Callable[[str], str], prefixes: Prefixes) -> Iterator[Member]:
    """Yield the properties for the record with ``key``. ``names`` gives the name of the type for another record."""
    record = _record(contract, key)
    taken: set[str] = set()

    def new(name: str) -> str:
        found = free(name, taken.__contains__)
        taken.add(found)
        return found

    if shapeless(contract, key):
        yield Member(CONTENT, rule(".", xml=True))
        return
    found = list(children(record))
    tags = [child.element.tag for child in found]
    turns = list(_turns(record))
    inside = {child.type for child in turns}
    for child in found:
        if child.turns not in inside and not child.element.abstract:
            member = _element(contract, child, prefixes.of(child.element.tag, tags), names)
            yield Member(new(snake(child.element.name)), member.rule, member.note, member.record)
    for turn in turns:
        first = next(child for child in found if child.turns == turn.type)
        path = f"group({prefixes.of(first.element.tag, tags)})"
        yield Member(new(ITEMS), {"soap": path, "each": names(turn.type)}, "", turn.type)
    attributes = [each.tag for each in record.attributes]
    for attribute in record.attributes:
        path = f"@{prefixes.of(attribute.tag, attributes)}"
        yield Member(new(snake(attribute.name)), rule(path, **json_form(contract, attribute.type)))
    if record.text:
        yield Member(new("value"), rule("#text", **json_form(contract, record.text)))
    if record.content is not None and wildcards(record.content):
        yield Member(new("any"), {"soap": WILD}, "any element may stand there")
    if record.any_attribute:
        yield Member(new("any_attributes"), {"soap": f"@{WILD}"}, "any attribute may stand there")


def _turns(record: Record) -> Iterator[Child]:
    """Yield the groups of a record that repeat as a whole, those in another such group apart."""
    every = list(groups(record))
    keys = {child.type for child in every}
    yield from (child for child in every if turn_owner(child.type) not in keys)


def _element(contract: Contract, child: Child, path: str, names: Callable[[str], str]) -> Member:
    """Return the property for an element, without its name."""
    end = child
    while (inner := _items(contract, end)) is not None:
        path, end = f"{path}.{inner.element.name}", inner
    kind, why = form(contract, end.type)
    if kind == "xml":
        return Member("", rule(path, xml=True), why)
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
