"""Elements of a message as a tree of lxml."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lxml import etree

from adapter.translate.filling import NIL, Fill, Mark, Values, text


class Tree:
    """Makes elements in the tree of the element around them."""

    def all(self, parts: Sequence[Fill]) -> Fill:
        """Return what runs all of ``parts``, in order."""

        def fill(element: Any, values: Values) -> bool:
            written = False
            for part in parts:
                written = part(element, values) or written
            return written

        return fill

    def attribute(self, tag: str) -> None:
        """Do nothing: lxml finds a prefix for each."""

    def constant(self, tag: str, text: str, mark: Mark) -> Fill:
        """Return what appends a fixed element that must be there. It alone is no reason for the element around it."""

        def fill(parent: Any, values: Values) -> bool:
            element = etree.SubElement(parent, tag)
            element.text = text
            mark(element)
            return False

        return fill

    def leaf(self, tag: str, slot: str) -> Fill:
        """Return what appends an element that holds nothing but a text."""
        return self.element(tag, text(slot), lambda element: None, False)

    def element(self, tag: str, inner: Fill, mark: Mark, kept: bool) -> Fill:
        """Return what appends an element that ``inner`` fills. ``kept``: even where it fills nothing into it."""

        def fill(parent: Any, values: Values) -> bool:
            # It is filled where it stands: what is appended later loses prefixes that XML in it may need.
            element = etree.SubElement(parent, tag)
            written = inner(element, values)
            if written or kept:
                mark(element)
            else:
                parent.remove(element)
            return written

        return fill

    def object(self, tag: str, slot: str, inner: Fill, mark: Mark) -> Fill:
        """Return what appends the element of an object."""

        def fill(parent: Any, values: Values) -> bool:
            if slot not in values:
                return False
            _one(parent, tag, values[slot], inner, mark)
            return True

        return fill

    def items(self, tag: str, slot: str, inner: Fill | None, mark: Mark, nullable: bool) -> Fill:
        """Return what appends the elements of an array: of objects, or of texts (no ``inner``)."""

        def fill(parent: Any, values: Values) -> bool:
            if slot not in values:
                return False
            items = values[slot]
            if items is None:
                parent.set(NIL, "true")
                return True
            for item in items:
                _one(parent, tag, item, inner, mark)
            return True

        return fill

    def foreign(self, fill: Fill) -> Fill:
        """Return what makes its elements here anyway."""
        return fill


def _one(parent: Any, tag: str, value: Any, inner: Fill | None, mark: Mark) -> None:
    element = etree.SubElement(parent, tag)
    if value is None:
        element.set(NIL, "true")
        return
    if inner is None:
        element.text = value
    else:
        inner(element, value)
    mark(element)
