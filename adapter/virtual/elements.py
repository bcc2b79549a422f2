"""Elements of the ERP's messages: their namespaces, and the few ways in which they are made and read.

Every element made here declares the same prefixes, so a QName in a value (``xsi:type``) keeps its meaning when the
element is put into another tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lxml import etree

from adapter.wsdl.types import XSI

DIENST = "urn:muster-erp:dienst"
KONTEXT = "urn:muster-erp:kontext"
FEHLER = "urn:muster-erp:fehler"
TYPEN = "urn:muster-erp:typen"
PARTNER = "urn:muster-erp:partner"
AUFTRAG = "urn:muster-erp:auftrag"
RECHNUNG = "urn:muster-erp:rechnung"
LAGER_TYPEN = "urn:muster-lager:typen"
UNQUALIFIED = ""

PREFIXES = {
    "d": DIENST, "t": TYPEN, "p": PARTNER, "o": AUFTRAG, "r": RECHNUNG, "f": FEHLER, "xsi": XSI,
}  # fmt: skip
NIL = f"{{{XSI}}}nil"
TYPE = f"{{{XSI}}}type"

Text = str | None


def name(namespace: str, local: str) -> str:
    """Return the Clark name; an empty namespace gives an unqualified one."""
    return f"{{{namespace}}}{local}" if namespace else local


def make(tag: str, *children: etree._Element, text: Text = "", **attributes: str) -> etree._Element:
    """Make an element. ``text=None`` makes it nil."""
    element = etree.Element(tag, nsmap=PREFIXES)
    for attribute, value in attributes.items():
        element.set(attribute, value)
    if text is None:
        element.set(NIL, "true")
    elif text:
        element.text = text
    element.extend(children)
    return element


def amount(tag: str, text: str, currency: str = "EUR", **attributes: str) -> etree._Element:
    """Make an element of BetragTyp."""
    return make(tag, text=text, waehrung=currency, **attributes)


def record(tag: str, namespace: str, values: Mapping[str, Text | etree._Element]) -> etree._Element:
    """Make an element with one child per value: None is nil, an absent key is an absent element."""
    return make(
        tag,
        *(
            make(name(namespace, local), text=value) if value is None or isinstance(value, str) else value
            for local, value in values.items()
        ),
    )


def local(element: etree._Element) -> str:
    """Return the element's name without its namespace."""
    return etree.QName(element).localname


def is_nil(element: etree._Element) -> bool:
    """Tell whether the element says xsi:nil."""
    return element.get(NIL, "").strip() in ("true", "1")


def child(parent: etree._Element | None, wanted: str) -> etree._Element | None:
    """Return the child with that local name, whatever its namespace."""
    return None if parent is None else next((each for each in parent if local(each) == wanted), None)


def text(parent: etree._Element | None, *path: str) -> Text:
    """Return the text below a path of local names; None when something on the way is absent or nil."""
    for step in path:
        parent = child(parent, step)
    return None if parent is None or is_nil(parent) else parent.text or ""


def actual_type(element: etree._Element) -> str:
    """Return the local name of the element's xsi:type, or an empty string."""
    return element.get(TYPE, "").strip().rpartition(":")[2]


def copied(source: etree._Element, tag: str, namespaces: Mapping[str, str]) -> etree._Element:
    """Copy an element under a new name, its descendants' namespaces replaced, free of the sender's prefixes.

    Of the xsi attributes only ``nil`` is kept.
    """
    element = etree.Element(tag, nsmap=PREFIXES)
    for attribute, value in source.attrib.items():
        if attribute == NIL or not str(attribute).startswith("{"):
            element.set(attribute, value)
    if not len(source):
        element.text = source.text
    for each in source:
        qualified = etree.QName(each)
        namespace = qualified.namespace or ""
        element.append(copied(each, name(namespaces.get(namespace, namespace), qualified.localname), namespaces))
    return element


def put(parent: etree._Element, new: etree._Element) -> None:
    """Put a child in the place of the one with its name, or at the end."""
    old = child(parent, local(new))
    if old is None:
        parent.append(new)
    else:
        parent.replace(old, new)


def drop(parent: etree._Element, names: Iterable[str]) -> None:
    """Remove the children with these local names."""
    for each in names:
        old = child(parent, each)
        if old is not None:
            parent.remove(old)


def in_order(element: etree._Element, names: Sequence[str]) -> None:
    """Sort the children as the contract's sequence wants them. Raise ValueError for a child it does not know."""
    element[:] = sorted(element, key=lambda each: names.index(local(each)))


def stored(element: etree._Element) -> bytes:
    """Return the element as it is kept in the database."""
    return etree.tostring(element)


def loaded(document: bytes, tag: str) -> etree._Element:
    """Return a kept element under the name it has in this reply."""
    element = etree.fromstring(document)
    element.tag = tag
    return element
