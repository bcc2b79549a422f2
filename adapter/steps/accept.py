"""The check of a body in one pass, made from the marshmallow fields that check it: it takes only what it is sure of.

Whatever it is not sure of, down to one object of an array, is what marshmallow makes of it. Where that refuses it, the
whole body goes to marshmallow, which says all that is wrong. So the two never differ, but in time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, ValidationError, fields, missing

from adapter import pieces
from adapter.steps.arrays import NumberedField
from adapter.steps.fields import JoinedField, ObjectField, ValueField, VariantField, nothing
from adapter.wsdl.once import Known, remember

# Takes a JSON value that is not null, and gives what the field's ``deserialize`` gives.
Accept = Callable[[Any], Any]
# What marshmallow, codecs and look-ups here say to a value that may be wrong.
NOT_SURE = (ValidationError, ValueError, KeyError, TypeError, RecursionError)


class NotSure(ValueError):
    """A value that may be wrong, or not."""


@dataclass(slots=True)
class _Made:
    accept: Accept | None = None


# What accepts the objects of a schema is made once, wherever they stand.
_MADE: Known[Schema, _Made] = Known()


def acceptor(field: fields.Field[Any]) -> Accept:
    """Return what accepts a value that ``field`` checks. It raises one of ``NOT_SURE`` where it may be wrong."""
    if isinstance(field, ValueField):
        return field.codec.at_once()
    if isinstance(field, ObjectField):
        return _object(field)
    if isinstance(field, VariantField):
        return _variants(field)
    if isinstance(field, NumberedField) or type(field) is fields.List:
        return _array(field)
    if isinstance(field, JoinedField):
        return field.parted
    return field.deserialize


def _object(field: ObjectField) -> Accept:
    made = _MADE.of(field.schema(), _Made)
    if made.accept is None:

        def itself(value: Any) -> Any:
            assert made.accept is not None
            return made.accept(value)

        # A type that contains itself meets this while it is being made.
        made.accept = itself
        made.accept = _of_names(field)
    return made.accept


def _of_names(field: ObjectField) -> Accept:
    members = list(field.schema().fields.values())
    names = {str(each.attribute): str(each.data_key) for each in members}
    if any(name != shown or "." in name for name, shown in names.items()):
        return field.deserialize  # marshmallow would make objects of such names
    takes = {str(each.data_key): acceptor(each) for each in members}
    nulls = {str(each.data_key): null for each in members if (null := _null(each)) is not None}
    defaults = [(str(each.data_key), each) for each in members if _has_default(each)]
    required = {str(each.data_key) for each in members if each.required}
    by_names = field.by_names or field.extra is nothing
    extra, known = field.extra, dict[Any, bool]()

    def accept(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise NotSure
        found: dict[str, Any] = {}
        plain = True
        for name, member in value.items():
            if member:
                found[name] = takes[name](member)
            elif member is None:
                found[name], plain = nulls[name](), False
            else:
                found[name], plain = takes[name](member), False
        given = tuple(value) if plain else _kinds(value)
        if given not in known:
            if not required <= value.keys() or extra(value):
                raise NotSure
            if by_names:
                remember(known, given, True)
        for name, each in defaults:
            if name not in found:
                found[name] = each.load_default
        return found

    return accept


def _variants(field: VariantField) -> Accept:
    by, kinds = field.by, {kind: acceptor(each) for kind, each in field.variants.items()}

    def accept(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise NotSure
        kind = value[by]
        rest = {name: member for name, member in value.items() if name != by}
        return {by: kind, **kinds[kind](rest)}

    return accept


def _array(field: fields.List[Any]) -> Accept:
    inner, validators = field.inner, field.validators
    take, null = acceptor(inner), _null(inner)
    numbered = field.numbered if isinstance(field, NumberedField) else None

    def accept(value: Any) -> list[Any]:
        if type(value) is not list:
            raise NotSure
        found: list[Any] = []
        for item in value if len(value) <= pieces.FEW else pieces.each(value):
            if item is None and null is not None:
                found.append(null())
                continue
            try:
                found.append(take(item))
            except NOT_SURE:
                found.append(inner.deserialize(item))
        if numbered is not None:
            found = [numbered(index, each) for index, each in enumerate(found)]
        for validate in validators:
            validate(found)
        return found

    return accept


def _null(field: fields.Field[Any]) -> Callable[[], Any] | None:
    """Return what gives the value of null; None where it is refused."""
    if isinstance(field, ValueField) and field.codec.takes_null:
        write = field.codec.write
        return lambda: write(None)
    return (lambda: None) if field.allow_none else None


def _has_default(field: fields.Field[Any]) -> bool:
    return not field.required and field.load_default is not missing


def _kinds(values: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Return the names of values, and of each whether it is null or has nothing in it."""
    return tuple((name, None if value is None else value in ([], {})) for name, value in values.items())
