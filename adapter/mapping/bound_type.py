"""A JSON object type of a mapping, bound to a record of the contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from adapter.mapping.bound_field import BoundField, Mode, leaves
from adapter.mapping.paths import Child


@dataclass(frozen=True, slots=True)
class Choice:
    """An xsd:choice among a type's fields: the field names of each branch; ``required``: one branch must be there.

    It is what the documentation says; ``occurrence`` has the whole content model.
    """

    branches: tuple[tuple[str, ...], ...]
    required: bool


@dataclass(frozen=True, slots=True)
class BoundVariant:
    """One derivation: the discriminator's value, the derived record (its key goes into xsi:type), its bound type."""

    value: str
    record: str
    type: str


@dataclass(frozen=True, slots=True)
class Nulls:
    """The list that takes the ERP's names of what a caller sets to null: its field (None: no list), and the names.

    ``names`` are by the fields' names that ``leaves`` gives; what is not in it is null as xsi:nil, or cannot be null.
    """

    field: BoundField | None
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BoundType:
    """A JSON object type on a record of the contract. With ``variants``, ``fields`` is empty: each has its own.

    ``nested``: the object has no element; its fields stand in the record of the object around it. Nor has a ``turn`` of
    a group that repeats: its elements stand among those of the record around it. ``constants`` are
    written with every object of the type, under names such as ``set.Typ``; they are no properties. ``nulls``: where the
    ERP takes the names of what is null. ``hidden`` is the property that the array around such objects is arranged by.
    """

    key: str
    name: str
    mode: Mode
    record: str
    fields: tuple[BoundField, ...]
    discriminator: str = ""
    variants: tuple[BoundVariant, ...] = ()
    choices: tuple[Choice, ...] = ()
    doc: str = ""
    nested: bool = False
    nulls: Nulls | None = None
    hidden: str = ""
    constants: tuple[BoundField, ...] = ()
    turn: bool = False

    @property
    def written(self) -> tuple[BoundField, ...]:
        """Everything that an object of the type puts into XML: its properties, and what no caller gives."""
        return (*self.fields, *self.constants)


def ways(bound: BoundType) -> list[tuple[tuple[Child, ...], BoundField, str]]:
    """Return everything that an object of the type may write: its steps, and its name in ``flat.in_xml``."""
    found = [(field.steps, field, field.name) for field in leaves(bound.written)]
    listed = bound.nulls.field if bound.nulls else None
    return [*found, (listed.steps, listed, listed.name)] if listed else found


def inner(bound: BoundType) -> Iterator[str]:
    """Yield the keys of the types that stand in a type: those of its fields, and its variants."""
    yield from (each.type for each in bound.variants)
    waiting = list(bound.written)
    while waiting:
        each = waiting.pop()
        waiting.extend(each.parts)
        if each.type:
            yield each.type


def within(key: str, types: Mapping[str, BoundType]) -> set[str]:
    """Return the keys of all that stands in a type, however deep; itself where it contains itself."""
    found: set[str] = set()
    waiting = list(inner(types[key]))
    while waiting:
        each = waiting.pop()
        if each not in found and each in types:
            found.add(each)
            waiting.extend(inner(types[each]))
    return found
