"""Qualified names as values (XML Schema part 2, sections 3.2.18 and 3.2.19): ``{namespace}local`` in JSON.

A prefix means something only where it is declared, so it is no value. It is resolved when a text is read, the default
namespace with it, and declared at the element when one is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from adapter.wsdl.types import XSI

_NIL = f"{{{XSI}}}nil"


def resolved(element: Any, text: str) -> str:
    """Return a text of names with each prefix as its namespace. One that nobody declared stays as it is."""
    return " ".join(_resolved(element, name) for name in text.split())


def _resolved(element: Any, name: str) -> str:
    prefix, _, local = name.rpartition(":")
    namespace = element.nsmap.get(prefix or None)
    return f"{{{namespace}}}{local}" if namespace else name


def fill_names(element: Any, text: Any) -> bool:
    """Put names into an element, their prefixes declared there."""
    element.text = " ".join(_prefixed(element, name) for name in text.split())
    return True


def text_filler(slot: str) -> Any:
    """Return what fills an element with the names that a value holds; null is xsi:nil."""

    def fill(element: Any, values: Mapping[str, Any]) -> bool:
        if slot not in values:
            return False
        if values[slot] is None:
            element.set(_NIL, "true")
            return True
        return fill_names(element, values[slot])

    return fill


def attribute_filler(tag: str, slot: str) -> Any:
    """Return what fills an attribute with the names that a value holds."""

    def fill(element: Any, values: Mapping[str, Any]) -> bool:
        if values.get(slot) is None:
            return False
        before = element.text
        element.set(tag, " ".join(_prefixed(element, name) for name in values[slot].split()))
        element.text = before
        return True

    return fill


def _prefixed(element: Any, name: str) -> str:
    """Return a name with a prefix that the element knows. lxml declares one where there is none."""
    if not name.startswith("{"):
        return name
    element.text = etree.QName(name)
    return str(element.text)
