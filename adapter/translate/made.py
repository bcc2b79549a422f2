"""Texts of constants that are read or made for each call, put among the values of a request before it is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adapter.mapping.bound import BoundField, BoundType
from adapter.mapping.made import MADE
from adapter.mapping.model import Constant
from adapter.messages import Call

TextOf = Callable[[str, str], Callable[[], str]]
Complete = Callable[[Any, Call], Any]


def made_values(fields: Sequence[BoundField], text_of: TextOf) -> Callable[[Call], dict[str, Any]]:
    """Return what gives constants their values for one call: fixed texts, and those that are read or made for it."""
    fixed = {each.name: each.fixed for each in fields if each.made is None}
    made = _makers(fields, text_of)
    return lambda call: {**fixed, **{name: make(call) for name, make in made.items()}}


def completer(types: Mapping[str, BoundType], key: str, text_of: TextOf) -> Complete | None:
    """Return what adds such texts to the objects of a bound type, however deep; None where it has none."""
    reached = _reached(types, key)
    if not any(each.made is not None for name in reached for each in types[name].constants):
        return None
    objects: dict[str, Complete] = {}
    for name in reached:
        objects[name] = _object(types[name], _makers(types[name].constants, text_of), objects)
    return objects[key]


def _makers(fields: Sequence[BoundField], text_of: TextOf) -> dict[str, Callable[[Call], str]]:
    return {each.name: _maker(each.made, text_of) for each in fields if each.made is not None}


def _maker(rule: Constant, text_of: TextOf) -> Callable[[Call], str]:
    if rule.made:
        return MADE[rule.made].make
    if rule.page:
        return lambda call: call.page[rule.page]
    if rule.session:
        return lambda call: call.session
    read = text_of(rule.credential, rule.part)
    return lambda call: read()


def _reached(types: Mapping[str, BoundType], key: str) -> list[str]:
    """Return the keys of a type and of all that its objects can hold."""
    found, waiting = [key], [key]
    while waiting:
        bound = types[waiting.pop()]
        inner = [*(each.type for each in bound.fields if each.type), *(each.type for each in bound.variants)]
        waiting += (new := [name for name in dict.fromkeys(inner) if name not in found])
        found += new
    return found


def _object(bound: BoundType, makers: Mapping[str, Callable[[Call], str]], objects: Mapping[str, Complete]) -> Complete:
    inner = [(field.name, field.type) for field in bound.fields if field.type]
    variants = {each.value: each.type for each in bound.variants}

    def complete(values: Any, call: Call) -> Any:
        if isinstance(values, list):
            return [complete(each, call) for each in values]
        if not isinstance(values, Mapping):
            return values
        if variants:
            return objects[variants[values[bound.discriminator]]](values, call)
        held = {name: objects[key](values[name], call) for name, key in inner if name in values}
        return {**values, **held, **{name: make(call) for name, make in makers.items()}}

    return complete
