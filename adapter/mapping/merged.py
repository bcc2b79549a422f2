"""A field of a body that is merged into a record that was read: what it may be, and what null does to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from adapter.mapping.bound import BoundField, Mode
from adapter.mapping.model import Place
from adapter.mapping.paths import Child

Wrong = Callable[[Place, str, str], None]


def item_mode(mode: Mode) -> Mode:
    """Return how the items of an array are bound: those of a record too, since they take the place of the old ones."""
    return "update" if mode == "merge" else mode


def in_record(wrong: Wrong, field: BoundField | None, mode: Mode) -> BoundField | None:
    """Return a field; one whose record stands there already requires nothing of a caller, and null clears it.

    One whose place in the record cannot be told is noted with ``wrong``.
    """
    if field is None or mode != "merge":
        return field
    if why := _no_place(field):
        text = f"{field.rule.name}: {why}, so read_modify_write cannot place it"
        wrong(field.rule.place, text, "make it read_only")
    own_text = field.codec is not None and field.codec.takes_null and field.shape == "scalar"
    return replace(field, required=False, necessary=False, nullable=own_text or _can_be_cleared(field))


def _no_place(field: BoundField) -> str:
    """Say why the place of a field in a record cannot be told, "" where it can."""
    if field.markup is not None:
        return "it is XML as it stands"
    for step in field.steps:
        if step.repeated:
            return f"{step.element.name} stands in a group that repeats as a whole"
        if step.places:
            return f"{step.element.name} stands at several places"
        if step.entry:
            return f"{step.element.name} is an entry of a bag"
    return ""


def is_optional(step: Child) -> bool:
    """Tell whether a record may do without the element of a step."""
    return not step.required or step.least == 0


def _can_be_cleared(field: BoundField) -> bool:
    """Null takes an optional element or attribute out, or makes an element nil; for an array also the one around it."""
    if field.attribute is not None:
        return not field.attribute.required
    if not field.steps:
        return False
    *before, last = field.steps
    if field.shape in ("scalars", "objects"):
        return is_optional(last) or (bool(before) and (is_optional(before[-1]) or before[-1].element.nillable))
    return is_optional(last) or last.element.nillable
