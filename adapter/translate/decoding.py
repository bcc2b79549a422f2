"""How the fast pass reads texts: where it is sure of them, else with a ValueError, so that the plain code does."""

from __future__ import annotations

from typing import Any

from adapter.mapping.bound import BoundField
from adapter.mapping.quick import as_it_is
from adapter.translate.expected import Expected
from adapter.translate.level import Attribute, Found, Read
from adapter.translate.reading import Reading
from adapter.translate.records import listed


def known_attributes(table: Expected) -> dict[str, Attribute]:
    """Return the attributes of a type, none of them mapped."""
    return {tag: Attribute("", None, values, _never) for tag, values in table.attributes.items()}


def text_read(field: BoundField, values: frozenset[str]) -> Read | None:
    """Return how a text is read, None where it is its own value. It raises ValueError where only plain code can tell.

    ``values`` are all texts that the contract knows, none where they are not counted.
    """
    assert field.codec is not None
    read = field.codec.quick or field.codec.read
    return listed(None if read is as_it_is else read, values)


def attribute_read(field: BoundField) -> Read | None:
    """Return how the text of an attribute is read; of names only the plain code knows their prefixes."""
    assert field.codec is not None
    return _refuse if field.codec.names else text_read(field, frozenset())


def _refuse(text: str) -> Any:
    raise ValueError("not plain")


def _never(child: Any, found: Found, reading: Reading) -> bool:
    return False
