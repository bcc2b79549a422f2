"""Agreement of arrays whose items are arranged: as an object by a key of theirs, or in the order of their numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from adapter.mapping.bound import BoundField, Mode
from adapter.mapping.codec import Codec
from adapter.mapping.items import Items
from adapter.mapping.model import FieldRule, NumberRule, Place
from adapter.mapping.model.operation import Resource
from adapter.mapping.paths import suggest
from adapter.mapping.standing import stands_in

Wrong = Callable[[Place, str, str], None]
Bind = Callable[[FieldRule], BoundField | None]


def item_rules(array: FieldRule | None, rules: Mapping[str, FieldRule]) -> Mapping[str, FieldRule]:
    """Return the rules of an item: those of its type, and its number where the array has numbers."""
    if array is None or array.number is None:
        return rules
    return {**rules, array.number.field.name: array.number.field}


def as_item(array: FieldRule | None, field: BoundField, mode: Mode) -> BoundField:
    """Return a field of an item. A number is read as it is: one that cannot be read does not fail the reply."""
    if array is None or array.number is None or mode != "reply" or field.name != array.hides or field.codec is None:
        return field
    return replace(field, codec=Codec(lambda text: text, field.codec.write), required=False, nullable=True)


def items_of(rule: FieldRule, resource: Resource, bind: Bind, wrong: Wrong, mode: Mode) -> Items | None:
    """Return how the items of an array are arranged; None where they are not, or where it was noted with ``wrong``.

    ``bind`` binds one field of the items.
    """
    if rule.number is not None:
        return _numbered(rule, rule.number, bind, wrong)
    named = resource.types.get(rule.type_name)
    if not rule.by or named is None:
        return None
    found = named.fields.get(rule.by)
    if found is None:
        wrong(
            rule.place, f"{rule.name}: by: {named.name} has no property {rule.by}", suggest(rule.by, list(named.fields))
        )
        return None
    if not stands_in(found, mode):
        why = "shown" if mode == "reply" else "set"
        wrong(rule.place, f"{rule.name}: by: {rule.by} cannot be {why}, and a key must be", f"change {rule.by}")
        return None
    leaning = [each.name for each in named.fields.values() if any(one.name == rule.by for one in each.when)]
    if leaning:
        text = f"{rule.name}: by: {leaning[0]} depends on {rule.by}, which is not in the items then"
        wrong(rule.place, text, f"leave out 'by', or 'when' of {leaning[0]}")
        return None
    field = bind(found)
    if field is None:
        return None
    if field.shape != "scalar" or field.codec is None or field.codec.schema.get("type") != "string":
        wrong(rule.place, f"{rule.name}: by: {rule.by} is no text", "by: a property that is one text")
    elif mode == "reply" and (field.nullable or not (field.required or found.missing is not None)):
        text = f"{rule.name}: by: a reply may hold no {rule.by}, and its item would have no key"
        wrong(rule.place, text, f"give {rule.by} a 'missing:', or leave out 'by'")
    else:
        return Items(field.name, field.codec)
    return None


def _numbered(rule: FieldRule, number: NumberRule, bind: Bind, wrong: Wrong) -> Items | None:
    field = bind(number.field)
    if field is None:
        return None
    if field.shape != "scalar" or field.codec is None:
        wrong(number.field.place, f"{rule.name}: number: {number.field.soap} is no single value", "name one element")
        return None
    try:
        items = Items(field.name, field.codec, number.first, number.step)
        items.number(0)
    except ValueError as error:
        text = f"{rule.name}: number: the first one, {number.first}, {error}"
        wrong(number.field.place, text, "first: a number that the contract allows")
        return None
    return items
