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
    """A function with the names of the properties that it takes."""

    function: Function
    arguments: tuple[tuple[str, Kind], ...]

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
    match = CALL.fullmatch(rule.compute)
    if match is None:
        wrong(rule.place, f"{rule.name}: compute: '{rule.compute}' is no call", "compute: age_class(birth_date)")
        return None
    function = functions.get(match[1])
    names = [each.strip() for each in match[2].split(",")] if match[2].strip() else []
    if function is None:
        remedy = suggest(match[1], list(functions)) if functions else "set ADAPTER_FUNCTIONS to the module that has it"
        wrong(rule.place, f"{rule.name}: there is no function {match[1]}", remedy)
        return None
    if len(names) != len(function.takes):
        text = f"{rule.name}: {function.name} takes {len(function.takes)} arguments, not {len(names)}"
        wrong(rule.place, text, f"write {function.name}({', '.join(function.takes)})")
        return None
    arguments = list(zip(names, function.takes.values(), strict=True))
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
