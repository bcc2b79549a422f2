"""What is never written down of a real service's messages: fields by rule, and whatever proves who somebody is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from adapter.virtual.any.canonical import HIDDEN

# WS-Security 1.0 and 1.1, and the drafts that are still met.
_SECURITY = "Security"


@dataclass(frozen=True, slots=True)
class Hidden:
    """Rules such as ``Password``, ``Login.Token`` or ``User.@key``: the end of a way of local names."""

    rules: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, rules: Iterable[str]) -> Hidden:
        """Return the rules that texts are. Raise ValueError for one that names nothing."""
        parted = tuple(sorted({tuple(rule.strip().split(".")) for rule in rules}))
        for rule in parted:
            if not all(rule):
                raise ValueError(f"{'.'.join(rule)!r} is no name or path of names, such as Login.Password")
        return cls(parted)

    def hides(self, path: tuple[str, ...]) -> bool:
        """Whether what stands at a way is hidden."""
        return any(path[-len(rule) :] == rule for rule in self.rules)

    def texts(self) -> list[str]:
        """Return the rules as they are written."""
        return [".".join(rule) for rule in self.rules]

    def hide(self, envelope: etree._Element) -> None:
        """Take everything hidden out of a message; of a WS-Security header nothing stays."""
        self._hide(envelope, ())

    def _hide(self, node: etree._Element, above: tuple[str, ...]) -> None:
        path = (*above, etree.QName(node).localname)
        if self.hides(path) or path[1:] == ("Header", _SECURITY):
            for child in list(node):
                node.remove(child)
            node.text = HIDDEN
            node.attrib.clear()
            return
        for name in node.attrib:
            if self.hides((*path, f"@{etree.QName(name).localname}")):
                node.set(name, HIDDEN)
        for child in node.iterchildren(etree.Element):
            self._hide(child, path)
