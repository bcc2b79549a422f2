"""The single values of a message: those of the XML that came, and those of the JSON that was read from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from adapter.mapping.bound import BoundField, BoundType, Endpoint, leaves
from adapter.wsdl.types import XSI

# Where a value stands: the local names of the element around it and of its own, or of its attribute.
Leaf = tuple[str, str, str]
_BOOLEANS = {"true": "1", "false": "0"}


def of_xml(element: Any) -> Iterator[Leaf]:
    """Yield every text and attribute of an element and of all below it, without those of XML Schema instance."""
    parent, name = element.getparent(), _local(element)
    around = _local(parent) if parent is not None else ""
    for tag, text in element.attrib.items():
        if etree.QName(tag).namespace != XSI:
            yield name, etree.QName(tag).localname, plain(text)
    for text in (element.text, *(child.tail for child in element)):
        if text and text.strip():
            yield around, name, plain(text)
    for child in element:
        yield from of_xml(child)


def of_json(endpoint: Endpoint, document: Any, root: str) -> Iterator[Leaf]:
    """Yield every value of what an operation's reply was read to, under the names that it has in XML."""
    yield from _object(endpoint, endpoint.types[endpoint.reply.type], document, "", root)


def plain(text: str) -> str:
    """Return a text so that the same value looks the same: white space, booleans, zeros that say nothing."""
    text = " ".join(text.split())
    text = _BOOLEANS.get(text, text)
    try:
        number = Decimal(text) if re.fullmatch(r"[+-]?[0-9.]+([eE][+-]?[0-9]+)?", text) else None
    except InvalidOperation:
        number = None
    return str(number.normalize() + 0) if number is not None and number.is_finite() else text


def _object(endpoint: Endpoint, bound: BoundType, value: Any, around: str, name: str) -> Iterator[Leaf]:
    if bound.variants:
        kind = next(each.type for each in bound.variants if each.value == value[bound.discriminator])
        bound = endpoint.types[kind]
    for field in leaves(bound.fields):
        if value.get(field.name) is not None:
            yield from _field(endpoint, field, value[field.name], around, name)


def _field(endpoint: Endpoint, field: BoundField, value: Any, around: str, name: str) -> Iterator[Leaf]:
    steps = [step.element.name for step in field.steps]
    path = [around, name, *steps]
    if field.shape == "scalar" and isinstance(value, list):
        value = " ".join(map(_text, value))  # an xsd:list
    if field.missing is not None and value == field.missing:
        return
    for item in value if isinstance(value, list) else [value]:
        if item is None:
            continue
        if isinstance(item, dict) and field.attribute is not None:  # those that the contract does not name: @*
            yield from ((path[-1], key.rpartition("}")[2], plain(text)) for key, text in item.items())
        elif field.attribute is not None:
            yield path[-1], field.attribute.name, plain(_text(item))
        elif field.type:
            yield from _object(endpoint, endpoint.types[field.type], item, path[-2], path[-1])
        elif isinstance(item, str) and item.startswith("<") and _xml(item) is not None:
            # What stands around the element is known only here.
            yield from ((first or path[-2], own, text) for first, own, text in of_xml(_xml(item)))
        elif _text(item):
            yield path[-2], path[-1], plain(_text(item))


def _xml(text: str) -> Any:
    try:
        return etree.fromstring(text.encode())
    except etree.XMLSyntaxError:
        return None


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _local(element: Any) -> str:
    return etree.QName(element).localname
