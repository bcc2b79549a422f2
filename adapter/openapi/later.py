"""Answers that come later, in OpenAPI: 202 of an operation that may be promised, and where its end is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from adapter.mapping.bound import Endpoint
from adapter.openapi.values import Schema, media
from adapter.problems import MEDIA_TYPE

PATH = "/v1/operations/{id}"
SCHEMA = "Operation"
TAG = "Operations"
_ID = "3f1c9d52-6a0b-4d0e-9a54-0b7a0d6f8c11"
_STATES: Mapping[str, str] = {
    "queued": "it waits to be sent, and can be cancelled",
    "running": "it is being sent",
    "unknown": "it was sent, and what became of it is being found out",
    "parked": "a person has to decide",
    "done": "result is the answer",
    "refused": "result is the problem, and nothing was changed",
    "not_done": "it was sent, and has had no effect; sent again with its key, it is done",
    "cancelled": "it was cancelled before it was sent",
    "discarded": "a person decided that it is not sent",
}
_HEADERS: Mapping[str, Any] = {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}}
_RETRY: Mapping[str, Any] = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}


def keeping(endpoints: Iterable[Endpoint]) -> list[Endpoint]:
    """Return those of which a request may be kept, so that its state can be asked for."""
    return [each for each in endpoints if each.policy.write is not None and each.policy.write.kept]


def parameters(endpoint: Endpoint) -> list[Schema]:
    """Return the header fields by which a caller asks for an answer that comes later."""
    rule = endpoint.policy.write
    if rule is None or not (rule.later or rule.callback):
        return []
    found = [_header("Prefer", "`respond-async`: answer 202 at once, and do it later (RFC 7240).", "respond-async")]
    if rule.callback:
        words = "Where to tell, by a signed POST, that what was promised has ended. The operator lists origins."
        found.append(_header("Callback-Url", words, "https://shop.example/told", format="uri"))
    return found


def _header(name: str, words: str, example: str, **more: Any) -> Schema:
    schema = {"type": "string", **more}
    return {"name": name, "in": "header", "description": words, "required": False, "schema": schema, "example": example}


def responses(endpoint: Endpoint) -> dict[str, Any]:
    """Return the 202 of an operation that may be promised."""
    rule = endpoint.policy.write
    if rule is None or not rule.promises:
        return {}
    where = {
        "description": "Where its state and its answer are asked for.",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
    }
    headers: dict[str, Any] = {**_HEADERS, **_RETRY, "Location": where}
    if rule.later:
        schema = {"type": "string", "const": "respond-async"}
        headers["Preference-Applied"] = {"description": "Where it was asked for (RFC 7240).", "schema": schema}
    return {"202": _answer("It is kept, and will be done. Not sent twice, and not lost.", headers)}


def paths(security: Mapping[str, Any]) -> dict[str, Any]:
    """Return where callers ask for what became of their operations, and cancel them. ``security``: who may."""
    missing = {"description": "- `no-such-operation`: No such operation.", "headers": dict(_HEADERS), **_problem()}
    late = {"description": "- `operation-begun`: Begun already.", "headers": dict(_HEADERS), **_problem()}
    given = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}, "example": _ID}
    read = {
        "operationId": "operations.read",
        "summary": "Ask what became of an operation",
        "description": "Only who made it sees it.",
        "tags": [TAG],
        "parameters": [given],
        "responses": {"200": _answer("The operation.", {**_HEADERS, **_RETRY}), "404": missing, "default": _other()},
        **security,
    }
    cancel = {
        "operationId": "operations.cancel",
        "summary": "Cancel an operation that still waits to be sent",
        "tags": [TAG],
        "parameters": [given],
        "responses": {"200": _answer("It is cancelled.", _HEADERS), "404": missing, "409": late, "default": _other()},
        **security,
    }
    return {PATH: {"get": read, "delete": cancel}}


def schema() -> Schema:
    """Return the schema of an operation as its caller sees it."""
    words = "\n".join(f"- `{name}`: {text}." for name, text in _STATES.items())
    result = {
        "type": "object",
        "description": "The answer as it would have come at once: there once it has ended so.",
        "properties": {
            "status": {"type": "integer", "minimum": 200, "maximum": 599},
            "content_type": {"type": "string"},
            "headers": {"type": "object", "additionalProperties": {"type": "string"}},
            "body": {"description": "As JSON; absent where there is none."},
            "body_base64": {"type": "string", "description": "Where it is no JSON."},
        },
        "required": ["status"],
    }
    return {
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "operation": {"type": "string", "description": "What was asked for."},
            "status": {"type": "string", "enum": list(_STATES), "description": words},
            "created": {"type": "string", "format": "date-time"},
            "attempts": {"type": "integer", "minimum": 0, "description": "How often it was sent."},
            "result": result,
        },
        "required": ["id", "operation", "status", "created", "attempts"],
    }


def _answer(words: str, headers: Mapping[str, Any]) -> dict[str, Any]:
    value = {
        "id": _ID,
        "operation": "orders.create",
        "status": "queued",
        "created": "2025-01-31T09:30:00Z",
        "attempts": 0,
    }
    shown = media({"$ref": f"#/components/schemas/{SCHEMA}"}, {"waiting": {"value": value}})
    return {"description": words, "headers": dict(headers), "content": {"application/json": shown}}


def _problem() -> dict[str, Any]:
    return {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def _other() -> dict[str, Any]:
    return {"description": "A problem.", "headers": dict(_HEADERS), **_problem()}
