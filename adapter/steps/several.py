"""The check of an operation with several SOAP calls: every value of every call, before the first one is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from adapter.errors import FieldError
from adapter.mapping.bound import Call, Endpoint
from adapter.messages import Checked


@dataclass(frozen=True, slots=True)
class Given:
    """What a caller sent: path parameters, query, and the JSON body (None where none is taken)."""

    path: Mapping[str, str]
    query: Sequence[tuple[str, str]]
    body: Any = None


LATER: Final = object()
"""Stands for the body of a caller whose rows are checked when they come."""

Check = Callable[[Given, list[FieldError]], Checked]


def several(endpoint: Endpoint, one_call: Callable[[Endpoint], Check]) -> Check:
    """Return the check. ``one_call`` makes that of each call; errors that several find are told once."""
    main = one_call(endpoint)
    calls = {call.name: _making(call, one_call(call.endpoint)) for call in endpoint.further()}
    parts = {call.name for call in endpoint.calls if call.endpoint.body is not None}
    own = {name for name, field in endpoint.parameters() if name.startswith("query.")}
    theirs = {field.name for call in endpoint.calls for field in call.endpoint.query_fields}
    elsewhere = {name for name in theirs if f"query.{name}" not in own}

    def check(given: Given, errors: list[FieldError]) -> Checked:
        body = given.body
        if isinstance(body, dict):
            body = {name: value for name, value in body.items() if name not in parts}
        query = [pair for pair in given.query if pair[0] not in elsewhere]
        found: list[FieldError] = []
        checked = main(Given(given.path, query, body), found)
        made = {name: make(given, found) for name, make in calls.items()}
        errors.extend(dict.fromkeys(found))
        return replace(checked, calls={name: each for name, each in made.items() if each is not None})

    return check


def _making(call: Call, check: Check) -> Callable[[Given, list[FieldError]], tuple[Checked, ...] | None]:
    """Return what checks everything that one further call is made of: one result for each time it is to be made.

    None: the caller left out its property.
    """
    path = {field.name for field in call.endpoint.path_fields} - {take.to.name for take in call.takes}
    query = {field.name for field in call.endpoint.query_fields}
    name, rule = call.name, call.rule

    def make(given: Given, errors: list[FieldError]) -> tuple[Checked, ...] | None:
        own_path = {each: text for each, text in given.path.items() if each in path}
        own_query = [pair for pair in given.query if pair[0] in query]

        def one(value: Any, pointer: str) -> Checked:
            found: list[FieldError] = []
            checked = check(Given(own_path, own_query, value), found)
            errors.extend(_below(error, pointer) for error in found)
            return checked

        if call.endpoint.body is None:
            return (one(None, ""),)
        if not isinstance(given.body, dict):
            return None
        if name not in given.body:
            if rule.required:
                errors.append(FieldError("body", f"/{name}", "is required"))
            return None
        value = given.body[name]
        if not rule.each:
            return (one(value, f"/{name}"),)
        if not isinstance(value, list) or len(value) > rule.most:
            text = "must be an array" if not isinstance(value, list) else f"must have at most {rule.most} items"
            errors.append(FieldError("body", f"/{name}", text))
            return None
        return tuple(one(item, f"/{name}/{index}") for index, item in enumerate(value))

    return make


def _below(error: FieldError, pointer: str) -> FieldError:
    return replace(error, pointer=pointer + error.pointer) if error.place == "body" else error
