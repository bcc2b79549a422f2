"""A list as CSV (RFC 4180): a header line, then one record for each row, in UTF-8.

What is absent or null is empty, true and false are words, an array is JSON text. A text stands as it is: whoever opens
the file in a spreadsheet decides what becomes of one that looks like a formula.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from adapter.rows import CSV
from adapter.rows.csv_columns import Column, cells
from adapter.rows.form import Form, Page, Rows


def to_csv(columns: Sequence[Column]) -> Form:
    """Return the form of rows with these columns. The header line stands there for no rows too."""
    cells_of = cells(columns)

    def some(rows: Rows, first: bool) -> bytes:
        return _lines(map(cells_of, rows))

    start = _lines([[column.name for column in columns]])
    return Form(f"{CSV}; charset=utf-8; header=present", start, some, _end)


def _lines(records: Iterable[list[Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(records)  # commas, line ends of CR LF, quotes where they are needed
    return text.getvalue().encode("utf-8")


def _end(page: Page | None) -> bytes:
    return b""
