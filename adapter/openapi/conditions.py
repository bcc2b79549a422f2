"""Properties that depend on others, as JSON Schema says it: ``if`` and ``then``."""

from __future__ import annotations

from collections.abc import Iterator

from adapter.mapping.bound import BoundField, BoundType
from adapter.openapi.values import Schema


def dependent(bound: BoundType) -> list[Schema]:
    """Return a rule for each property that is there only where others have some values."""
    return [rule for field in bound.fields if field.when for rule in _rules(bound, field)]


def _rules(bound: BoundType, field: BoundField) -> Iterator[Schema]:
    properties = {judge.rule.name: {"enum": list(judge.rule.values)} for judge in field.when}
    # What stands in for a property that is left out may be one of the values.
    needed = [judge.rule.name for judge in field.when if judge.default is None]
    holds: Schema = {"properties": properties, **({"required": needed} if needed else {})}
    if bound.mode in ("partial", "merge"):
        yield {"if": {"required": [field.name]}, "then": {"properties": properties}}
        return
    yield {"if": {"required": [field.name]}, "then": holds}
    if (field.rule.required and bound.mode != "reply") or (field.necessary and bound.mode == "reply"):
        yield {"if": {**holds, "required": list(properties)}, "then": {"required": [field.name]}}
