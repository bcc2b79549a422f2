"""Agreement of flags beside values: each property that callers may change has a place for its flag."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from adapter.mapping.agreement.reply import element_at
from adapter.mapping.agreement.types import Binder
from adapter.mapping.bound import BoundField, Flag, Nulls, leaves
from adapter.mapping.model import FieldRule
from adapter.mapping.model.change import PatchRule
from adapter.mapping.paths import PathError, children, follow
from adapter.wsdl.types import Record


def flagged(binder: Binder, rule: PatchRule, key: str) -> str:
    """Return the key of the bound type ``key`` with all that can be cleared by its flag nullable, "" where wrong."""
    own = f"{key} changed_flags"
    if own in binder.types:
        return own
    bound = binder.types[key]
    if bound.variants:
        text = f"changed_flags: {bound.name} has variants, and a flag must have one place"
        binder.wrong(rule.place, text, "patch: partial, or a type of its own for each variant")
        return ""
    names: dict[str, str] = {}
    # Noted before its fields are looked at, so that a type that contains itself ends.
    binder.types[own] = bound
    fields = tuple(_clearable(binder, rule, field, names) for field in bound.fields)
    binder.types[own] = replace(bound, key=own, fields=fields, nulls=Nulls(None, names) if names else None)
    return own


def _clearable(
    binder: Binder, rule: PatchRule, field: BoundField, names: dict[str, str], before: str = ""
) -> BoundField:
    name = before + field.name
    if field.shape in ("scalars", "objects"):
        text = f"{field.rule.name}: an array has no flags of its own"
        binder.wrong(field.rule.place, text, "make it read_only, or change it by an operation of its own")
        return field
    if field.parts and field.codec is None:
        inner = binder.types[field.type]
        parts = tuple(_clearable(binder, rule, each, names, f"{name}/") for each in inner.fields)
        made = replace(inner, key=f"{field.type} changed_flags", fields=parts)
        binder.types[made.key] = made
        return replace(field, parts=made.written, type=made.key)
    if field.type:
        return replace(field, type=flagged(binder, rule, field.type) or field.type, nullable=False)
    ends = [f"{name}/{part.name}" for part in field.parts] or [name]
    own_text = field.codec is not None and field.codec.takes_null
    if field.necessary or own_text or field.nullable or not field.rule.flagged:
        return field
    # Nothing is written for null, and the flag says that nothing is what is meant.
    names.update((end, end) for end in ends)
    return replace(field, nullable=True)


def bind_flags(binder: Binder, rule: PatchRule, start: str, key: str) -> Mapping[str, Flag]:
    """Bind the flags of a body of the bound type ``key``, by the names of its values."""
    found = element_at(binder, rule.place, start, rule.path)
    if found is None:
        return {}
    kinds = set(_flag_types(binder, binder.types[key].record, found[1], ()))
    ends = _ends(binder, key, "", "")
    flags = {name: _flag(binder, rule, start, kinds, name, path, field) for name, path, field in ends}
    return {name: flag for name, flag in flags.items() if flag is not None}


def _ends(
    binder: Binder, key: str, name: str, path: str, around: tuple[str, ...] = ()
) -> Iterator[tuple[str, str, BoundField]]:
    """Yield every value that has a flag: its name, its path below the body's element, its field."""
    for field in leaves(binder.types[key].fields):
        steps = [step.element.name for step in field.steps]
        steps += [f"@{field.attribute.name}"] if field.attribute is not None else []
        here = ".".join([*([path] if path else []), *steps])
        if field.type in (*around, key):
            text = f"{field.rule.name}: stands in itself without end, so its flags cannot be told"
            binder.wrong(field.rule.place, text, "make it read_only")
        elif field.type and field.shape == "object":
            yield from _ends(binder, field.type, f"{name}{field.name}/", here, (*around, key))
        elif field.rule.flagged and field.shape == "scalar" and steps and field.fixed is None and field.made is None:
            yield f"{name}{field.name}", here, field


def _flag(
    binder: Binder, rule: PatchRule, start: str, kinds: set[str], name: str, path: str, field: BoundField
) -> Flag | None:
    place = field.rule.place
    try:
        spot = follow(binder.contract, start, f"{rule.path}.{path}")
    except PathError as error:
        text = f"{name}: {rule.path} has no place for its flag: {error}"
        binder.wrong(place, text, "flagged: false, or make it read_only")
        return None
    whole = FieldRule(name, place, f"{rule.path}.{path}")
    bound = binder.field(whole, start, "request")
    if bound is None or bound.codec is None:
        return None
    own = field.attribute.type if field.attribute is not None else field.steps[-1].type
    repeats = spot.type == own and spot.type not in kinds
    raised: str | None = None
    if not repeats:
        try:
            raised = bound.codec.write(bound.codec.read(rule.flag))
        except ValueError as error:
            binder.wrong(
                rule.place, f"flag: '{rule.flag}' {error} at {whole.soap}", "flag: what the contract allows there"
            )
            return None
    return Flag(replace(bound, name=f"flags.{name}", shape="scalar", required=False), raised)


def _flag_types(binder: Binder, values: str, flags: str, around: tuple[str, ...]) -> Iterator[str]:
    """Yield the types of flags: of elements whose namesake among the values is of another type."""
    here, there = binder.contract.types.get(values), binder.contract.types.get(flags)
    if not isinstance(here, Record) or not isinstance(there, Record) or flags in around:
        return
    types = {child.element.name: child.type for child in children(here)}
    for child in children(there):
        other = types.get(child.element.name)
        if other is not None and isinstance(binder.contract.types.get(child.type), Record):
            yield from _flag_types(binder, other, child.type, (*around, flags))
        elif other is not None and other != child.type:
            yield child.type
