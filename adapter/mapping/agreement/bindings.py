"""What a mapping file uses while it is bound; and types of shared files, bound once for all that use them.

What a type of ``mappings/shared/`` becomes does not depend on who uses it, unless something is wrong with it or it
names a lookup, of which each mapping file has its own. Those are bound again, so that each file is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from adapter.mapping.bound import BoundType, Mode
from adapter.mapping.bound_type import inner
from adapter.mapping.model import FieldRule, Place, TypeRule
from adapter.mapping.model.operation import Resource
from adapter.mapping.paths import PathError

# The file of a contract, and what a mapping calls its namespaces.
View: TypeAlias = tuple[str, frozenset[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Binding:
    """One type as it was bound: its rule, itself with its variants by key, and where the fields stand that were."""

    rule: TypeRule
    types: Mapping[str, BoundType]
    places: frozenset[Place]


@dataclass(slots=True)
class Bindings:
    """What was bound so far for one contract, by key."""

    known: dict[str, Binding] = field(default_factory=dict)

    def keep(self, key: str, binding: Binding) -> None:
        """Remember a type that agrees."""
        if not any(each.lookup for each in binding.rule.every_field()):
            self.known.setdefault(key, binding)

    def whole(self, key: str, rules: Mapping[str, TypeRule]) -> list[Binding]:
        """Return a type and all that stand in it, however deep; nothing where one of them is not known.

        ``rules`` are the types of the file that asks: the same names may mean others there.
        """
        found: dict[str, Binding] = {}
        waiting = [key]
        while waiting:
            key = waiting.pop()
            if key in found:
                continue
            binding = self.known.get(key)
            if binding is None or rules.get(binding.rule.name) is not binding.rule:
                return []
            found[key] = binding
            waiting.extend(
                name for bound in binding.types.values() for name in inner(bound) if name not in binding.types
            )
        return list(found.values())


@dataclass(slots=True)
class AllBindings:
    """The bindings of a project."""

    views: dict[View, Bindings] = field(default_factory=dict)

    def of(self, resource: Resource) -> Bindings:
        """Return those that a resource shares with others."""
        view = resource.soap.wsdl, frozenset(resource.soap.namespaces.items())
        return self.views.setdefault(view, Bindings())


@dataclass(slots=True)
class Uses:
    """What a mapping file uses: the names of its types, those of them that requests hold, and fields by their places.

    A field that only a partial change leaves out is no mistake; one that has no place anywhere is.
    """

    names: set[str] = field(default_factory=set)
    written: set[str] = field(default_factory=set)
    places: set[Place] = field(default_factory=set)
    _left_out: list[tuple[FieldRule, PathError]] = field(default_factory=list)

    def take(self, name: str, mode: Mode) -> None:
        """Note that a type is used."""
        self.names.add(name)
        if mode != "reply":
            self.written.add(name)

    def taken(self, known: Iterable[Binding], mode: Mode, types: dict[str, BoundType]) -> None:
        """Note that types are used as they were bound for another file, and put them among ``types``."""
        for binding in known:
            self.take(binding.rule.name, mode)
            self.places |= binding.places
            for key, bound in binding.types.items():
                types.setdefault(key, bound)

    def begin(self) -> tuple[set[Place], int]:
        """Begin to note the places of one type apart. What is returned goes to ``end``."""
        before, self.places = self.places, set()
        return before, len(self._left_out)

    def end(self, begun: tuple[set[Place], int]) -> frozenset[Place] | None:
        """Return the places of the type that was begun last; None where something was left out of it."""
        found = frozenset(self.places)
        self.places |= begun[0]
        return found if len(self._left_out) == begun[1] else None

    def leave_out(self, rule: FieldRule, error: PathError) -> None:
        """Note a field that a partial change has no place for."""
        self._left_out.append((rule, error))

    def left_out(self) -> Iterator[tuple[FieldRule, PathError]]:
        """Yield what was left out and has a place nowhere else either."""
        return (each for each in self._left_out if each[0].place not in self.places)

    def idle(self, resource: Resource) -> Iterator[tuple[Place, str, str]]:
        """Yield what the file's own types say that nothing asks for. Not each file need use what several share."""
        here = {name for name, rule in resource.types.items() if rule.place.file == resource.place.file}
        for name in sorted((here & self.names) - self.written):
            for each in resource.types[name].set:
                yield each.place, f"{each.path}: no request holds a {name}", "remove 'set'"
        for name in here - self.names:
            yield resource.types[name].place, f"no operation uses the type {name}", "use it or remove it"
