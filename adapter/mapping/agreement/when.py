"""Agreement of conditions: what they name is there, single, and can have the values; nothing depends on itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from adapter.mapping.agreement.constants import SET, Given, constant
from adapter.mapping.bound import BoundField, Mode
from adapter.mapping.model import FieldRule, Place, TypeRule
from adapter.mapping.model.when import Condition
from adapter.mapping.paths import suggest
from adapter.mapping.when import Judge
from adapter.wsdl import lexical

Wrong = Callable[[Place, str, str], None]
Rules = Mapping[str, FieldRule]


def conditional(wrong: Wrong, rules: Rules, fields: Iterable[BoundField], mode: Mode) -> list[BoundField]:
    """Return the fields of a type with their conditions bound. What does not agree is noted with ``wrong``."""
    fields = list(fields)
    here = {field.name: field for field in fields}
    return [_field(wrong, rules, here, field, mode) if field.rule.when else field for field in fields]


def _field(wrong: Wrong, rules: Rules, here: Mapping[str, BoundField], field: BoundField, mode: Mode) -> BoundField:
    rule = field.rule
    if mode not in ("reply", "merge") and field.necessary:
        text = f"{rule.name}: the contract always requires {rule.soap}, so it cannot depend on another property"
        wrong(rule.place, text, "remove 'when', or make it read_only")
    for condition in rule.when:
        other = rules.get(condition.name)
        if mode == "reply" and other is not None and other.write_only:
            text = f"{rule.name}: when: {condition.name} is write_only, so no reply says it"
            wrong(condition.place, text, "name a property that replies have, or make this one write_only")
        if other is not None and other.when:
            text = f"{rule.name}: when: {condition.name} depends on another property itself"
            wrong(condition.place, text, "name what that one depends on")
    judges = _judges(wrong, rules, here, rule.when, mode, rule.name)
    return replace(field, when=tuple(judges), required=False)


def constant_when(
    wrong: Wrong, rules: Rules, here: Mapping[str, BoundField], constant: BoundField, when: tuple[Condition, ...],
    mode: Mode,
) -> BoundField:  # fmt: skip
    """Return a constant with its conditions bound: ``rules`` and ``here`` are properties, or parameters."""
    path = constant.rule.soap
    if constant.necessary:
        text = f"{path}: the contract always requires it, so it cannot depend on anything"
        wrong(constant.rule.place, text, "remove 'when'")
    for condition in when:
        if condition.name in rules and rules[condition.name].read_only:
            wrong(condition.place, f"{path}: when: callers cannot give {condition.name}", "name one that they can give")
    judges = _judges(wrong, rules, here, when, mode, path)
    return replace(constant, when=tuple(judges), required=False)


def constants_of(
    rule: TypeRule, rules: Rules, fields: Iterable[BoundField], bind: Callable[[FieldRule], BoundField | None],
    wrong: Wrong, given: Given, mode: Mode,
) -> list[BoundField]:  # fmt: skip
    """Bind what is written with every object of a type, whose properties are ``rules``, bound as ``fields``."""
    here, found = {field.name: field for field in fields}, []
    for each in rule.set if mode not in ("reply", "merge") else ():
        bound = constant(each, bind, wrong, given, rule.name)
        if bound is not None and each.when:
            bound = constant_when(wrong, rules, here, bound, each.when, mode)
        if bound is not None:
            found.append(replace(bound, name=f"{SET}{bound.name}"))
    return found


def _judges(
    wrong: Wrong, rules: Rules, here: Mapping[str, BoundField], when: tuple[Condition, ...], mode: Mode, name: str
) -> list[Judge]:
    judges = []
    for condition in when:
        field = here.get(condition.name)
        if condition.name not in rules or condition.name == name:
            others = [each for each in rules if each != name]
            wrong(condition.place, f"{name}: when: there is no {condition.name}", suggest(condition.name, others))
        elif field is not None and (field.codec is None or field.shape != "scalar"):
            text = f"{name}: when: {condition.name} is no single value"
            wrong(condition.place, text, "name a property with one value")
        elif field is not None and (judge := _judge(wrong, field, condition, mode, name)) is not None:
            judges.append(judge)
    return judges


def _judge(wrong: Wrong, field: BoundField, condition: Condition, mode: Mode, name: str) -> Judge | None:
    codec = field.codec
    assert codec is not None
    if field.parts and condition.values:
        text = f"{name}: when: {condition.name} stands in several elements"
        wrong(condition.place, text, "name a property that stands in one")
        return None
    for value in condition.values:
        try:
            codec.write(value)
        except ValueError as error:
            text = f"{name}: when: {condition.name} can never be {value}: {error}"
            wrong(condition.place, text, f"give values that {condition.name} can have, as JSON has them")
    default: Any = None if field.default is None else "" if field.parts else codec.read(field.default)
    numeric = codec.logical == "decimal" or codec.logical in lexical.INTEGERS or codec.logical in ("float", "double")
    return Judge(condition, codec.read, default, mode in ("partial", "merge"), numeric)
