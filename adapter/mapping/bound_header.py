"""SOAP header blocks as an operation writes and reads them, with every path resolved."""

from __future__ import annotations

from dataclasses import dataclass

from adapter.mapping.blocks import Block
from adapter.mapping.bound_field import BoundField
from adapter.mapping.paths import Child
from adapter.wsdl.types import Element

GIVEN = "given "
"""What stands before a header field's name in the names of values; no constant's path begins so."""


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """One SOAP header block and its constants. With ``block`` a function makes it, of the credentials named so.

    ``given`` are the values that callers give in header fields of HTTP, called like these. Unless it is written
    ``always``, the block is left out where none of them is there.
    """

    element: Element
    fields: tuple[BoundField, ...]
    block: Block | None = None
    credential: str = ""
    given: tuple[BoundField, ...] = ()
    always: bool = True

    def ways(self) -> list[tuple[tuple[Child, ...], BoundField, str]]:
        """Return every value of the block with its steps and its name."""
        constants = [(field.steps, field, field.name) for field in self.fields]
        return constants + [(field.steps, field, GIVEN + field.name) for field in self.given]


@dataclass(frozen=True, slots=True)
class ReplyHeader:
    """A header field of our answer that a header block of the reply holds: the block's name, and the value in it."""

    tag: str
    field: BoundField
