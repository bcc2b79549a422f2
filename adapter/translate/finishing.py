"""What is added to an object once everything was read that its reply holds: properties that have one value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adapter.mapping.bound import BoundType
from adapter.translate.reading import Reading

Finish = Callable[[dict[str, Any], Reading], dict[str, Any]]


def finisher(types: Mapping[str, BoundType], bound: BoundType) -> Finish | None:
    """Return what finishes an object of a bound type, with those nested in it; None where nothing is to be done."""
    order = [field.name for field in bound.fields]
    constants = {field.name: field.rule.constant for field in bound.fields if field.rule.constant is not None}
    nested = {
        field.name: inner
        for field in bound.fields
        if field.parts and field.type and (inner := finisher(types, types[field.type])) is not None
    }
    if not constants and not nested:
        return None

    def finish(found: dict[str, Any], reading: Reading) -> dict[str, Any]:
        parts = {name: make(found[name], reading) for name, make in nested.items() if name in found}
        whole = {**found, **constants, **parts}
        return {name: whole[name] for name in order if name in whole}

    return finish
