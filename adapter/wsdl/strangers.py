"""What may stand for an element wildcard (XML Schema part 1, section 3.10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf

from adapter.wsdl.heights import Heights
from adapter.wsdl.types import Any, Element, Type

# Nobody's namespace: what no schema declares, so only ``lax`` and ``skip`` let it in.
ELSEWHERE = "urn:x:elsewhere"
_ANYWHERE = ("##any", "##other")


@dataclass(slots=True)
class Wildcards:
    """Finds an element for a wildcard. One without a type is a harmless element that no schema declares."""

    types: Mapping[str, Type]
    elements: Mapping[str, Element]
    heights: Heights
    found: dict[Any, Element | None] = field(default_factory=dict)

    def element(self, wildcard: Any) -> Element | None:
        """Return the element, None where the contract declares none that may stand there."""
        if wildcard not in self.found:
            self.found[wildcard] = self._element(wildcard)
        return self.found[wildcard]

    def _element(self, wildcard: Any) -> Element | None:
        if wildcard.process != "strict":
            named = "" if wildcard.namespace == "##local" else ELSEWHERE
            if wildcard.namespace in (*_ANYWHERE, "##local"):
                return Element("note", named, "")
            first = next((each for each in wildcard.namespace.split() if not each.startswith("##")), None)
            if first is not None:
                return Element("note", first, "")
        allowed = set(wildcard.namespace.split())
        fitting = [
            each
            for each in self.elements.values()
            if not each.abstract and self.heights.get(each.type, inf) < inf
            if wildcard.namespace in _ANYWHERE or each.namespace in allowed
        ]
        return min(fitting, key=lambda each: (self.heights[each.type], each.tag), default=None)
