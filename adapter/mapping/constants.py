"""Values that no caller gives: constants of operations, header blocks and types, and properties with one value.

All of it is proved while building: a constant is a value that the contract allows, and one that is written with every
object of a type can stand beside everything that a caller may send.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from adapter.mapping.bound import BoundField, Mode
from adapter.mapping.codec import Codec
from adapter.mapping.model import Constant, FieldRule, Place
from adapter.mapping.occurrence import Way, together
from adapter.settings import value_name
from adapter.wsdl.types import Contract

Wrong = Callable[[Place, str, str], None]
ValueOf = Callable[[str], str | None]
# What stands before a constant's path in the name of its value; no property is called so.
SET = "set."


def constant(
    rule: Constant, bind: Callable[[FieldRule], BoundField | None], wrong: Wrong, value_of: ValueOf, name: str
) -> BoundField | None:
    """Bind one constant, None where it does not agree. ``name`` says whose it is, for mistakes."""
    given = value_of(rule.setting) if rule.setting else rule.value
    bound = bind(FieldRule(rule.path, rule.place, rule.path))
    if given is None:
        text = f"{name}: the settings have no value '{rule.setting}'"
        wrong(rule.place, text, f"set {value_name(rule.setting)}")
    if bound is None or bound.codec is None or given is None:
        return None
    try:
        fixed = bound.codec.write(bound.codec.read(given))
    except ValueError as error:
        shown = value_name(rule.setting) if rule.setting else f"'{given}'"
        wrong(rule.place, f"{name}: {rule.path}: {shown} {error}", "give a value the contract allows")
        return None
    return replace(bound, shape="scalar", nullable=False, required=True, fixed=fixed)


def check_constants(wrong: Wrong, contract: Contract, record: str, ways: Sequence[Way]) -> None:
    """Note every constant of a type that could not be written beside something that a caller may send."""
    constants = {name: field for _, field, name in ways if field.fixed is not None}
    if not constants:
        return
    find = together(contract, record, ways)
    for name, field in constants.items():
        for sent in _bodies(ways):
            before = set(find(sent))
            needed = sorted(set(find({**sent, name: field.fixed})) - before)
            if needed:
                text = f"{field.rule.soap}: cannot always be written: {_shown(*needed[0])}"
                wrong(field.rule.place, text, "write it at another place, or make what it needs required")
                break


def _bodies(ways: Sequence[Way]) -> Iterator[dict[str, object]]:
    """Yield what callers may send: only what must be, and each other property beside that."""
    least: dict[str, object] = {name: "" for _, field, name in ways if field.required and field.fixed is None}
    yield least
    for _, field, name in ways:
        if field.fixed is None:
            yield {**least, name: ""}
            if field.nullable:
                yield {**least, name: None}


def _shown(name: str, text: str) -> str:
    return f"{name} {text}".strip().replace(SET, "")


def always_there(rule: FieldRule, mode: Mode) -> BoundField:
    """Return a property that the ERP does not have: every reply has it, and callers may repeat it."""
    return BoundField(rule.name, rule, (), None, "scalar", _only(rule.constant), required=mode == "reply", doc=rule.doc)


def _only(value: Any) -> Codec:
    """Return the codec of one JSON value."""
    flag, text = isinstance(value, bool), isinstance(value, str)
    kind = "boolean" if flag else "string" if text else "integer" if isinstance(value, int) else "number"
    shown = str(value).lower() if flag else str(value)

    def write(given: Any) -> str:
        number = isinstance(given, int | Decimal) and not isinstance(given, bool)
        if given != value or isinstance(given, bool) != flag or not (number or flag or text):
            raise ValueError(f"must be {shown}")
        return shown

    return Codec(lambda text: value, write, {"type": kind, "const": value})
