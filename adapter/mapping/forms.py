"""What JSON of ours looks like, and what it is called elsewhere: a small tree that translators are compiled from.

It is made of a mapping that agrees with its contract (``service_forms``), or of an OpenAPI document. It says what kind
of JSON stands where, not which texts: patterns, lengths and bounds are none of its business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["string", "integer", "number", "boolean"]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value. Where it has ``words``, it is one of them; ``codes`` are those of the other side by ours.

    ``said``: the other side says it as a number, or as a string, where we do not.
    """

    kinds: frozenset[Kind]
    words: frozenset[str] = frozenset()
    codes: Mapping[str, str] = field(default_factory=dict)
    said: Literal["", "string", "number"] = ""


@dataclass(frozen=True, slots=True)
class Anything:
    """JSON that nobody looks into."""


@dataclass(frozen=True, slots=True)
class Items:
    """An array; with ``keyed`` an object whose values are the items. ``null``: an item may be null."""

    form: Form
    null: bool = False
    keyed: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """An object of the form with this key."""

    key: str


Form = Leaf | Anything | Items | Known


@dataclass(frozen=True, slots=True)
class Property:
    """One property: its path from an object of ours inwards, and the path there. ``null``: JSON null may stand here."""

    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    form: Form
    null: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """One kind of object. ``others``: properties that are not named here are kept, else they are none of ours.

    A property whose path of ours has several names stands in an object of ours whose own form does not have it.
    """

    properties: tuple[Property, ...]
    others: bool = False


@dataclass(frozen=True, slots=True)
class OneOf:
    """Objects that a property tells apart: ``by`` has a leaf with the words, ``of`` the forms' keys by them.

    Each of these forms has that property too.
    """

    by: Property
    of: Mapping[str, str]


Forms = Mapping[str, Record | OneOf]
