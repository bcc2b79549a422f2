"""What ``cache:`` adds to an operation: its answer has an entity tag, and who has these bytes is answered 304."""

from __future__ import annotations

from typing import Any

from adapter.mapping.bound import Endpoint
from adapter.openapi.values import Schema

_TAG = {"type": "string"}
_IF_NONE_MATCH: Schema = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag of what you have: 304 while it is the same.",
    "required": False,
    "schema": _TAG,
}


def kept_parameters(endpoint: Endpoint) -> list[Schema]:
    """Return the header field by which a client says what it has."""
    return [_IF_NONE_MATCH] if endpoint.policy.cache is not None else []


def kept_headers(endpoint: Endpoint) -> dict[str, Any]:
    """Return the header fields of an answer that is kept, or may be by clients."""
    if endpoint.policy.cache is None:
        return {}
    return {
        "ETag": {"description": "Names these bytes, for If-None-Match.", "schema": _TAG},
        "Cache-Control": {"description": "How long clients may keep it.", "schema": {"type": "string"}},
        "Age": {"description": "Seconds since the ERP was asked.", "schema": {"type": "integer", "minimum": 0}},
    }


def unchanged(endpoint: Endpoint, headers: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to one who has these bytes (RFC 9110, section 15.4.5). ``headers`` are those of any answer."""
    if endpoint.policy.cache is None:
        return {}
    return {"304": {"description": "You have it.", "headers": {**headers, **kept_headers(endpoint)}}}
