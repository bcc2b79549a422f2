"""What the contract expects in an element of one type, as tables that a reply can be held against quickly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from adapter.mapping.paths import children
from adapter.wsdl.types import Any, Contract, Element, Group, Record, Scalar, local_name


@dataclass(frozen=True, slots=True)
class Expected:
    """What may stand in an element. ``places`` are positions of tags where their order is fixed, else empty.

    ``types`` has the key of the type by tag. ``unique`` has the one tag that a local name means, ``folded`` the one of
    a local name in small letters. ``attributes`` and ``values`` hold enumerations, empty where any text is right.
    """

    namespace: str
    types: Mapping[str, str]
    places: Mapping[str, int]
    unique: Mapping[str, str]
    folded: Mapping[str, str]
    required: frozenset[str]
    wildcards: tuple[Any, ...]
    attributes: Mapping[str, frozenset[str]]
    any_attribute: bool
    text: bool
    values: Mapping[str, frozenset[str]]

    def admits(self, namespace: str) -> bool:
        """Whether a wildcard lets in an element of this namespace (XML Schema part 1, section 3.10.1)."""
        return any(wildcard.lets(namespace) for wildcard in self.wildcards)

    def may_mean(self, tag: str, fold: bool) -> bool:
        """Whether an unknown tag could stand for a known one, depending on what stands beside it."""
        namespace, local = split(tag)
        return (local in self.unique and not self.admits(namespace)) or (fold and local.casefold() in self.folded)


def expected(contract: Contract, record: Record) -> Expected:
    """Return the tables of one record."""
    found = {child.element.tag: child for child in children(record)}
    tags = Counter(element.tag for element in _elements(record.content))
    fixed_order = record.content is not None and _fixed_order(record.content) and max(tags.values(), default=1) == 1
    return Expected(
        namespace=split(record.name)[0],
        types={tag: child.element.type for tag, child in found.items()},
        places={tag: place for place, tag in enumerate(tags)} if fixed_order else {},
        unique=_one_of_each({tag: local_name(tag) for tag in found}),
        folded=_one_of_each({tag: local_name(tag).casefold() for tag in found}),
        required=frozenset(tag for tag, child in found.items() if child.required),
        wildcards=tuple(_wildcards(record.content)),
        attributes={each.tag: enumeration(contract, each.type) for each in record.attributes},
        any_attribute=bool(record.any_attribute),
        text=bool(record.text) or record.mixed,
        values={tag: texts for tag, child in found.items() if (texts := enumeration(contract, child.element.type))},
    )


def enumeration(contract: Contract, key: str) -> frozenset[str]:
    """Return the texts that a simple type (or the text of a complex one) may have, empty where they are not counted."""
    kind = contract.types.get(key)
    if isinstance(kind, Record):
        kind = contract.types.get(kind.text)
    return frozenset(kind.facets.enumeration) if isinstance(kind, Scalar) else frozenset()


def split(tag: str) -> tuple[str, str]:
    """Return the namespace and the local part of a Clark name."""
    namespace, _, local = tag.rpartition("}")
    return namespace[1:], local


def _one_of_each(names: Mapping[str, str]) -> dict[str, str]:
    """Return the tag of each name that only one tag has."""
    counted = Counter(names.values())
    return {name: tag for tag, name in names.items() if counted[name] == 1}


def _elements(group: Group | None) -> Iterator[Element]:
    for item in group.items if group is not None else ():
        if isinstance(item, Group):
            yield from _elements(item)
        elif isinstance(item, Element):
            yield item


def _wildcards(group: Group | None) -> Iterator[Any]:
    for item in group.items if group is not None else ():
        if isinstance(item, Group):
            yield from _wildcards(item)
        elif isinstance(item, Any):
            yield item


def _fixed_order(group: Group) -> bool:
    """Whether elements can stand in one order only: nothing repeats as a whole, and no order is free."""
    groups = [item for item in group.items if isinstance(item, Group)]
    return group.kind != "all" and group.max == 1 and all(map(_fixed_order, groups))
