"""What fills an element, and what elements are made of while a message is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from adapter.mapping.bound import BoundField
from adapter.wsdl.types import XSI

Values = Mapping[str, Any]
# Fills an element from the values at hand; returns whether any of them was there. The element is one of lxml's, or what
# stands for one while it is text: both have ``set``, ``get`` and ``text``.
Fill = Callable[[Any, Values], bool]
Mark = Callable[[Any], None]
NIL = f"{{{XSI}}}nil"
TYPE = f"{{{XSI}}}type"


class Material(Protocol):
    """Makes the functions that append elements to the element around them."""

    def all(self, parts: Sequence[Fill]) -> Fill:
        """Return what runs all of ``parts``, in order."""

    def attribute(self, tag: str) -> None:
        """Take note of an attribute that elements may have."""

    def constant(self, tag: str, text: str, mark: Mark) -> Fill:
        """Return what appends a fixed element that must be there. It alone is no reason for the element around it."""

    def leaf(self, tag: str, slot: str) -> Fill:
        """Return what appends an element that holds nothing but a text, and no attribute but xsi:nil."""

    def element(self, tag: str, inner: Fill, mark: Mark, kept: bool) -> Fill:
        """Return what appends an element that ``inner`` fills. ``kept``: even where it fills nothing into it."""

    def object(self, tag: str, slot: str, inner: Fill, mark: Mark) -> Fill:
        """Return what appends the element of an object."""

    def items(self, tag: str, slot: str, inner: Fill | None, mark: Mark, nullable: bool) -> Fill:
        """Return what appends the elements of an array: of objects, or of texts (no ``inner``).

        Where it is null (only if ``nullable``), the element around it is nil.
        """

    def foreign(self, fill: Fill) -> Fill:
        """Return what appends what only lxml can make. ``fill`` appends it to one of its elements."""


def named(field: BoundField) -> bool:
    """Whether the texts of a field hold names, whose prefixes are declared where they stand."""
    return field.codec is not None and field.codec.names


def text(slot: str) -> Fill:
    """Return what puts the text of a value into its element; null is xsi:nil."""

    def fill(element: Any, values: Values) -> bool:
        if slot not in values:
            return False
        if values[slot] is None:
            element.set(NIL, "true")
        else:
            element.text = values[slot]
        return True

    return fill


def attribute(tag: str, slot: str) -> Fill:
    """Return what sets an attribute."""

    def fill(element: Any, values: Values) -> bool:
        # An attribute has no nil: null is the same as leaving it out.
        if values.get(slot) is None:
            return False
        element.set(tag, values[slot])
        return True

    return fill


def constant_attribute(tag: str, text: str) -> Fill:
    """Return what sets an attribute that the contract fixes. It alone is no reason for its element."""

    def fill(element: Any, values: Values) -> bool:
        element.set(tag, text)
        return False

    return fill


def entry_name(tag: str, text: str | None) -> Fill:
    """The name of an entry: an attribute, or with no tag the text. It alone is no reason for the entry."""

    def fill(element: Any, values: Values) -> bool:
        if tag:
            element.set(tag, text or "")
        else:
            element.text = text
        return False

    return fill
