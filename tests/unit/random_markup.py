"""Random XML texts, and objects of attributes, for values without a shape: mostly what may stand there."""

from __future__ import annotations

import random
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from adapter.mapping.markup import Markup

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_TEXTS = ("", "a", " b ", "p:c", "q:d", "&<>\"'", "\u00fc\r\n\t", "\U0001f600", "]]>")
_SPACES = ("urn:one", "urn:two", "")


def markup_value(source: random.Random, markup: Markup) -> Any:
    """A value that may stand there, or now and then one that may not."""
    if markup.kind == "attributes":
        return {name: source.choice(_TEXTS) for name in source.sample(["a", "b", "{urn:one}a", "{urn:two}b"], 2)}
    if markup.kind == "elements":
        return fragment(source, source.choice(["{urn:one}x", "{urn:two}y", "z"]))
    tag = etree.QName(markup.tag)
    # Whatever the element is, it may be nil or hold nothing; more is only known of what takes anything.
    return f"<x:{tag.localname} xmlns:x={quoteattr(tag.namespace or 'urn:x')}/>" if markup.tag else "<x/>"


def fragment(source: random.Random, tag: str, depth: int = 3, tidy: bool = False) -> str:
    """An element of this Clark name with prefixes of its own, attributes, texts and elements.

    ``tidy``: no namespace has two prefixes, and no prefix two namespaces.
    """
    name = etree.QName(tag)
    usual = {"urn:one": "p", "urn:two": "q"}.get(name.namespace or "", "")
    prefix = source.choice(["", usual if tidy else "p", usual if tidy else "q"]) if name.namespace else ""
    declared = {prefix: name.namespace or ""}
    for other in ("p", "q"):
        if other != prefix and source.random() < 0.5:
            declared[other] = {"p": "urn:one", "q": "urn:two"}[other] if tidy else source.choice(_SPACES[:2])
    declarations = "".join(
        f" xmlns{':' if each else ''}{each}={quoteattr(uri)}" for each, uri in declared.items() if uri or not each
    )
    named = {uri: each for each, uri in declared.items() if each}.values()
    attributes = "".join(
        f" {each}:a{index}={quoteattr(source.choice(_TEXTS))}"
        for index, each in enumerate(each for each in named if source.random() < 0.5)
    )
    attributes += f" b={quoteattr(source.choice(_TEXTS))}" if source.random() < 0.5 else ""
    inner = escape(source.choice(_TEXTS)).replace("\r", "&#13;")
    for _ in range(source.randint(0, 2) if depth else 0):
        local = source.choice("uvw")
        space = source.choice(_SPACES)
        inner += fragment(source, f"{{{space}}}{local}" if space else local, depth - 1, tidy)
        inner += escape(source.choice(_TEXTS)).replace("\r", "&#13;")
    called = f"{prefix}:{name.localname}" if prefix else name.localname
    return f"<{called}{declarations}{attributes}>{inner}</{called}>"


def content(element: Any) -> tuple[Any, ...]:
    """All that an element says, its prefixes apart; of those that its texts may use, what they stand for."""
    texts = [element.text or "", *element.attrib.values(), *(child.tail or "" for child in element)]
    used = {each: element.nsmap.get(each, "") for each in "pq" if any(f"{each}:" in text for text in texts)}
    attributes = sorted(element.attrib.items())
    inner = [(content(child), child.tail or "") for child in element]
    return element.tag, attributes, element.text or "", inner, used
