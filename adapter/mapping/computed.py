"""Properties that a function computes of others: ``age_class: {compute: "age_class(birth_date, kind)"}``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from adapter.mapping.bound import BoundField
from adapter.mapping.codec import Codec
from adapter.mapping.functions import Function, Kind
from adapter.mapping.model import FieldRule, Place
from adapter.mapping.paths import suggest

Wrong = Callable[[Place, str, str], None]
CALL = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\(([^()]*)\)")


@dataclass(frozen=True, slots=True)
class Computed:
    """A function with the names of the properties that it takes.

    ``told``: the words of a ValueError are for the caller whose request it fails on.
    """

    function: Function
    arguments: tuple[tuple[str, Kind], ...]
    told: bool = False

    @property
    def named(self) -> str:
        """The function's name."""
        return self.function.name

    def of(self, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """Return the arguments that an object's JSON values make. None: one is missing, or is no such value."""
        found = []
        for name, kind in self.arguments:
            value = values.get(name)
            if value is None and not kind.optional:
                return None
            try:
                found.append(None if value is None else kind.value(value))
            except ValueError:  # a date that Python does not know; what is odd about it was noted when it was read
                return None
        return tuple(found)

    def value(self, arguments: tuple[Any, ...]) -> Any:
        """Call the function. Whatever it raises becomes a ValueError that names its type and nothing of the reply."""
        try:
            return self.function.gives.json(self.function.call(*arguments))
        except Exception as error:
            if self.told and isinstance(error, ValueError):
                raise
            raise ValueError(f"{self.function.name} failed ({type(error).__name__})") from error


def computed(
    wrong: Wrong, functions: Mapping[str, Function], rules: Mapping[str, FieldRule], fields: Iterable[BoundField]
) -> list[BoundField]:
    """Return the fields of a type that is read, those that are computed bound to their functions."""
    fields = list(fields)
    here = {field.name: field for field in fields if not field.rule.compute}
    made = [_bound(wrong, functions, rules, here, field) if field.rule.compute else field for field in fields]
    return [field for field in made if field is not None]


def _bound(
    wrong: Wrong, functions: Mapping[str, Function], rules: Mapping[str, FieldRule], here: Mapping[str, BoundField],
    field: BoundField,
) -> BoundField | None:  # fmt: skip
    rule = field.rule
    called = _called(wrong, functions, rule.place, rule.name, rule.compute)
    if called is None:
        return None
    function, arguments = called
    names = [name for name, _ in arguments]
    fine = [_fits(wrong, rules, here, rule, name, kind) for name, kind in arguments]
    if not all(fine):
        return None
    gives = function.gives
    codec = Codec(lambda text: text, str, gives.schema)
    always = all(kind.optional or (here[name].required and not here[name].nullable) for name, kind in arguments)
    sure = always and all(kind.of.__name__ not in ("date", "datetime") for _, kind in arguments)
    doc = rule.doc or f"Computed from {' and '.join(names)}." if names else rule.doc or "Computed."
    return replace(
        field, codec=codec, nullable=gives.optional, required=sure, doc=doc,
        computed=Computed(function, tuple(arguments)),
    )  # fmt: skip


def _called(
    wrong: Wrong, functions: Mapping[str, Function], place: Place, name: str, text: str
) -> tuple[Function, list[tuple[str, Kind]]] | None:
    """Return the function that a text calls, and the names that it is called with. None where there is none."""
    match = CALL.fullmatch(text)
    if match is None:
        wrong(place, f"{name}: compute: '{text}' is no call", "compute: age_class(birth_date)")
        return None
    function = functions.get(match[1])
    names = [each.strip() for each in match[2].split(",")] if match[2].strip() else []
    if function is None:
        remedy = suggest(match[1], list(functions)) if functions else "set ADAPTER_FUNCTIONS to the module that has it"
        wrong(place, f"{name}: there is no function {match[1]}", remedy)
        return None
    if len(names) != len(function.takes):
        why = f"{name}: {function.name} takes {len(function.takes)} arguments, not {len(names)}"
        wrong(place, why, f"write {function.name}({', '.join(function.takes)})")
        return None
    return function, list(zip(names, function.takes.values(), strict=True))


def computed_constant(
    wrong: Wrong, functions: Mapping[str, Function], here: Mapping[str, BoundField], field: BoundField
) -> BoundField:
    """Return a constant of an operation bound to the function that computes it of what callers give (``here``)."""
    rule = field.made
    assert rule is not None
    called = _called(wrong, functions, rule.place, rule.path, rule.function)
    if called is None:
        return field
    function, arguments = called
    for name, kind in arguments:
        given = here.get(name)
        if given is None:
            text = f"{rule.path}: compute: callers give no {name}"
            wrong(rule.place, text, suggest(name, list(here)) if here else "name a parameter or a property of the body")
        elif given.codec is None or given.shape != "scalar" or not kind.fits(given.codec):
            wrong(
                rule.place, f"{rule.path}: compute: {name} is no {kind.of.__name__}", "see the function's annotations"
            )
        elif not kind.optional and (not given.required or given.nullable):
            text = f"{rule.path}: compute: {function.name} takes {name}, which callers may leave out"
            wrong(rule.place, text, f"make {name} required, or annotate it {kind.of.__name__} | None")
    gives = function.gives
    if field.codec is not None and not gives.fits(field.codec):
        text = f"{rule.path}: {function.name} gives {gives}, which the contract does not take there"
        wrong(rule.place, text, "see the function's annotations")
    if gives.optional and field.necessary:
        text = f"{rule.path}: {function.name} may give nothing, but the contract requires a value there"
        wrong(rule.place, text, f"let it return {gives.of.__name__}")
    return replace(field, computed=Computed(function, tuple(arguments), told=True))


def _fits(
    wrong: Wrong, rules: Mapping[str, FieldRule], here: Mapping[str, BoundField], rule: FieldRule, name: str, kind: Kind
) -> bool:
    field = here.get(name)
    if field is None:
        known = name in rules
        text = f"{rule.name}: compute: {name} is in no reply, or is computed itself" if known else (
            f"{rule.name}: compute: there is no property {name}")  # fmt: skip
        wrong(rule.place, text, "name properties that replies have" if known else suggest(name, list(here)))
    elif field.codec is None or field.shape != "scalar" or not kind.fits(field.codec):
        wrong(rule.place, f"{rule.name}: compute: {name} is no {kind.of.__name__}", "see the function's annotations")
    else:
        return True
    return False
