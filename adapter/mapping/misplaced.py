"""What a caller gives where its condition does not hold, or leaves out where it does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adapter.mapping.bound import BoundField, BoundType
from adapter.mapping.when import hold


def words(field: BoundField) -> str:
    """Return the conditions of a field in words."""
    return " and ".join(judge.rule.words for judge in field.when)


def misplaced(bound: BoundType, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each property of an object that is given where it may not be, or missing where it must be, and why."""
    for field in bound.fields:
        if not field.when:
            continue
        state = hold(field.when, values, json=True)
        if field.name in values and state is False:
            yield field.name, f"is only allowed where {words(field)}"
        elif field.name not in values and state and field.rule.required and bound.mode in ("request", "update"):
            yield field.name, f"is required where {words(field)}"


def as_callers_know(bound: BoundType, name: str, text: str) -> tuple[str, str]:
    """Return what is wrong with a value under a name that callers know: of a constant, what it depends on."""
    for constant in bound.constants:
        if constant.name == name:
            return constant.when[0].rule.name if constant.when else "", text
    return name, text
