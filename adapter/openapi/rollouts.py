"""The operator API of features that move, in OpenAPI (``web.rollouts`` answers it)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from adapter.openapi.security import asked
from adapter.openapi.values import Schema, media
from adapter.problems import HOUSE, MEDIA_TYPE
from adapter.rollout.rules import STAGES

PATH: Final = "/v1/rollouts"
SCHEMA, TAG = "Rollout", "Rollouts"
_HEADERS: Mapping[str, Any] = {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}}
_TIME: Mapping[str, Any] = {"type": ["string", "null"], "format": "date-time"}
_WORDS: Mapping[str, Any] = {"type": ["string", "null"]}
_OFF: Mapping[str, Any] = {**_WORDS, "description": "Why no dry run of its writes is made any more at shadow."}
_STEP: Mapping[str, Any] = {"type": "string", "description": "A step of the plan: `live`, `canary 10`."}
_MEMBERS: Mapping[str, Schema] = {
    "to": {**_STEP, "description": "Refuse where it would be another step; on the way back, where to."},
    "despite": {"type": "boolean", "description": "Without the evidence that the plan asks for. The audit says so."},
    "accept_data_loss": {"type": "boolean", "description": "From complete: the ERP lacks what was written since."},
    "until": {"type": "string", "format": "date-time", "description": "Left out: until it is unpinned."},
}
_ACTIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "advance": ("Go on to the next step of the plan", ("to", "despite")),
    "rollback": ("Go back; every worker follows within a second", ("to", "accept_data_loss")),
    "approve": ("Agree to a step that two persons have to agree to", ("to",)),
    "hold": ("Let the judge change nothing", ()),
    "resume": ("Let the judge go on", ()),
    "pin": ("Let nobody move it forward", ("until",)),
    "unpin": ("Let it move again", ()),
    "restart": ("Let evidence begin anew", ()),
}
_SEEN: Mapping[str, Any] = {
    "feature": "customers", "epoch": 2, "stage": "dualwrite", "step": "dualwrite", "since": "2025-01-31T09:30:00.000Z",
    "plan": ["shadow", "dualwrite", "canary 10", "live"], "next": "canary 10", "two_persons": True, "closed": None,
    "judge": "advise", "paused": False, "pinned": None, "rolled_back": None, "dry_runs_off": None, "verdict": None,
    "actor": "key:ann", "reason": "no mismatch in a week", "operations": ["customers.read"],
    "calls": {"soap": {"calls": 1200, "failures": 3}},
}  # fmt: skip


def paths(*, known: bool) -> dict[str, Any]:
    """Return the paths of the operator API. ``known``: callers have to be, and to have a scope."""
    feature = {"name": "feature", "in": "path", "required": True, "schema": {"type": "string"}, "example": "customers"}
    one = _answer("The feature.", {"$ref": f"#/components/schemas/{SCHEMA}"}, _SEEN)
    items = {"type": "array", "items": {"$ref": f"#/components/schemas/{SCHEMA}"}}
    every = {"type": "object", "properties": {"items": items}, "required": ["items"]}
    whole = {"200": _answer("All features.", every, {"items": [_SEEN]}), "default": _other()}
    found: dict[str, Any] = {
        PATH: {"get": _operation("list", "Where features stand", whole, "rollout.read", known)},
        f"{PATH}/{{feature}}": {
            "get": {
                **_operation("read", "Where a feature stands", {"200": one, **_refused(404)}, "rollout.read", known),
                "parameters": [feature],
            }
        },
    }
    for action, (summary, members) in _ACTIONS.items():
        scope = "rollout.approve" if action == "approve" else "rollout.operate"
        answers = {"200": one, **_refused(404, 409, 422)}
        made = _operation(action, summary, answers, scope, known)
        found[f"{PATH}/{{feature}}/{action}"] = {
            "post": {**made, "parameters": [feature], "requestBody": _body(members)}
        }
    return found


def schema() -> Schema:
    """Return the schema of a feature as operators see it."""
    moved = {"time": _TIME, "actor": {"type": "string"}, "action": {"type": "string"}}
    pinned = {"actor": {"type": "string"}, "reason": {"type": "string"}, "until": _TIME}
    counts = {"calls": {"type": "integer"}, "failures": {"type": "integer"}}
    properties: dict[str, Any] = {
        "feature": {"type": "string"},
        "epoch": {"type": "integer", "minimum": 0, "description": "One more with each change."},
        "stage": {"type": "string", "enum": list(STAGES)},
        "step": _STEP,
        "since": _TIME,
        "plan": {"type": "array", "items": _STEP},
        "next": {"type": ["string", "null"], "description": "The next step; null at the end of the plan."},
        "two_persons": {"type": "boolean", "description": "Two persons have to agree to the next step."},
        "closed": _closed(),
        "judge": {"type": "string", "enum": ["advise", "automatic"]},
        "paused": {"type": "boolean"},
        "pinned": {"type": ["object", "null"], "properties": pinned},
        "rolled_back": {**_WORDS, "description": "Why it went back; null once somebody sent it on."},
        "dry_runs_off": _OFF,
        "verdict": {**_WORDS, "description": "The verdict that led here; null where a person did."},
        "actor": {**_WORDS, "description": "Who changed it last."},
        "reason": _WORDS,
        "operations": {"type": "array", "items": {"type": "string"}},
        "calls": {
            "type": "object",
            "description": "Of the last hour, by side: soap is the ERP, http the new service.",
            "additionalProperties": {"type": "object", "properties": counts},
        },
        "approvals": _objects({**moved, "reason": {"type": "string"}}),
        "history": _objects({**moved, "details": {"type": "object"}}),
    }
    required = [name for name in properties if name not in ("approvals", "history")]
    return {"type": "object", "properties": properties, "required": required}


def _objects(properties: Mapping[str, Any]) -> Schema:
    return {"type": "array", "items": {"type": "object", "properties": properties}}


def _closed() -> Schema:
    return {
        "type": ["object", "null"],
        "description": "Why nothing goes forward now, by the calendar.",
        "properties": {"kind": {"type": "string"}, "detail": {"type": "string"}},
    }


def _operation(name: str, summary: str, answers: Mapping[str, Any], scope: str, known: bool) -> dict[str, Any]:
    found = {"operationId": f"rollouts.{name}", "summary": summary, "tags": [TAG], "responses": dict(answers)}
    return found | ({"security": asked((scope,))} if known else {})


def _body(members: Iterable[str]) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "epoch": {"type": "integer", "description": "Where you saw it: 409 where it has moved on."},
        "reason": {"type": "string", "minLength": 1, "maxLength": 1000, "description": "Why. It goes into the audit."},
        **{name: _MEMBERS[name] for name in members},
    }
    wanted = {"type": "object", "properties": properties, "required": ["epoch", "reason"]}
    example = {"asked": {"value": {"epoch": 2, "reason": "no mismatch in a week"}}}
    return {"required": True, "content": {"application/json": media(wanted, example)}}


def _answer(words: str, schema: Schema, value: Any) -> dict[str, Any]:
    return {
        "description": words,
        "headers": dict(_HEADERS),
        "content": {"application/json": media(schema, {"seen": {"value": value}})},
    }


def _refused(*statuses: int) -> dict[str, Any]:
    own = ("no-such-feature", "stale-epoch", "not-allowed-now", "approval-needed", "invalid-request")
    found = {}
    for status in statuses:
        words = "\n".join(f"- `{slug}`: {HOUSE[slug].title}." for slug in own if HOUSE[slug].status == status)
        found[str(status)] = {**_other(), "description": words}
    return {**found, "default": _other()}


def _other() -> dict[str, Any]:
    shown = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": "A problem.", "headers": dict(_HEADERS), "content": shown}
