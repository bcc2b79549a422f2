"""The shapes of bodies and replies for editors: JSON, a document, or many rows; and their header fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapter.mapping.keys import FIELD_NAME
from adapter.mapping.media_types import PLAIN
from adapter.mapping.schema_stream import StreamSection


def _one(section: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{section}"}


def _either(key: str, section: str, other: dict[str, Any]) -> dict[str, Any]:
    return {"if": {"type": "object", "required": [key]}, "then": _one(section), "else": other}


_HEADERS: dict[str, Any] = {
    "type": "object",
    "additionalProperties": _one("FieldSection"),
    "propertyNames": {"pattern": f"^({FIELD_NAME.pattern})$"},
}
DOCUMENTS: Mapping[str, dict[str, Any]] = {
    "OperationSection.body": _either(
        "document", "DocumentBodySection", _either("each", "RowsBodySection", _one("BodySection"))
    ),
    "OperationSection.reply": _either("document", "DocumentReplySection", _one("ReplySection")),
    "DocumentBodySection.media_types": {
        "type": "array",
        "items": {"type": "string", "pattern": f"^{PLAIN.pattern}$"},
        "minItems": 1,
    },
    "DocumentReplySection.media_type": {"anyOf": [{"type": "string"}, _one("MediaTypeSection")]},
    "ReplySection.stream": {"anyOf": [{"type": "boolean"}, _one(StreamSection.__name__)]},
    "DocumentReplySection.when_empty": _one("EmptySection"),
    "DocumentReplySection.refused": _one("RefusedSection"),
    "DocumentReplySection.warnings": _one("WarningsSection"),
    **{f"{kind}Section.headers": _HEADERS for kind in ("Operation", "Reply", "DocumentReply")},
}
