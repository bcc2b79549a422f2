"""CSV that arrives in pieces (RFC 4180): the first line names the columns, a row is a line of cells.

Line breaks are CRLF or LF, the text is UTF-8 with or without a byte order mark, and empty lines are passed over.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from io import StringIO
from typing import Any, Final

from adapter.errors import FieldError, InvalidRequest
from adapter.rows.bounds import Bounds, too_large
from adapter.rows.csv_values import Columns
from adapter.strict_json import xml_can_carry

_LINES: Final = re.compile(r'(?:(?:"(?:[^"]++|"")*+"|[^",\r\n]*+)(?:,|\r?\n))*+')
Row = list[str]


class Table:
    """Takes the pieces, gives whole rows as texts of cells; they become JSON values as the fields of the type ask."""

    pointer = ""

    def __init__(self, bounds: Bounds, columns: Columns) -> None:
        self._bounds, self._columns = bounds, columns
        self._parts: list[bytes] = []
        self._size = 0
        self._odd = 0
        self._first = True
        self._width = 0
        self._made: Callable[[Row], Any] | None = None

    def feed(self, piece: bytes, rows: list[Row]) -> None:
        """Add the rows that end in this piece. Raise InvalidRequest for what is no CSV; what was added stays."""
        at = _last_end(piece, self._odd)
        self._odd ^= piece.count(b'"') & 1
        if at:
            lines = b"".join([*self._parts, piece[:at]])
            self._parts, self._size = [], 0
            self._take(lines, rows)
        self._parts.append(piece[at:])
        self._size += len(piece) - at
        if self._size > self._bounds.row_bytes:
            raise too_large(self._bounds)

    def end(self, rows: list[Row]) -> None:
        """Say that no more pieces come: the last row needs no line break. Raise where there is not even a header."""
        if self._size:
            self._take(b"".join([*self._parts, b"\n"]), rows)
        if self._made is None:
            raise malformed("There is no line that names the columns")

    def decode(self, row: Row) -> Any:
        """Return the object of one row. Raise InvalidRequest, with pointers into the row."""
        if len(row) != self._width:
            raise malformed(f"It has {len(row)} cells, and there are {self._width} columns")
        if sum(map(len, row)) > self._bounds.row_bytes:
            raise too_large(self._bounds)
        assert self._made is not None
        return self._made(row)

    def _take(self, lines: bytes, rows: list[Row]) -> None:
        try:
            text = lines.decode("utf-8")
        except UnicodeDecodeError:
            raise malformed("It is not UTF-8") from None
        if self._first:
            text, self._first = text.removeprefix("\ufeff"), False
        if _LINES.fullmatch(text) is None:
            raise malformed("A quote stands where none can, or a line break is a lone CR")
        try:
            found = [row for row in csv.reader(StringIO(text, newline="")) if row]
        except csv.Error:
            raise malformed(f"A cell has more than {csv.field_size_limit()} characters") from None
        if self._made is None and found:
            header, *found = found
            self._width, self._made = len(header), _fitting(header, self._columns.named(header))
        rows.extend(found)


def _fitting(header: Row, make: Callable[[Row], Any]) -> Callable[[Row], Any]:
    """Return ``make`` for rows whose characters XML can carry."""

    def fitting(row: Row) -> Any:
        if not xml_can_carry("".join(row)):
            detail = "Holds a character that XML cannot carry."
            wrong = [name for name, cell in zip(header, row, strict=True) if not xml_can_carry(cell)]
            fields = tuple(FieldError("body", f"/{name.replace('.', '/')}", detail) for name in wrong)
            raise InvalidRequest("invalid-request", 422, fields=fields)
        return make(row)

    return fitting


def _last_end(data: bytes, odd: int) -> int:
    """Return where the last line ends that is no part of a cell in quotes, 0 where none does.

    ``odd``: 1 where the data begins within quotes.
    """
    before = odd + data.count(b'"')
    end = len(data)
    while (at := data.rfind(b"\n", 0, end)) >= 0:
        before -= data.count(b'"', at, end)
        if before % 2 == 0:
            return at + 1
        end = at
    return 0


def malformed(reason: str) -> InvalidRequest:
    """Return the error for what is no CSV."""
    return InvalidRequest("malformed-csv", 400, f"{reason}.")
