"""What a mapping says about a list that leaves row by row."""

from __future__ import annotations

from dataclasses import dataclass

from adapter.mapping.model import Place


@dataclass(frozen=True, slots=True)
class StreamRule:
    """``stream:`` of a reply. ``max_bytes`` bounds the reply's XML, 0: nothing does.

    ``idle`` is for how many seconds the ERP may be silent once the first row is there.
    """

    place: Place
    max_bytes: int = 0
    idle: int = 30
