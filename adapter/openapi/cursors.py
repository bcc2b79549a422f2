"""Lists behind a cursor: parameters, the page, and the link to the next one."""

from __future__ import annotations

from typing import Any

from adapter.mapping.model.cursor import CursorRule
from adapter.openapi.values import Schema

LINK: Schema = {
    "description": 'The next page, with rel="next" (RFC 8288); absent on the last one.',
    "schema": {"type": "string"},
}


def cursor_parameters(rule: CursorRule) -> list[Schema]:
    """Return the two parameters of paging."""
    limit = {"type": "integer", "minimum": 1, "maximum": rule.max, "default": rule.default}
    words = "Where to go on: `next` of the page before, with no other parameter beside it."
    text = {"type": "string", "minLength": 1}
    return [
        {"name": "limit", "in": "query", "description": "Most items to answer.", "required": False, "schema": limit},
        {"name": "cursor", "in": "query", "description": words, "required": False, "schema": text},
    ]


def cursor_page(rule: CursorRule) -> Schema:
    """Return the schema of ``page``."""
    next_page = {"type": "string", "description": "The cursor of the next page; absent on the last one."}
    properties: dict[str, Any] = {"limit": {"type": "integer", "minimum": 1}, "next": next_page}
    if rule.total:
        properties["total"] = {"type": "integer", "minimum": 0, "description": "How many there are in all."}
    return {"type": "object", "properties": properties, "required": ["limit"]}
