"""A list that leaves row by row, in OpenAPI: what its answer may be beside JSON.

OpenAPI 3.1 has no words for a body of several documents, so the body is text, and ``x-itemSchema`` says what one line
of it is, as ``itemSchema`` does from 3.2 on (https://spec.openapis.org/oas/v3.2.0, section 4.14).
"""

from __future__ import annotations

from typing import Any

from adapter.mapping.bound import Endpoint
from adapter.openapi.values import Schema
from adapter.rows import CSV, NDJSON
from adapter.rows.csv_columns import columns

BROKEN = "An answer that breaks off ends without its end: the connection is closed in the middle of it."


def other_forms(endpoint: Endpoint, item: Schema) -> dict[str, Any]:
    """Return the content of an answer in the other forms, by media type. ``item`` is the schema of a row."""
    if endpoint.reply.rule.stream is None:
        return {}
    names = [column.name for column in columns(endpoint.types, endpoint.reply.type)]
    record = {"type": "object", "properties": {name: {"type": "string"} for name in names}, "required": names}
    return {
        NDJSON: {"schema": _text("One JSON object a line."), "x-itemSchema": item},
        CSV: {"schema": _text(f"RFC 4180. The header line: {','.join(names)}"), "x-itemSchema": record},
    }


def _text(words: str) -> Schema:
    return {"type": "string", "description": words}
