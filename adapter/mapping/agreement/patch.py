"""Agreement of partial changes of which the ERP is told in its own way: here a list of names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from adapter.mapping.agreement.flags import flagged
from adapter.mapping.agreement.types import Binder
from adapter.mapping.bound import BoundField, BoundType, Nulls, leaves
from adapter.mapping.coverage import collisions
from adapter.mapping.model import FieldRule, Place, TypeRule
from adapter.mapping.model.change import PatchRule
from adapter.wsdl.once import by_identity

NULL_LIST = "#null_list"  # no property can be called so


def patched(binder: Binder, rule: PatchRule, key: str, encoded: bool) -> str:
    """Return the key of the bound type ``key`` as ``rule`` tells its changes, "" where that does not agree."""
    if rule.kind == "changed_flags":
        return flagged(binder, rule, key)
    if rule.kind != "null_list":
        return key
    own = f"{key} null_list {rule.path}"
    if own in binder.types:
        return own
    bound = binder.types[key]
    if bound.variants:
        variants = tuple(replace(each, type=patched(binder, rule, each.type, encoded)) for each in bound.variants)
        found = replace(bound, variants=variants) if all(each.type for each in variants) else None
    else:
        found = _listed(binder, rule, bound, encoded)
    if found is not None:
        binder.types[own] = replace(found, key=own)
    return own if found is not None else ""


def _listed(binder: Binder, rule: PatchRule, bound: BoundType, encoded: bool) -> BoundType | None:
    """Return a type whose optional properties can be null, each with its name in the list."""
    field = binder.field(FieldRule("null_list", rule.place, rule.path), bound.record, "request", encoded)
    if field is None:
        return None
    field = replace(field, name=NULL_LIST)
    if field.shape != "scalars" or field.codec is None:
        binder.wrong(rule.place, f"null_list: {rule.path} occurs once", "name the element that repeats")
        return None
    if field.necessary:
        text = f"null_list: {rule.path} must always be there, also when nothing is null"
        binder.wrong(rule.place, text, "a change like this fits optional lists only: patch: partial")
        return None
    names: dict[str, str] = {}
    fields = tuple(_clearable(binder, each, names) for each in bound.fields)
    for end, text, _ in collisions([*leaves(fields), *bound.constants, field]):
        if end is field:
            binder.wrong(rule.place, f"null_list: {text.replace(NULL_LIST, 'it')}", "remove that property")
    for rule_of, called in _called(fields, names):
        try:
            field.codec.write(called)
        except ValueError as error:
            text = f"{rule_of.name}: its name in {rule.path} would be '{called}', which {error}"
            binder.wrong(rule_of.place, text, "null_name: the ERP's name")
    return replace(bound, fields=fields, nulls=Nulls(field, names))


def _clearable(binder: Binder, field: BoundField, names: dict[str, str], before: str = "") -> BoundField:
    """Return a field that can be null, with its name (those of its parts) noted; as it was where it cannot be cleared.

    A converter's own text for null stays what it is; what the contract requires is nil where the contract has nil.
    """
    name = before + field.name
    if field.parts and field.codec is None:
        inner = binder.types[field.type]
        parts = tuple(_clearable(binder, each, names, f"{name}/") for each in inner.fields)
        made = replace(inner, key=f"{field.type} null_list", fields=parts)
        binder.types[made.key] = made
        return replace(field, parts=made.written, type=made.key)
    own_text = field.codec is not None and field.codec.takes_null
    ends = {f"{name}/{part.name}": part for part in field.parts} or {name: field}
    called = {key: field.rule.null_name or _own_name(end) for key, end in ends.items()}
    if own_text or field.rule.required or any(end.necessary for end in ends.values()) or not all(called.values()):
        if field.rule.null_name:
            text = f"{field.rule.name}: null_name: it is required, or has a text for null, so it is in no list"
            binder.wrong(field.rule.place, text, "remove 'null_name'")
        return replace(field, nullable=field.nullable and not field.rule.required)
    names.update(called)
    return replace(field, nullable=True)


def _own_name(field: BoundField) -> str:
    """Return what the ERP calls a field: the name of its entry in a bag, else of its first element."""
    entry = next((step.entry for step in field.steps if step.entry), "")
    return entry or (field.steps[0].element.name if field.steps else "")


def _called(fields: Iterable[BoundField], names: dict[str, str]) -> list[tuple[FieldRule, str]]:
    return [(field.rule, names[field.name]) for field in leaves(fields) if field.name in names]


def check_patch_keys(binder: Binder) -> None:
    """A name for the list must be that of a property that some body can clear; ``flagged`` needs a body with flags."""
    used = {
        place for bound in binder.types.values() if bound.nulls and bound.nulls.field for place in _places(bound.fields)
    }
    patches = [rule.body.patch for rule in binder.resource.operations if rule.body is not None]
    flags = any(patch is not None and patch.kind == "changed_flags" for patch in patches)
    for rule in (
        () if binder.mistakes else [each for kind in binder.resource.types.values() for each in _peculiar(kind)]
    ):
        if rule.null_name and rule.place not in used:
            text = f"{rule.name}: null_name: no body of this resource has it in a null_list"
            binder.wrong(rule.place, text, "remove 'null_name', or patch: {null_list: …}")
        if not rule.flagged and not flags:
            text = f"{rule.name}: flagged: no body of this resource is told by changed_flags"
            binder.wrong(rule.place, text, "remove 'flagged', or patch: {changed_flags: …}")


@by_identity
def _peculiar(kind: TypeRule) -> tuple[FieldRule, ...]:
    """Return the fields of a type that say something of patches. Files that share a type share the search for them."""
    every = (*kind.fields.values(), *(each for one in kind.variants for each in one.fields.values()))
    return tuple(rule for rule in every if rule.null_name or not rule.flagged)


def _places(fields: Iterable[BoundField]) -> Iterator[Place]:
    for field in fields:
        yield field.rule.place
        yield from _places(field.parts)
