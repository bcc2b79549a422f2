"""The whole OpenAPI document (https://spec.openapis.org/oas/v3.1.1) of a project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adapter import strict_json
from adapter.errors import BuildError
from adapter.mapping.bound import Endpoint
from adapter.openapi import later
from adapter.openapi.examples import Examples
from adapter.openapi.limits import HEADERS as LIMIT_HEADERS
from adapter.openapi.made import Maker
from adapter.openapi.operations import operation
from adapter.openapi.refusals import PROBLEM_SCHEMA, refusals
from adapter.openapi.schemas import PROBLEM, schemas
from adapter.openapi.security import SCHEMES, security, whose
from adapter.openapi.values import wrong_examples
from adapter.problems import Problem

VERSION = "3.1.1"
_ABOUT = (
    "Decimals, and whole numbers that can exceed 2^53, are strings, so that no digit is lost. "
    "Text may hold what XML 1.0 can carry, so no control characters but tab and line ends. "
    "A property that is absent is unknown or untouched; null says that there is no value. "
    "Errors are problem documents (RFC 9457); each type has its own page. "
    "Every answer carries X-Request-Id; name it when you report something."
)
_HEADERS: dict[str, Any] = {
    "X-Request-Id": {
        "description": "The request's id: the caller's own, or a new one.",
        "required": True,
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "Seconds after which the same request may succeed.",
        "schema": {"type": "integer", "minimum": 0},
    },
}


def document(
    endpoints: Sequence[Endpoint],
    *,
    title: str,
    version: str,
    servers: Iterable[str] = (),
    examples: Examples,
    problems: Mapping[str, Problem],
    known: bool = False,
    key_life: int = 86400,
) -> dict[str, Any]:
    """Return the document. The order is the endpoints' own, so equal projects give equal documents.

    ``servers`` are base URLs (none: the place the document is read from), ``examples`` what ``read_examples`` found
    (without any, small ones are made), ``problems`` the problem types by slug. ``known``: callers say who they are.
    ``key_life``: seconds for which the answers to keys are kept. Raise BuildError for every ``example:`` of a mapping
    that does not fit.
    """
    if mistakes := list(wrong_examples(endpoints)):
        raise BuildError(mistakes)
    found = schemas(endpoints)
    maker = None if examples else Maker()
    components: dict[str, dict[str, Any]] = {"responses": {}, "examples": {}}
    tags: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    for endpoint in endpoints:
        resource = endpoint.resource
        tags.setdefault(
            resource.title, {"name": resource.title} | ({"description": resource.doc} if resource.doc else {})
        )
        refused = refusals(endpoint, problems, found, known)
        described = operation(endpoint, found, refused, examples.get(endpoint.name, ()), components, maker, key_life)
        described |= security(endpoint) if known else {}
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = described
    own = {PROBLEM: PROBLEM_SCHEMA}
    if kept := later.keeping(endpoints):
        paths |= later.paths(whose(kept) if known else {})
        own[later.SCHEMA] = later.schema()
        tags[later.TAG] = {"name": later.TAG, "description": "What became of writes that are kept."}
    return {
        "openapi": VERSION,
        "info": {"title": title, "version": version, "description": _ABOUT},
        "servers": [{"url": url} for url in servers] or [{"url": "/"}],
        "tags": list(tags.values()),
        "paths": paths,
        "components": {
            "schemas": {**found.components, **own},
            "headers": {**_HEADERS, **(LIMIT_HEADERS if any(each.policy.limits for each in endpoints) else {})},
            **(SCHEMES if known else {}),
            **{kind: dict(sorted(shared.items())) for kind, shared in components.items()},
        },
    }


def to_json(document: Mapping[str, Any]) -> bytes:
    """Return the document as JSON, with exact numbers."""
    return strict_json.encode(document)
