"""A list as one JSON object: ``{"items": […]}``, and ``page`` after the items where it is paged."""

from __future__ import annotations

from adapter import strict_json
from adapter.rows import JSON
from adapter.rows.form import Form, Page, Rows


def to_json() -> Form:
    """Return the form."""
    return Form(JSON, b'{"items":[', _some, _end)


def _some(rows: Rows, first: bool) -> bytes:
    text = strict_json.encode(rows)[1:-1]
    return text if first else b"," + text


def _end(page: Page | None) -> bytes:
    return b"]}" if page is None else b'],"page":' + strict_json.encode(page) + b"}"
