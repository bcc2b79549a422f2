"""Documents in OpenAPI: binary content both ways."""

from __future__ import annotations

from typing import Any

from adapter.mapping.bound import BoundField, Endpoint
from adapter.mapping.model.document import FILE_NAME, DocumentRule
from adapter.openapi.values import Schema

_BINARY: Schema = {"type": "string", "format": "binary"}


def document_body(rule: DocumentRule) -> Schema:
    """Return the request body of an operation that takes a document."""
    words = "The bytes of the document, at least one" + (f", at most {rule.max_bytes}." if rule.max_bytes else ".")
    content = {media_type: {"schema": dict(_BINARY)} for media_type in rule.media_types}
    return {"description": words, "required": True, "content": content}


def document_headers(endpoint: Endpoint) -> list[Schema]:
    """Return the header that names the file, where the operation takes its name."""
    if endpoint.body is None or endpoint.body.document is None:
        return []
    return [_file_name(field) for field in endpoint.types[endpoint.body.type].fields if field.name == FILE_NAME]


def _file_name(field: BoundField) -> Schema:
    return {
        "name": "Content-Disposition",
        "in": "header",
        "description": "The name of the file (RFC 6266); of a path only the last part is taken.",
        "required": field.required,
        "schema": {"type": "string"},
        "example": 'attachment; filename="invoice.pdf"',
    }


def document_answer(rule: DocumentRule) -> Schema:
    """Return what the answer of success adds: its content, of any type where the other side says which."""
    return {"content": {rule.value or "*/*": {"schema": dict(_BINARY)}}}


def disposition() -> dict[str, Any]:
    """Return the header of a download."""
    return {
        "description": "attachment, and the name of the file where it has one (RFC 6266).",
        "required": True,
        "schema": {"type": "string"},
    }
