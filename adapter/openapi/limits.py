"""What limits of callers add to an operation: the header fields that tell how they stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapter.mapping.bound import Endpoint

_COUNT: Mapping[str, Any] = {"type": "integer", "minimum": 0}
HEADERS: Mapping[str, Any] = {
    "RateLimit-Policy": {
        "description": "How often each caller may ask: q requests in w seconds, all of them at once or one by one.",
        "schema": {"type": "string"},
        "example": '"minute";q=60;w=60',
    },
    "RateLimit": {
        "description": "How each limit stands: r requests are left, and there are more again in t seconds.",
        "schema": {"type": "string"},
        "example": '"minute";r=50;t=10',
    },
    "X-RateLimit-Limit": {"description": "The limit that is nearest.", "schema": _COUNT},
    "X-RateLimit-Remaining": {"description": "Requests that are left of it.", "schema": _COUNT},
    "X-RateLimit-Reset": {"description": "Seconds until there are more again.", "schema": _COUNT},
}


def limit_headers(endpoint: Endpoint) -> dict[str, Any]:
    """Return the header fields that answers of an operation have, errors too, where it has a limit."""
    names = HEADERS if endpoint.policy.limits else ()
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
