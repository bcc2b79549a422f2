"""What a property holds that has no shape in JSON: an element, elements or attributes as XML has them.

An ``element`` is one element whole, as XML text. ``elements`` are those that a record's wildcards let in, each as XML
text. ``attributes`` are those that ``xsd:anyAttribute`` lets in, an object of name -> text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from lxml import etree

from adapter.mapping.codec import Codec
from adapter.mapping.xml_text import parsed
from adapter.strict_json import xml_can_carry
from adapter.wsdl.lexical import check_for
from adapter.wsdl.types import XSI, Contract, Record, local_name
from adapter.wsdl.types import Any as Wildcard

_NIL = f"{{{XSI}}}nil"
_TYPE = f"{{{XSI}}}type"
_DECLARATIONS = "http://www.w3.org/2000/xmlns/"
_NAME = re.compile(r"(\{[^{}]+\})?([^{}]+)")


@dataclass(frozen=True, slots=True)
class Markup:
    """What a value without a shape may be. ``tag`` is that of an element, "" where it is not known while building.

    ``types`` are the keys that its xsi:type may name (none: any), ``abstract``: it must name one. ``nillable`` is said
    of the element. ``wildcards`` let elements or attributes in, but none of the names in ``others``; what a strict one
    lets in must be among ``known``.
    """

    kind: Literal["element", "elements", "attributes"]
    tag: str = ""
    types: frozenset[str] = frozenset()
    abstract: bool = False
    nillable: bool = False
    wildcards: tuple[Wildcard, ...] = ()
    others: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()


def element_markup(contract: Contract, tag: str, key: str, nillable: bool) -> Markup:
    """Return the markup of an element of type ``key``."""
    kind = contract.types.get(key)
    mapped = isinstance(kind, Record) and bool(kind.derived or kind.abstract)
    types = frozenset((key, *kind.derived)) if isinstance(kind, Record) and mapped else frozenset[str]()
    return Markup("element", tag, types, isinstance(kind, Record) and kind.abstract, nillable)


def attributes_markup(contract: Contract, key: str) -> Markup:
    """Return the markup of the further attributes of the record with key ``key``."""
    kind = contract.types[key]
    assert isinstance(kind, Record)
    others = frozenset(each.tag for each in kind.attributes)
    return Markup("attributes", wildcards=kind.any_attribute, others=others, known=contract.attributes)


def markup_codec(markup: Markup) -> Codec:
    """Return the codec of a value without a shape. What it writes is the caller's own text, or object, proved."""
    if markup.kind == "attributes":
        what = "Further attributes: local or {namespace}local, and the text."
        schema = {"type": "object", "additionalProperties": {"type": "string"}, "description": what}
        return Codec(_same, lambda value: _attributes(markup, value), schema)
    check = _element if markup.kind == "element" else _let_in

    def write(value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError("must be a string that holds XML")
        check(markup, parsed(value))
        return value

    what = f"The element {_told(markup.tag)}, whole, as XML." if markup.tag else "XML: one element, whole."
    return Codec(_same, write, {"type": "string", "contentMediaType": "application/xml", "description": what})


def shares(wildcards: Sequence[Wildcard], namespaces: Sequence[str]) -> tuple[int, ...]:
    """Return how many of the elements of these namespaces go to each wildcard of a record, in order.

    Each takes what fits, but leaves what the later ones must have. Raise ValueError where they do not take them all.
    """
    counts, place = [], 0
    for index, each in enumerate(wildcards):
        needed = sum(later.min for later in wildcards[index + 1 :])
        room = len(namespaces) - place - needed
        room = room if each.max is None else min(room, each.max)
        count = 0
        while count < room and each.lets(namespaces[place + count]):
            count += 1
        if count < each.min:
            raise ValueError("cannot be placed in this order: the contract takes other elements there")
        counts.append(count)
        place += count
    if place < len(namespaces):
        raise ValueError("cannot be placed in this order: the contract takes other elements there")
    return tuple(counts)


def placeable(markup: Markup, texts: Sequence[str]) -> None:
    """Raise ValueError where the wildcards of a record do not take these elements in this order."""
    if len(markup.wildcards) > 1:
        shares(markup.wildcards, [etree.QName(parsed(text)).namespace or "" for text in texts])


def _same(value: Any) -> Any:
    return value


def _element(markup: Markup, root: Any) -> None:
    if markup.tag and root.tag != markup.tag:
        raise ValueError(f"must be the element {_told(markup.tag)}, not {_told(str(root.tag), ' of no namespace')}")
    if not markup.nillable and (root.get(_NIL) or "").strip() in ("true", "1"):
        raise ValueError("must not be nil")
    if markup.types and root.get(_TYPE) is not None and type_of(root) not in markup.types:
        raise ValueError("xsi:type names a type that cannot stand there")
    if markup.abstract and root.get(_TYPE) is None:
        raise ValueError("must name its type (xsi:type)")


def _let_in(markup: Markup, root: Any) -> None:
    tag = str(root.tag)
    if tag in markup.others:
        raise ValueError(f"{_told(tag)} is an element of the record itself")
    fitting = [each for each in markup.wildcards if each.lets(etree.QName(tag).namespace or "")]
    if not fitting:
        raise ValueError(f"no element of this namespace may stand there: {_told(tag)}")
    if tag not in markup.known and all(each.process == "strict" for each in fitting):
        raise ValueError(f"the contract knows no element {_told(tag)}")


def _attributes(markup: Markup, value: Any) -> Mapping[str, str]:
    if not isinstance(value, dict):
        raise ValueError("must be an object of attribute names and texts")
    for name, text in value.items():
        match = _NAME.fullmatch(name)
        namespace, local = (match[1] or "").strip("{}") if match else "", match[2] if match else ""
        try:
            check_for("NCName")(local)
        except ValueError:
            raise ValueError(f"'{name}' is no name such as local or {{namespace}}local") from None
        if not isinstance(text, str):
            raise ValueError(f"{name} must be a string")
        _can_be_set(name)
        if not xml_can_carry(name + text):
            raise ValueError("holds a character that XML cannot carry")
        fitting = [each for each in markup.wildcards if each.lets(namespace)]
        if name in markup.others or namespace in (XSI, _DECLARATIONS) or local == "xmlns" or not fitting:
            raise ValueError(f"{name} may not be among them")
        if name not in markup.known and all(each.process == "strict" for each in fitting):
            raise ValueError(f"the contract knows no attribute {name}")
    return dict(value)


def _can_be_set(name: str) -> None:
    made = etree.Element("any")
    try:
        made.set(name, "")
        etree.fromstring(etree.tostring(made))
    except (ValueError, etree.XMLSyntaxError):
        raise ValueError(f"'{name}' is no name such as local or {{namespace}}local") from None


def type_of(element: Any) -> str:
    """Return the Clark name in the xsi:type of an element; "" where its prefix is not declared."""
    prefix, _, local = (element.get(_TYPE) or "").strip().rpartition(":")
    namespace = element.nsmap.get(prefix or None, "")
    return f"{{{namespace}}}{local}" if namespace else "" if prefix else local


def _told(tag: str, none: str = "") -> str:
    """Return a tag in words: callers and the ERP's people know both parts of it."""
    namespace = etree.QName(tag).namespace
    return local_name(tag) + (f" of {namespace}" if namespace else none)
