"""The problems that an operation can answer with: its fault table, an empty reply, and the house's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from adapter import problems
from adapter.errors import FieldError, RequestError
from adapter.mapping.bound import Endpoint
from adapter.openapi.examples import Example
from adapter.openapi.values import Schema, media
from adapter.problems import Problem

# What no operation answers: such a request never finds one, or asks for something else.
ELSEWHERE = frozenset(("no-such-path", "method-not-allowed", "not-ready"))
WITH_BODY = frozenset(("malformed-json", "request-timeout", "request-too-large", "unsupported-media-type"))
PROBLEM: Schema = {
    "type": "object",
    "description": "A problem document (RFC 9457).",
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "description": "The problem type, and its page."},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "What was wrong this time."},
        "instance": {"type": "string", "format": "uri-reference", "description": "The request's id."},
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
_EXAMPLE_ID = "6f0b2c9e-8f1d-4c59-9d3e-2f6a1b7c4d80"
_FIELDS = (FieldError("body", "/lines/0/quantity", "must be a string"),)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One problem type as one operation answers it."""

    slug: str
    status: int
    title: str
    retryable: bool = False


def refusals(endpoint: Endpoint, known: Mapping[str, Problem]) -> tuple[Refusal, ...]:
    """Return every problem that the operation can answer with, by status and slug; first rule of a fault table wins."""
    found: dict[tuple[int, str], Refusal] = {}
    rule = endpoint.reply.rule
    declared = [(each.problem, each.status, each.title, each.retryable) for each in endpoint.faults]
    if rule.empty_status:
        declared.insert(0, (rule.empty_problem, rule.empty_status, "", False))
    for slug, status, title, retryable in declared:
        title = title or (known[slug].title if slug in known else HTTPStatus(status).phrase)
        found.setdefault((status, slug), Refusal(slug, status, title, retryable))
    for problem in problems.HOUSE.values():
        if problem.slug not in ELSEWHERE and (endpoint.body is not None or problem.slug not in WITH_BODY):
            found[problem.status, problem.slug] = Refusal(problem.slug, problem.status, problem.title)
    return tuple(found[place] for place in sorted(found))


def responses(
    refused: Sequence[Refusal], cases: Iterable[Example], shared: dict[str, Any]
) -> dict[str, Any]:
    """Return response objects by status. ``shared`` takes the examples, one for each slug, that they refer to."""
    found: dict[str, Any] = {}
    for status in sorted({refusal.status for refusal in refused}):
        here = [refusal for refusal in refused if refusal.status == status]
        examples: dict[str, Any] = {refusal.slug: _example(refusal, shared) for refusal in here}
        examples |= {case.case: {"value": case.reply} for case in cases if case.status == status}
        headers = {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}}
        if any(refusal.retryable for refusal in here):
            headers["Retry-After"] = {"$ref": "#/components/headers/Retry-After"}
        found[str(status)] = {
            "description": "\n".join(f"- `{refusal.slug}`: {refusal.title}." for refusal in here),
            "headers": headers,
            "content": {problems.MEDIA_TYPE: media({"$ref": "#/components/schemas/Problem"}, examples)},
        }
    return found


def _example(refusal: Refusal, shared: dict[str, Any]) -> dict[str, Any]:
    fields = _FIELDS if refusal.slug == "invalid-request" else ()
    error = RequestError(refusal.slug, refusal.status, title=refusal.title, fields=fields)
    example = {"summary": f"{refusal.title}.", "value": problems.document(error, _EXAMPLE_ID)}
    if shared.setdefault(refusal.slug, example) != example:
        return example
    return {"$ref": f"#/components/examples/{refusal.slug}"}
