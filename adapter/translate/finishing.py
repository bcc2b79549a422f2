"""What happens to an object once its reply was read: those with one value come, those out of place go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adapter.mapping.bound import BoundType
from adapter.mapping.misplaced import words
from adapter.mapping.when import hold
from adapter.translate.reading import Reading, invalid

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
    conditional = [field for field in bound.fields if field.when]
    computed = [(field.name, field.computed) for field in bound.fields if field.computed is not None]
    if not constants and not nested and not conditional and not computed:
        return None

    def finish(found: dict[str, Any], reading: Reading) -> dict[str, Any]:
        parts = {name: make(found[name], reading) for name, make in nested.items() if name in found}
        whole = {**found, **constants, **parts}
        for field in conditional:
            if hold(field.when, found, json=True) is False:
                whole.pop(field.name, None)
            elif field.name not in whole and field.necessary and not reading.encoded:
                raise invalid(reading.operation, f"{bound.name}.{field.name} is missing where {words(field)}")
        for name, function in computed:
            if (arguments := function.of(whole)) is not None:
                try:
                    whole[name] = function.value(arguments)
                except ValueError as error:
                    raise invalid(reading.operation, f"{bound.name}.{name}: {error}") from error
        return {name: whole[name] for name in order if name in whole}

    return finish
