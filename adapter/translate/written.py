"""What a writer makes of checked values while it is text: the root of a message, ready to stand in an envelope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from adapter import pieces

# What XML 1.0 (section 2.2) has no place for, in UTF-8; lone surrogates cannot be encoded at all.
_CONTROLS = bytes(each for each in range(32) if each not in b"\t\n\r")


@dataclass(frozen=True, slots=True)
class Written:
    """The root of a message as text.

    ``start`` is its start tag without its end, with the declarations of ``nsmap``; ``content`` is what is in it.
    """

    name: str
    start: str
    content: str
    nsmap: Mapping[str, str]

    def whole(self) -> str:
        """Return the element."""
        if not self.content:
            return f"{self.start}/>"
        return f"{self.start}>{self.content}</{self.name}>"

    def element(self) -> Any:
        """Return the element as lxml has it."""
        return etree.fromstring(carried(self.whole()), _parser())


def carried(text: str) -> bytes:
    """Return a text of XML in UTF-8. Raise ValueError where it holds what XML cannot carry."""
    data = text.encode("utf-8")
    pieces.turn()
    controls = len(data) - len(data.translate(None, _CONTROLS))
    pieces.turn()
    if controls or "\ufffe" in text or "\uffff" in text:
        raise ValueError("a character that XML cannot carry")
    return data


def _parser() -> etree.XMLParser:
    # It is our own text, so nothing but its size can be too much for libxml2.
    return etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, huge_tree=True)
