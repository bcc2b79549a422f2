"""How messages are shown to a person: indented, and with nothing lost that mattered."""

from __future__ import annotations

import re

import simplejson
from lxml import etree


def json_text(data: bytes) -> str:
    """Return JSON indented, numbers exactly as they stand; other text as it is, and of other bytes how many."""
    try:
        value = simplejson.loads(data, use_decimal=True)
    except ValueError:
        return _text(data)
    return str(simplejson.dumps(value, indent=2, ensure_ascii=False, use_decimal=True))


def _text(data: bytes) -> str:
    text = data.decode("utf-8", "replace")
    return f"({len(data)} bytes)" if re.search("[\\x00-\\x08\\ufffd]", text) else text


def xml_text(data: bytes) -> str:
    """Return XML indented; what is no XML comes back as text."""
    root = xml_root(data)
    return data.decode("utf-8", "replace") if root is None else xml_lines(root)


def xml_root(data: bytes) -> etree._Element | None:
    """Parse an untrusted message: no DTD, no entity, no network. None for what is not well-formed."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(data.strip(), parser)
    except etree.XMLSyntaxError:
        return None


def xml_lines(root: etree._Element) -> str:
    """Return an element indented by two spaces a level."""
    etree.indent(root, "  ")
    return etree.tostring(root, encoding="unicode")


def shortened(text: str, lines: int) -> str:
    """Return the first lines of a text, and how many more there are."""
    every = text.splitlines()
    if len(every) <= lines + 1:
        return text
    return "\n".join([*every[:lines], f"… {len(every) - lines} more lines"])
