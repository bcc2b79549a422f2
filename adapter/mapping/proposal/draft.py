"""What is proposed, as the data of a mapping file, and the comments beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapter.mapping.files import Path_

Section = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """One section. ``notes`` are comments by the path of the key that they stand above, seen from the section."""

    section: Section
    notes: Mapping[Path_, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Types:
    """Proposed types.

    ``names`` are by the key of the record that a type stands for, ``types`` by name, in the order of the contract.
    ``whole`` are the names of types that can fill a message itself, by record; they differ from ``names`` where that
    one has variants, and are "" where the record holds nothing. ``namespaces`` are those that paths name by a prefix.
    """

    names: Mapping[str, str]
    whole: Mapping[str, str]
    types: Mapping[str, Draft]
    namespaces: Mapping[str, str] = field(default_factory=dict)

    def sections(self) -> Section:
        """Return what stands below ``types:``."""
        return {name: draft.section for name, draft in self.types.items()}

    def below(self, names: Iterable[str]) -> set[str]:
        """Return the names of these types and of all that they hold; a name of no type is passed over."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in self.types and name not in found:
                found.add(name)
                waiting += _named(self.types[name].section)
        return found


def _named(section: Section) -> Iterator[str]:
    """Yield the names of types that the fields of a type name, those of its variants too."""
    for rule in section.get("fields", {}).values():
        if isinstance(rule, dict):
            yield from (rule[shape] for shape in ("one", "each") if shape in rule)
    for variant in section.get("variants", {}).get("of", {}).values():
        yield from _named(variant)
