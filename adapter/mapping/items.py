"""How the objects of an array are arranged by a property that callers do not see in them."""

from __future__ import annotations

from dataclasses import dataclass

from adapter.mapping.codec import Codec


@dataclass(frozen=True, slots=True)
class Items:
    """``name`` is the property of the items.

    With a ``step`` they are in the order of its numbers, from ``first`` on; with none the array is an object with its
    texts as keys.
    """

    name: str
    codec: Codec
    first: int = 0
    step: int = 0

    def number(self, index: int) -> str:
        """Return the text in XML of an item's number. Raise ValueError where the contract has no such number."""
        number = self.first + index * self.step
        text: str = self.codec.write(str(number) if self.codec.schema.get("type") == "string" else number)
        return text
