"""The problems that an operation can answer with: its fault table, an empty reply, and the house's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from adapter import problems
from adapter.errors import FieldError, RequestError
from adapter.mapping.bound import Endpoint
from adapter.openapi.examples import Example
from adapter.openapi.schemas import Schemas
from adapter.openapi.testers import chosen
from adapter.openapi.values import Schema, media
from adapter.openapi.writes import belongs
from adapter.problems import Problem

# What no operation answers: such a request never finds one, or asks for something else.
ELSEWHERE = frozenset(("no-such-path", "method-not-allowed", "not-ready", "no-such-operation", "operation-begun"))
WITH_BODY = frozenset(("malformed-json", "request-timeout", "request-too-large", "unsupported-media-type"))
OF_LOOKUPS = frozenset(("lookup-unusable",))
OF_CURSORS = frozenset(("cursor-expired", "cursor-invalid"))
OF_CALLERS = frozenset(("unauthenticated", "forbidden"))
OF_ROWS = frozenset(("malformed-csv",))
OF_LIMITS = frozenset(("quota-exceeded",))
OF_SEQUENCES = frozenset(("half-made",))
PROBLEM_SCHEMA: Schema = {
    "type": "object",
    "description": "A problem document (RFC 9457).",
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "description": "The problem type, and its page."},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "What was wrong this time."},
        "instance": {"type": "string", "format": "uri-reference", "description": "The request's id."},
        "outcome": {
            "type": "string",
            "enum": ["undone", "half_made", "unknown", "done", "refused", "cancelled", "discarded", "parked"],
            "description": "What became of it: done or not, or nobody knows; undone or half made of several calls.",
        },
        "operation": {"type": "string", "format": "uri-reference", "description": "Where its state can be read."},
        "state": {"type": "string", "description": "Where this service is with it; parked: a person decides."},
        "repeat_with_same_key": {"type": "boolean", "description": "Whether that is safe: it is not done twice."},
        "at": {"type": "string", "description": "A JSON Pointer (RFC 6901) to the part of the body that failed."},
        "failed": {"type": "string", "format": "uri-reference", "description": "The problem of the call that failed."},
        "missing": {"type": "array", "items": {"type": "string"}, "description": "The scopes that the caller lacks."},
        "violated-policies": {
            "type": "array",
            "items": {"type": "string"},
            "description": "The limits that are used up, by their names in RateLimit-Policy.",
        },
        "known": {"type": "object", "description": "The answer so far, of what may still be there."},
        "accepted": {
            "type": "object",
            "description": "How many items were taken, by the property they stand in.",
            "additionalProperties": {"type": "integer", "minimum": 0},
        },
        "errors": {
            "type": "array",
            "description": "Each wrong value.",
            "items": {
                "type": "object",
                "properties": {
                    "in": {"type": "string", "enum": ["body", "query", "path", "header"]},
                    "pointer": {
                        "type": "string",
                        "description": "A JSON Pointer (RFC 6901) into the body, else the parameter's name.",
                    },
                    "detail": {"type": "string"},
                },
                "required": ["in", "pointer", "detail"],
            },
        },
    },
    "required": ["type", "title", "status", "instance"],
}
Components = Mapping[str, dict[str, Any]]
_EXAMPLE_ID = "6f0b2c9e-8f1d-4c59-9d3e-2f6a1b7c4d80"
_FIELDS = (FieldError("body", "/lines/0/quantity", "must be a string"),)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One problem type as one operation answers it; ``faults`` are what its member ``fault`` can be."""

    slug: str
    status: int
    title: str
    retryable: bool = False
    faults: tuple[str, ...] = ()


def refusals(
    endpoint: Endpoint, known: Mapping[str, Problem], schemas: Schemas, callers: bool = False
) -> tuple[Refusal, ...]:
    """Return every problem that the operation can answer with, by status and slug; first rule of a fault table wins.

    ``callers``: they say who they are.
    """
    found: dict[tuple[int, str], Refusal] = {}
    for rule in (each.reply.rule for each in endpoint.whole()):
        if rule.empty_status:
            found[rule.empty_status, rule.empty_problem] = _refusal(rule.empty_problem, rule.empty_status, "", known)
    for each, fault in [(call, rule) for call in endpoint.whole() for rule in call.faults]:
        refusal = _refusal(fault.problem, fault.status, fault.title, known)
        first = found.setdefault((fault.status, fault.problem), refusal)
        if fault.retryable:
            found[fault.status, fault.problem] = first = replace(first, retryable=True)
        if key := each.details.get((fault.detail, fault.type_name)):
            shown = str(schemas.ref(each, key)["$ref"])
            faults = tuple(dict.fromkeys((*first.faults, shown)))
            found[fault.status, fault.problem] = replace(first, faults=faults)
    for problem in problems.HOUSE.values():
        if not _never(endpoint, problem.slug, callers):
            retryable = problem.slug in OF_LIMITS
            found[problem.status, problem.slug] = Refusal(problem.slug, problem.status, problem.title, retryable)
    return tuple(found[place] for place in sorted(found))


