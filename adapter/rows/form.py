"""One form in which a list leaves: what stands before, around and after its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Rows = Sequence[Mapping[str, Any]]
Page = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Form:
    """How rows become bytes. ``content_type`` is the value of the header field.

    ``start`` is what stands before the first row. ``some`` makes the bytes of some rows, at least one; it is told
    whether they are the first. ``end`` makes what comes after the last row, of the page where the list is paged.
    """

    content_type: str
    start: bytes
    some: Callable[[Rows, bool], bytes]
    end: Callable[[Page | None], bytes]

    def whole(self, rows: Rows, page: Page | None) -> bytes:
        """Return the bytes of a list that is there as a whole."""
        return self.start + (self.some(rows, True) if rows else b"") + self.end(page)
