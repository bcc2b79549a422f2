"""What writes that are kept add to an operation: keys, versions, and the problems that come with them."""

from __future__ import annotations

from typing import Any

from adapter.deliver.keys import LONGEST
from adapter.mapping.bound import Endpoint
from adapter.openapi.values import Schema

OF_KEYS = frozenset(
    ("idempotency-key-invalid", "idempotency-key-in-use", "idempotency-key-reused", "first-answer-gone")
)
OF_ROWS = frozenset(("earlier-write-open", "sealed"))
OF_VERSIONS = frozenset(("if-match-invalid", "precondition-failed"))
_QUOTED = r'^ *"([ !#-\[\]-~]|\\["\\])+" *$'
_KEY = (
    "A text of your own in quotes, new for each thing to be done and the same whenever it is tried again: it is done "
    "once, and each try gets the first answer, which is kept for {life} from when it was given."
)


def belongs(endpoint: Endpoint, slug: str, callers: bool) -> bool:
    """Whether an operation can answer with a problem that is about writes, or about what is kept of them."""
    rule = endpoint.write.rule if endpoint.write is not None else None
    keyed = rule is not None and rule.key != "off"
    match = rule.if_match if rule is not None else None
    if slug in OF_KEYS:
        return keyed
    if slug in OF_ROWS:
        return rule is not None and rule.kept
    if slug in OF_VERSIONS:
        return match is not None
    return {
        "idempotency-key-missing": rule is not None and rule.key == "required",
        "precondition-required": match is not None and match.required,
        "outcome-unknown": endpoint.changes or (rule is not None and rule.kept),
        "store-unavailable": callers or endpoint.rollout is not None or (rule is not None and rule.kept),
        "feature-moved": rule is not None and rule.kept and endpoint.rollout is not None,
        "erased": False,
    }.get(slug, True)


def write_parameters(endpoint: Endpoint, life: int) -> list[Schema]:
    """Return the header fields that a write takes. ``life``: seconds for which first answers are kept."""
    rule, found = endpoint.write.rule if endpoint.write is not None else None, list[Schema]()
    if rule is not None and rule.key != "off":
        schema = {"type": "string", "format": "sf-string", "pattern": _QUOTED, "minLength": 3, "maxLength": LONGEST + 2}
        words = _KEY.format(life=f"{life // 3600} hours" if life % 3600 == 0 else f"{life} seconds")
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "description": words,
                "required": rule.key == "required",
                "schema": schema,
                "example": '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
            }
        )
    if rule is not None and rule.if_match is not None:
        words = "The ETag of what is to be changed: where it was changed meanwhile, nothing is done."
        found.append(
            {
                "name": "If-Match",
                "in": "header",
                "description": words,
                "required": rule.if_match.required,
                "schema": {"type": "string"},
            }
        )
    return found


def write_headers(endpoint: Endpoint) -> dict[str, Any]:
    """Return the header fields that an answer may have."""
    rule = endpoint.write.rule if endpoint.write is not None else None
    found: dict[str, Any] = {}
    if rule is not None and rule.key != "off":
        words = "There where this is the answer to an earlier request with the same key."
        found["Idempotent-Replayed"] = {"description": words, "schema": {"type": "string", "const": "true"}}
    if endpoint.token:
        found["ETag"] = {"description": "The version, for If-Match.", "schema": {"type": "string"}}
    return found