def _never(endpoint: Endpoint, slug: str, callers: bool) -> bool:
    """Whether an operation cannot answer with a problem of the house."""
    scopes = endpoint.policy.scopes
    return (
        slug in ELSEWHERE
        or (slug in WITH_BODY and endpoint.body is None)
        or (slug in OF_LOOKUPS and not endpoint.lookups)
        or (slug == "malformed-json" and endpoint.body is not None and endpoint.body.document is not None)
        or (slug in OF_ROWS and (endpoint.body is None or endpoint.body.rows is None))
        or (slug in OF_SEQUENCES and not endpoint.changes)
        or (slug in OF_LIMITS and not endpoint.policy.limits)
        or (slug in OF_CURSORS and endpoint.cursor is None)
        or (slug in OF_CALLERS and not callers)
        or not belongs(endpoint, slug, callers)
        or (slug == "forbidden" and (scopes is None or not scopes.names) and not chosen(endpoint))
    )


def _refusal(slug: str, status: int, title: str, known: Mapping[str, Problem]) -> Refusal:
    return Refusal(slug, status, title or (known[slug].title if slug in known else HTTPStatus(status).phrase))


def responses(
    refused: Sequence[Refusal], cases: Iterable[Example], components: Components, headers: Mapping[str, Any]
) -> dict[str, Any]:
    """Return response objects by status, each with ``headers``. What several answer alike goes into ``components``."""
    found: dict[str, Any] = {}
    failed = [case for case in cases if case.status >= 400]
    for status in sorted({refusal.status for refusal in refused}):
        here = [refusal for refusal in refused if refusal.status == status]
        shown = {case.case: {"value": _whole(case.reply)} for case in failed if case.status == status}
        response = _response(here, shown, components)
        response["headers"] |= headers
        name = ".".join(refusal.slug for refusal in here)
        found[str(status)] = response if shown else _shared(components, "responses", name, response)
    return found


def _response(here: Sequence[Refusal], shown: Mapping[str, Any], components: Components) -> dict[str, Any]:
    examples = {each.slug: _shared(components, "examples", each.slug, _example(each)) for each in here}
    named = ["X-Request-Id", *(["Retry-After"] if any(refusal.retryable for refusal in here) else [])]
    return {
        "description": "\n".join(f"- `{each.slug}`: {each.title}." for each in here),
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in named},
        "content": {problems.MEDIA_TYPE: media(_schema(here), {**examples, **shown})},
    }


def _schema(here: Sequence[Refusal]) -> Schema:
    """Return the schema of a problem document; with ``fault`` where one of the problems can have it."""
    problem: Schema = {"$ref": "#/components/schemas/Problem"}
    faults = [{"$ref": shown} for shown in dict.fromkeys(shown for each in here for shown in each.faults)]
    if not faults:
        return problem
    about = {"description": "What the system behind this API said of it.", "anyOf": faults}
    return {"allOf": [problem, {"type": "object", "properties": {"fault": about}}]}


def _example(refusal: Refusal) -> dict[str, Any]:
    fields = _FIELDS if refusal.slug == "invalid-request" else ()
    error = RequestError(refusal.slug, refusal.status, title=refusal.title, fields=fields)
    return {"summary": f"{refusal.title}.", "value": problems.document(error, _EXAMPLE_ID)}


def _whole(reply: dict[str, Any]) -> dict[str, Any]:
    """Give a golden problem the member that differs each time and so is not kept in the file."""
    return {"instance": problems.instance(_EXAMPLE_ID), **reply}


def _shared(components: Components, kind: str, name: str, value: dict[str, Any]) -> dict[str, Any]:
    """Return a reference to the component ``name``, or the value itself where that name says something else."""
    if components[kind].setdefault(name, value) != value:
        return value
    return {"$ref": f"#/components/{kind}/{name}"}
