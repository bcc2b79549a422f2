"""One form for all XML that says the same: whatever its prefixes, white space between elements and attribute order.

It names recordings and seeds answers, so values that are to be hidden are hidden in it too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any

from lxml import etree

from adapter.wsdl.types import XSI

Hides = Callable[[tuple[str, ...]], bool]
HIDDEN = "(hidden)"


def shows(path: tuple[str, ...]) -> bool:
    """Hide nothing."""
    return False


def digest(nodes: Iterable[etree._Element], hides: Hides = shows) -> str:
    """Return a short name for elements that say the same."""
    said = json.dumps([_said(each, (), hides) for each in nodes], ensure_ascii=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _said(node: etree._Element, above: tuple[str, ...], hides: Hides) -> Any:
    path = (*above, etree.QName(node).localname)
    attributes = {
        str(name): HIDDEN if hides((*path, f"@{etree.QName(name).localname}")) else _value(node, str(name), str(text))
        for name, text in node.attrib.items()
    }
    children = [each for each in node if isinstance(each.tag, str)]
    text = HIDDEN if hides(path) else "" if children and not (node.text or "").strip() else node.text or ""
    inner = [] if hides(path) else [_said(each, path, hides) for each in children]
    return [str(node.tag), sorted(attributes.items()), text, inner]


def _value(node: etree._Element, name: str, text: str) -> str:
    """Return an attribute's value; that of ``xsi:type`` without its prefix, which is free."""
    if name != f"{{{XSI}}}type":
        return text
    prefix, _, local = text.strip().rpartition(":")
    return f"{{{node.nsmap.get(prefix or None)}}}{local}"
