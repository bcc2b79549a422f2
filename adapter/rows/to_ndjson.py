"""A list as one JSON object a line (https://github.com/ndjson/ndjson-spec): nothing stands around the rows."""

from __future__ import annotations

from adapter.rows import NDJSON
from adapter.rows.form import Form, Page, Rows
from adapter.strict_json import encode


def to_ndjson() -> Form:
    """Return the form. A line feed in a text is escaped in JSON, so each line is one row."""
    return Form(NDJSON, b"", _some, _end)


def _some(rows: Rows, first: bool) -> bytes:
    lines = [encode(row) for row in rows]
    lines.append(b"")
    return b"\n".join(lines)


def _end(page: Page | None) -> bytes:
    return b""
