"""What ``explain`` must not show: values that operators gave for ``setting:`` constants.

Rule 1: where the mapping puts such a value, nothing is shown, however short it is.
Rule 2: wherever else the same text comes back (an echo in a fault, in JSON), it is hidden too, unless it is so short
        that it says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from adapter.mapping.bound import Endpoint
from adapter.mapping.model import Constant
from adapter.settings import Settings

HIDDEN = "(hidden)"
SHORTEST_ECHO = 4


class Secrets:
    """Hides the secrets of one operation in messages, and those of all operations in text."""

    def __init__(self, endpoint: Endpoint | None, settings: Settings) -> None:
        self._values = sorted({v for v in settings.value.values() if len(v) >= SHORTEST_ECHO}, key=len, reverse=True)
        self._header: tuple[Constant, ...] = ()
        self._body: tuple[Constant, ...] = ()
        if endpoint is not None:
            rules = [rule for rule in endpoint.resource.operations if rule.name == endpoint.name]
            self._header = tuple(each for each in endpoint.resource.soap.headers if each.setting)
            self._body = tuple(each for rule in rules for each in rule.set if each.setting)

    def text(self, text: str) -> str:
        """Return a text without the secrets."""
        for value in self._values:
            text = text.replace(value, HIDDEN)
        return text

    def envelope(self, root: etree._Element) -> None:
        """Take the secrets out of a SOAP envelope, in place."""
        for constant in self._header:
            _hide(root.iterfind("{*}Header"), constant.path)
        for constant in self._body:
            _hide(root.iterfind("{*}Body/*"), constant.path)
        for element in root.iter():
            if element.text:
                element.text = self.text(element.text)
            for name, value in element.attrib.items():
                element.set(name, self.text(str(value)))


def _hide(parents: Iterable[etree._Element], path: str) -> None:
    """Follow a path of local names (``Aufruf.Kennwort``, ``Aufruf.@id``) and hide what stands at its end."""
    found = list(parents)
    for step in path.split("."):
        if step.startswith("@"):
            for element in found:
                for name in element.attrib:
                    if etree.QName(name).localname == step[1:]:
                        element.set(name, HIDDEN)
            return
        if step not in ("", "#text"):
            found = [child for element in found for child in element.iterfind(f"{{*}}{step}")]
    for element in found:
        element.text = HIDDEN
