"""What ``explain`` must not show: values that operators gave for ``setting:`` constants.

Rule 1: where the mapping puts such a value, nothing is shown, however short it is.
Rule 2: wherever else the same text comes back (an echo in a fault, in JSON), it is hidden too, unless it is so short
        that it says nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from lxml import etree

from adapter.mapping.bound import Endpoint
from adapter.mapping.model import Constant
from adapter.settings import Settings

HIDDEN = "(hidden)"
SHORTEST_ECHO = 4


class Secrets:
    """Hides the secrets of one operation by their place in its envelopes, and those of all operations in any text."""

    def __init__(self, endpoint: Endpoint | None, settings: Settings) -> None:
        long = [value for value in settings.value.values() if len(value) >= SHORTEST_ECHO]
        self._forms = sorted({form for value in long for form in _forms(value)}, key=len, reverse=True)
        self._header: tuple[Constant, ...] = ()
        self._body: tuple[Constant, ...] = ()
        if endpoint is not None:
            rules = [rule for rule in endpoint.resource.operations if rule.name == endpoint.name]
            self._header = tuple(each for each in endpoint.resource.soap.headers if each.setting)
            self._body = tuple(each for rule in rules for each in rule.set if each.setting)

    def text(self, text: str) -> str:
        """Return a text (JSON or XML, as it is written, or plain) without the secrets."""
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        return text

    def envelope(self, root: etree._Element) -> None:
        """Take the secrets out of the places in a SOAP envelope where the mapping puts them."""
        hide(root.iterfind("{*}Header"), self._header)
        hide(root.iterfind("{*}Body/*"), self._body)


def hide(parents: Iterable[etree._Element], constants: Iterable[Constant]) -> None:
    """Hide what stands at the end of each constant's path (``Aufruf.Kennwort``, ``Aufruf.@id``) below the parents."""
    parents = list(parents)
    for constant in constants:
        *steps, last = constant.path.split(".")
        found = parents
        for step in [*steps, "" if last.startswith("@") else last]:
            if step not in ("", "#text"):
                found = [child for element in found for child in element.iterfind(f"{{*}}{step}")]
        for element in found:
            if not last.startswith("@"):
                element.text = HIDDEN
            for name in element.attrib:
                if f"@{etree.QName(name).localname}" == last:
                    element.set(name, HIDDEN)


def _forms(value: str) -> Iterator[str]:
    """Yield a value as it stands in plain text, in JSON, and in the text and attributes of XML."""
    yield from (value, json.dumps(value, ensure_ascii=False)[1:-1], escape(value), escape(value, {'"': "&quot;"}))
