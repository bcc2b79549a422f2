"""What a mapping file says about a body of many rows, which go on to the ERP while they arrive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from adapter.mapping.model import Place

MOST_BYTES: Final = 2**30
"""Bytes that an upload of rows may have where its mapping says nothing."""


@dataclass(frozen=True, slots=True)
class RowsRule:
    """Bounds on an upload: its bytes, and its rows (0: as many as the contract takes)."""

    place: Place
    max_bytes: int = MOST_BYTES
    max_rows: int = 0
