"""Agreement of signs in a reply: where it says no or warns, with paths and values that the contract knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from adapter.mapping.agreement.reply import element_at
from adapter.mapping.agreement.types import Binder
from adapter.mapping.bound import BoundField, Reply, Sign
from adapter.mapping.codec import Codec
from adapter.mapping.model import FieldRule
from adapter.mapping.model.operation import OperationRule, SignRule
from adapter.mapping.paths import PathError, follow
from adapter.wsdl import lexical
from adapter.wsdl.types import Operation, Record, Scalar


def bind_signs(binder: Binder, rule: OperationRule, operation: Operation, encoded: bool, reply: Reply) -> Reply:
    """Return the bound reply with ``refused:`` and ``warnings:`` bound too, where they agree."""
    refused, warnings = reply.rule.refused, reply.rule.warnings
    return replace(
        reply,
        refused=bind_sign(binder, "refused", refused, operation, encoded) if refused is not None else None,
        warnings=bind_sign(binder, "warnings", warnings, operation, encoded) if warnings is not None else None,
    )


def bind_sign(binder: Binder, name: str, rule: SignRule, operation: Operation, encoded: bool) -> Sign | None:
    """Bind one sign. None where it does not agree. ``name`` is the key it stands below, for mistakes."""
    if operation.output is None or operation.output.root is None:
        binder.wrong(rule.place, f"{name}: {operation.key} answers nothing", f"remove '{name}'")
        return None
    start = operation.output.root.type
    found = element_at(binder, rule.place, start, rule.each) if rule.each else ((), start)
    if found is None:
        return None
    steps, key = found
    if rule.each and not steps[-1].repeats:
        binder.wrong(rule.place, f"{name}: each: {rule.each} occurs once", "remove 'each' and lengthen the paths")
        return None
    if inner := [step.element.name for step in steps[:-1] if step.repeats]:
        binder.wrong(rule.place, f"{name}: {inner[0]} on the way to {rule.each} repeats", f"each: end it at {inner[0]}")
        return None
    where = bind_value(binder, name, rule.where, key, encoded)
    # One flag can have several reasons below it; a refusal is told by the first.
    first = name == "refused"
    codes = [bind_value(binder, name, each, key, encoded, first) for each in rule.codes]
    text = bind_value(binder, name, rule.text, key, encoded, first) if rule.text is not None else None
    if where is None or where.codec is None:
        return None
    value = _value(where.codec, _builtin(binder, where, key))
    # A warning that cannot be read must not turn what the ERP did into an error; a refusal that cannot be read must.
    codec = replace(where.codec, read=value, tolerant=name == "warnings", quick=None)
    return Sign(
        rule,
        steps,
        replace(where, codec=codec),
        tuple(
            each
            for each in (_known(binder, name, rule, where.codec, value, text) for text in rule.values)
            if each is not None
        ),
        tuple(as_it_is(each, f"code{index}") for index, each in enumerate(codes) if each is not None),
        as_it_is(text, "text") if text is not None else None,
    )


def bind_value(
    binder: Binder, name: str, rule: FieldRule, start: str, encoded: bool, first: bool = False
) -> BoundField | None:
    """Bind a path to one value (the first of many, where that is asked for), which no reply needs to hold."""
    named = replace(rule, name=f"{name}: {rule.name}")
    if wrong := no_single_value(binder, start, rule.soap, first):
        binder.wrong(rule.place, f"{named.name}: {wrong[0]}", wrong[1])
        return None
    found = binder.field(named, start, "reply", encoded, first)
    return replace(found, name=rule.name, required=False, nullable=True) if found is not None else None


def no_single_value(binder: Binder, start: str, path: str, first: bool) -> tuple[str, str] | None:
    """Say what stands at the end of a path in place of one value, and what to do. None where it leads nowhere."""
    try:
        spot = follow(binder.contract, start, path)
    except PathError:
        return None
    for step in spot.steps:
        if step.repeats and not first:
            return f"{step.element.name} may occur many times", f"each: the path to {step.element.name}"
    kind = binder.contract.types.get(spot.type)
    if isinstance(kind, Record) and not kind.text:
        return f"{path} holds elements, not a value", "lengthen the path to a value"
    return None


def as_it_is(field: BoundField, name: str) -> BoundField:
    """Return a field that is read as the text it is."""
    return replace(field, name=name, codec=Codec(str.strip, str))


def _value(codec: Codec, builtin: str) -> Callable[[str], object]:
    """Return how a text is read so that one value is one: ``1`` and ``true``, ``4`` and ``04``."""

    def read(text: str) -> object:
        text = text.strip(" \t\r\n")
        if not text:
            return None
        value = codec.read(text)
        return Decimal(text) if builtin == "decimal" or builtin in lexical.INTEGERS else value

    return read


def _known(
    binder: Binder, name: str, rule: SignRule, codec: Codec, value: Callable[[str], object], text: str
) -> object:
    """Return the value of a text in the rule. None, and a mistake, where the contract does not allow it there."""
    try:
        codec.write(codec.read(text))
        return value(text)
    except ValueError as error:
        remedy = f"give values that the contract allows at {rule.where.soap}"
        binder.wrong(rule.place, f"{name}: '{text}' {error}", remedy)
        return None


def _builtin(binder: Binder, field: BoundField, start: str) -> str:
    key = field.steps[-1].type if field.steps else start
    kind = binder.contract.types.get(field.attribute.type if field.attribute is not None else key)
    kind = binder.contract.types.get(kind.text) if isinstance(kind, Record) else kind
    return kind.builtin if isinstance(kind, Scalar) else ""
