"""One JSON value a line (NDJSON), arriving in pieces. Lines with nothing in them are passed over."""

from __future__ import annotations

from typing import Any

from adapter import strict_json
from adapter.rows.bounds import Bounds, too_large


class Lines:
    """Takes the pieces, gives whole lines. A row is called by its number alone, so ``pointer`` is empty."""

    pointer = ""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, piece: bytes, rows: list[bytes]) -> None:
        """Add the lines that end in this piece. Raise 413 for one that is longer than a row may be."""
        first, *lines = piece.split(b"\n")
        self._parts.append(first)
        self._size += len(first)
        if lines:
            *lines, left = b"".join(self._parts), *lines
            rows.extend(line for line in lines if line.strip())
            self._parts, self._size = [left], len(left)
        if self._size > self._bounds.row_bytes:
            raise too_large(self._bounds)

    def end(self, rows: list[bytes]) -> None:
        """Say that no more pieces come: the last line needs no line break."""
        last = b"".join(self._parts)
        if last.strip():
            rows.append(last)

    def decode(self, row: bytes) -> Any:
        """Decode one line. Raise InvalidRequest, with pointers into the row."""
        if len(row) > self._bounds.row_bytes:
            raise too_large(self._bounds)
        return strict_json.decode(row, max_depth=self._bounds.max_depth, max_digits=self._bounds.max_digits)
