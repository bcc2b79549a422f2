"""What stands in for nothing: ``default:`` of what a caller leaves out, ``missing:`` of what a reply leaves out.

Both are proved while building: a default is a value that a caller could have sent and that can be written whatever else
is sent; what is read in place of a missing element is a value that the codec could have read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from adapter.mapping.bound import BoundField, Mode
from adapter.mapping.joined import split
from adapter.mapping.model import Place
from adapter.mapping.occurrence import Way, together
from adapter.mapping.scalars import parameter
from adapter.wsdl.types import Contract

Wrong = Callable[[Place, str, str], None]


def standing_in(wrong: Wrong, field: BoundField, mode: Mode) -> BoundField:
    """Return a field of a type with what stands in for it. A value that cannot is noted with ``wrong``."""
    rule, codec = field.rule, field.codec
    if codec is None or (rule.default is None and rule.missing is None):
        return field
    key = "default" if rule.default is not None else "missing"
    if field.shape != "scalar":
        wrong(rule.place, f"{rule.name}: {key}: {rule.soap} may occur many times", f"an array is empty: remove '{key}'")
        return field
    try:
        if mode == "reply" and rule.missing is not None:
            key, value = "missing", parameter(field, rule.missing)
            read = codec.read(codec.write(value))
            if read != value:
                raise ValueError(f"'{rule.missing}' would be read as '{read}'")
            # What is missing is then no longer missed in any of its parts.
            parts = tuple(replace(part, required=False) for part in field.parts)
            return replace(field, missing=read, required=True, parts=parts)
        if mode in ("request", "update") and rule.default is not None:
            key = "default"
            text = codec.write(parameter(field, rule.default))
            texts = split(field.parts, rule.join, text) if field.parts else {}
            parts = tuple(replace(part, default=texts[part.name]) for part in field.parts)
            return replace(field, default=text, required=False, parts=parts)
    except ValueError as error:
        wrong(rule.place, f"{rule.name}: {key}: {error}", "write a value that could stand in JSON there")
    return field


def check_defaults(wrong: Wrong, contract: Contract, record: str, ways: Sequence[Way]) -> None:
    """Note every default that could not be written beside something that a caller may send."""
    given = {name: field for _, field, name in ways if field.default is not None}
    if not given:
        return
    find = together(contract, record, ways)
    least: dict[str, object] = {name: "" for _, field, name in ways if field.required}
    arrays = [name for _, field, name in ways if field.shape in ("scalars", "objects") and field.nullable]
    for name, field in given.items():
        inner = name.rpartition(".")[2]
        if any(step.choices for step in field.steps):
            text = f"{inner}: default: {field.rule.soap} stands in a choice, and nobody could take another branch"
            wrong(field.rule.place, text, "remove 'default'")
            continue
        for more in ({}, *({array: None} for array in arrays)):
            before = set(find({**least, **more}))
            needed = sorted(set(find({**least, **more, name: ""})) - before)
            if needed:
                why = f"{needed[0][0]} {needed[0][1]}".strip()
                text = f"{inner}: default: cannot be written alone: {why}"
                wrong(field.rule.place, text, "remove 'default', or give the other one a default or 'required' too")
                break
