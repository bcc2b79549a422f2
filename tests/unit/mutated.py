"""Replies that drift from their contract in one or several ways, by chance, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from lxml import etree

from adapter.wsdl.types import XSD, XSI

NIL, TYPE = f"{{{XSI}}}nil", f"{{{XSI}}}type"
_TEXTS = (
    "",
    " ",
    "0",
    "-1",
    "+1",
    "1.50",
    "true",
    " 7 ",
    "a  b",
    "2024-02-30",
    "x\ny",
    "0001",
    "Ä",
    "²",
    "1e3",
    "\t9\n",
)


def mutated(root: Any, source: random.Random, keys: list[str]) -> Any:
    """Return a copy of a reply with up to three oddities, in a body. ``keys`` are of types that xsi:type may name."""
    body = etree.Element("Body")
    body.append(deepcopy(root))
    for _ in range(source.randint(1, 3)):
        if len(body):
            element = source.choice(list(body.iterdescendants("*")))
            source.choice(KINDS)(element, source, keys)
    # Parsed again, so that prefixes and texts are as they come from outside.
    sent = etree.fromstring(etree.tostring(body))
    return sent[0] if len(sent) else None


def _unknown_child(element: Any, source: random.Random, keys: list[str]) -> None:
    inserted = etree.Element(source.choice(("New", "{urn:new}New", f"{{{_space(element)}}}New")))
    inserted.text = source.choice((None, "text"))
    if source.random() < 0.3:
        etree.SubElement(inserted, "Inner").set("a", "b")
    element.insert(source.randint(0, len(element)), inserted)


def _unknown_attribute(element: Any, source: random.Random, keys: list[str]) -> None:
    names = ("new", "{urn:new}new", "{http://www.w3.org/XML/1998/namespace}lang", "{urn:t}new")
    element.set(source.choice(names), "x")


def _text(element: Any, source: random.Random, keys: list[str]) -> None:
    element.text = source.choice(_TEXTS)


def _attribute_text(element: Any, source: random.Random, keys: list[str]) -> None:
    for name in element.attrib:
        if source.random() < 0.6:
            element.set(name, source.choice(_TEXTS))


def _tail(element: Any, source: random.Random, keys: list[str]) -> None:
    element.tail = source.choice(("\n  ", " stray ", "x"))


def _space_all(element: Any, source: random.Random, keys: list[str]) -> None:
    for each in element.iter("*"):
        if len(each):
            each.text = "\n"
        each.tail = "\n "


def _missing(element: Any, source: random.Random, keys: list[str]) -> None:
    if element.getparent() is not None:
        element.getparent().remove(element)


def _doubled(element: Any, source: random.Random, keys: list[str]) -> None:
    if element.getparent() is not None:
        where = source.choice((element.addnext, element.getparent().append))
        where(deepcopy(element))


def _moved(element: Any, source: random.Random, keys: list[str]) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
        parent.insert(source.randint(0, len(parent)), element)


def _nil(element: Any, source: random.Random, keys: list[str]) -> None:
    element.set(NIL, source.choice(("true", "1", "false", " true ")))
    if source.random() < 0.6:
        element.text = None
        for child in list(element):
            element.remove(child)


def _emptied(element: Any, source: random.Random, keys: list[str]) -> None:
    element.text = None
    for child in list(element):
        element.remove(child)


def _typed(element: Any, source: random.Random, keys: list[str]) -> None:
    names = ["{urn:nowhere}T", f"{{{XSD}}}string", f"{{{XSD}}}int", *(source.choice(keys) for _ in range(3) if keys)]
    namespace, _, local = source.choice(names).rpartition("}")
    # The prefix is declared at the element, so the element is made anew.
    made = etree.Element(element.tag, dict(element.attrib), nsmap={"mm": namespace[1:]} if namespace else None)
    made.set(TYPE, f"mm:{local}" if namespace else local)
    made.text, made.tail = element.text, element.tail
    made.extend(list(element))
    if element.getparent() is not None:
        element.getparent().replace(element, made)


def _other_namespace(element: Any, source: random.Random, keys: list[str]) -> None:
    local = etree.QName(element).localname
    name = source.choice((local, f"{{urn:drifted}}{local}", local.swapcase()))
    for each in (element, *element.itersiblings("*")) if source.random() < 0.5 else (element,):
        if etree.QName(each).localname == local:
            each.tag = name


def _unqualified(element: Any, source: random.Random, keys: list[str]) -> None:
    for each in element.iterchildren("*"):
        each.tag = etree.QName(each).localname


def _filled(element: Any, source: random.Random, keys: list[str]) -> None:
    other = source.choice(list(element.getroottree().getroot().iter("*")))
    if element not in (other, *other.iterdescendants()):
        element.append(deepcopy(other))


def _space(element: Any) -> str:
    return etree.QName(element).namespace or "urn:t"


KINDS: tuple[Callable[[Any, random.Random, list[str]], None], ...] = (
    _unknown_child, _unknown_attribute, _text, _attribute_text, _tail, _space_all, _missing, _doubled, _moved, _nil,
    _emptied, _typed, _other_namespace, _unqualified, _filled,
)  # fmt: skip
