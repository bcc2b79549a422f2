"""What is settled once for all messages that are made up for a contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from adapter.wsdl.heights import Heights, concrete, heights
from adapter.wsdl.strangers import Wildcards
from adapter.wsdl.types import Contract, Element, Type
from adapter.wsdl.values import Fitting


@dataclass(frozen=True, slots=True)
class Ground:
    """What is settled once for a contract: its types, how low each can end, what may stand for a wildcard."""

    types: Mapping[str, Type]
    elements: Mapping[str, Element]
    substitutes: Mapping[str, tuple[str, ...]]
    heights: Heights
    wildcards: Wildcards
    usable: dict[str, list[str]] = field(default_factory=dict)
    fitting: dict[str, Fitting] = field(default_factory=dict)

    @classmethod
    def of(cls, contract: Contract) -> Ground:
        """Return the ground of a contract."""
        found = heights(contract.types)
        wildcards = Wildcards(contract.types, contract.elements, found)
        return cls(contract.types, contract.elements, contract.substitutes, found, wildcards)

    def fits(self, key: str, text: str) -> bool:
        """Whether a text is a value of a simple type."""
        if key not in self.fitting:
            self.fitting[key] = Fitting(self.types, key)
        return self.fitting[key].fits(text)

    def concrete(self, key: str) -> list[str]:
        """Return the types that an element declared with one may have, the lowest first."""
        if key not in self.usable:
            self.usable[key] = concrete(self.types, key, self.heights)
        return self.usable[key]
