"""The header field by which testers choose who answers a read, where its feature moves to a new service."""

from __future__ import annotations

from adapter.mapping.bound import Endpoint
from adapter.openapi.values import Schema

_WORDS = (
    "For testers: who answers, the ERP (soap) or the new service (http). Needs the scope rollout.test; without it 403."
)


def chosen(endpoint: Endpoint) -> bool:
    """Whether a tester may choose the side of an operation."""
    return endpoint.rollout is not None and endpoint.policy.effect == "read"


def side_parameters(endpoint: Endpoint, *, callers: bool) -> list[Schema]:
    """Return the header field. ``callers``: they say who they are; nobody else may send it."""
    if not (callers and chosen(endpoint)):
        return []
    schema = {"type": "string", "enum": ["soap", "http"]}
    return [{"name": "Rollout-Side", "in": "header", "description": _WORDS, "required": False, "schema": schema}]
