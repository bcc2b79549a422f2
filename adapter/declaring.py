"""How a setting is declared: one field of ``settings.Settings``, with all that is known of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the reference: variable, what its value is, default in written form ("" for none), help."""

    name: str
    kind: str
    default: str
    doc: str
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Declared:
    """How one setting is read: what it is, its parser, its default in written form, its help.

    ``family``: it is many, told apart by what follows in their names. ``secret``: it is never shown.
    """

    kind: str
    parse: Callable[[str], Any]
    default: str
    doc: str
    family: bool = False
    secret: bool = False


def one(kind: str, parse: Callable[[str], Any], default: str, doc: str) -> Any:
    """Return the field of a setting."""
    return field(default=parse(default), metadata={"declared": Declared(kind, parse, default, doc)})


def secret(kind: str, parse: Callable[[str], Any], doc: str) -> Any:
    """Return the field of a setting that is never shown; without it it is ""."""
    return field(default="", repr=False, metadata={"declared": Declared(kind, parse, "", doc, secret=True)})


def family(kind: str, parse: Callable[[str], Any], doc: str) -> Any:
    """Return the field of settings whose names have one beginning, as a mapping of the rest of each name."""
    return field(default_factory=dict, repr=False, metadata={"declared": Declared(kind, parse, "", doc, family=True)})
