"""marshmallow schemas, built from mapping × contract, one for each JSON object type that callers may send.

A field deserializes a JSON value to the text that stands in XML: its codec converts and checks in one go, so what has
passed here can be written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields

from adapter.mapping.bound import BoundField, BoundType, Endpoint, leaves, ways
from adapter.mapping.bound_type import within
from adapter.mapping.flat import flattened, in_xml, shown
from adapter.mapping.markup import Markup, placeable
from adapter.mapping.misplaced import as_callers_know, misplaced
from adapter.mapping.nulls import parted
from adapter.mapping.occurrence import takes_nil, together
from adapter.mapping.turns import empty_turn
from adapter.steps.arrays import KeyedField, NumberedField
from adapter.steps.fields import MESSAGES, Extra, JoinedField, ObjectField, ValueField, VariantField, nothing
from adapter.wsdl.once import Known

_SCHEMA_MESSAGES = {"unknown": "is not known here", "type": "must be an object"}


def body_field(endpoint: Endpoint) -> fields.Field[Any] | None:
    """Return the field that checks the operation's JSON body, or None where it takes none."""
    if endpoint.body is None:
        return None
    # A body that shares its element with parameters is proved together with them.
    apart = endpoint.body.type if endpoint.body.spread else ""
    return Schemas(endpoint, apart).object(endpoint.body.type, required=True)


def without_part(name: str) -> str:
    """Return a name of ``leaves`` as callers know it: the parts of a joined text are numbers, and not theirs."""
    return re.sub(r"/[0-9]+\b|\bset\.", "", name)


@dataclass(slots=True)
class _Made:
    """What an object of one type is checked with, wherever it stands."""

    schema: Schema
    extra: Extra
    refused: Mapping[str, str]
    by_names: bool


# Operations that share a type share this of it: what a bound type takes does not depend on who takes it.
_MADE: Known[BoundType, _Made] = Known()


class Schemas:
    """Builds the schema of each bound type once; a type that contains itself refers to the one being built."""

    def __init__(self, endpoint: Endpoint, apart: str) -> None:
        self.endpoint, self.apart = endpoint, apart
        self._encoded = endpoint.operation.use == "encoded"
        self.types: Mapping[str, BoundType] = endpoint.types
        self.making: dict[str, _Made] = {}
        # What contains a type that is checked in another way here is not what it is elsewhere.
        self.own = apart in within(apart, endpoint.types) if apart else False

    def object(self, key: str, **rest: Any) -> fields.Field[Any]:
        """Return the field that checks an object of the bound type with a key; ``rest`` is marshmallow's."""
        bound = self.types[key]
        if bound.variants:
            kinds = {each.value: self._plain(each.type) for each in bound.variants}
            return VariantField(bound.discriminator, kinds, **rest)
        return self._plain(key, **rest)

    def _plain(self, key: str, **rest: Any) -> ObjectField:
        bound = self.types[key]
        made = self._made(bound) if self.own or key == self.apart else _MADE.of(bound, lambda: self._made(bound))
        return ObjectField(lambda: made.schema, made.extra, made.refused, made.by_names, **rest)

    def _made(self, bound: BoundType) -> _Made:
        if bound.key not in self.making:
            extra, refused = self._extra(bound), self._refused(bound)
            made = self.making[bound.key] = _Made(Schema(), extra, refused, _by_names(bound))
            # Named by number: a property may be called like something of marshmallow's own.
            members = {f"f{index}": self._field(field) for index, field in enumerate(shown(bound))}
            schema = Schema.from_dict(members)
            schema.error_messages = _SCHEMA_MESSAGES
            made.schema = schema(unknown=RAISE)
        return self.making[bound.key]

    def _refused(self, bound: BoundType) -> Mapping[str, str]:
        rule = self.endpoint.resource.types[bound.name]
        rules = [*rule.fields.values(), *(each for variant in rule.variants for each in variant.fields.values())]
        here = {field.name for field in bound.fields}
        return {
            each.name: "can only be set on create" if each.create_only else "is read-only"
            for each in rules
            if each.name not in here and (each.read_only or each.create_only or each.name in rule.fields)
        }

    def _extra(self, bound: BoundType) -> Extra:
        wrongs: list[Callable[[Mapping[str, Any]], Iterator[tuple[str, str]]]] = []
        if bound.nested and not any(field.default for field in leaves(bound.fields)):
            placeless = {field.name for field in bound.fields if field.rule.placeless}
            empty = [("", "must not be empty")]
            wrongs.append(lambda values: iter(() if values.keys() - placeless else empty))
        if any(field.when for field in bound.fields):
            wrongs.append(lambda values: misplaced(bound, values))
        if bound.nulls is not None:
            nulls = bound.nulls
            wrongs.append(lambda values: parted(nulls, dict(flattened(bound.fields, values, json=True))))
        if not (self._encoded or bound.key == self.apart or bound.nested or bound.mode == "merge"):
            wrong = together(self.endpoint.contract, bound.record, ways(bound))
            # The array around it gives what callers do not.
            hidden = {bound.hidden: ""} if bound.hidden else {}
            wrongs.append(
                lambda values: (
                    as_callers_know(bound, *each) for each in wrong({**in_xml(bound, values, True), **hidden})
                )
            )
        if bound.turn:
            wrongs.append(empty_turn(bound, tuple(wrongs)))
        if not wrongs:
            return nothing

        def check(values: Mapping[str, Any]) -> dict[str, Any]:
            found: dict[str, Any] = {}
            for name, text in (each for say in wrongs for each in say(values)):
                *outer, last = without_part(name or "_schema").split("/")
                place = found
                for part in outer:
                    place = place.setdefault(part, {})
                place.setdefault(last, []).append(without_part(text))
            return found

        return check

    def _field(self, field: BoundField) -> fields.Field[Any]:
        asked: dict[str, Any] = {"required": field.required, "allow_none": field.nullable}
        asked |= {"data_key": field.name, "attribute": field.name}
        if field.shape == "object":
            return self.object(field.type, **asked)
        if field.shape == "objects":
            return _array(field, self.object(field.type, allow_none=self._nil_items(field)), asked)
        assert field.codec is not None
        if field.shape == "scalars":
            return _array(field, ValueField(field.codec, allow_none=self._nil_items(field)), asked)
        if field.default is not None:
            asked |= {"load_default": {part.name: part.default for part in field.parts} or field.default}
        if field.parts:
            return JoinedField(field, **asked)
        return ValueField(field.codec, **asked)

    def _nil_items(self, field: BoundField) -> bool:
        element = field.steps[-1].element
        if field.items is not None and not field.items.step:
            return False
        return takes_nil(self.endpoint.contract, element) or (element.nillable and self._encoded)


def _by_names(bound: BoundType) -> bool:
    """Whether no condition looks at values, and none of them stands deeper than the object itself."""
    nested = any(field.parts and field.codec is None for field in bound.fields)
    return not nested and not any(field.when for field in bound.written)


def _placeable(markup: Markup, items: list[str]) -> None:
    try:
        placeable(markup, items)
    except ValueError as error:
        raise ValidationError(str(error)) from None


def _array(field: BoundField, item: fields.Field[Any], asked: dict[str, Any]) -> fields.Field[Any]:
    least, most, element = field.steps[-1].least, field.steps[-1].most, field.steps[-1].element
    # Without items an array that has no element around it writes nothing, which is not the same as too few.
    alone = len(field.steps) == 1

    markup = field.markup

    def counted(items: list[Any]) -> None:
        if len(items) < least and (items or not alone):
            raise ValidationError(f"must have at least {least} items")
        if most is not None and len(items) > most:
            raise ValidationError(f"must have at most {most} items")
        # In a group that repeats, each round takes from min to max of them.
        if element.max is not None and -(-len(items) // element.max) * element.min > len(items):
            raise ValidationError(f"must have items in rounds of {element.min} to {element.max}")
        if markup is not None and markup.kind == "elements":
            _placeable(markup, items)

    if field.items is None:
        messages = {**MESSAGES, "invalid": "must be an array"}
        return fields.List(item, error_messages=messages, validate=counted, **asked)
    arranged = NumberedField if field.items.step else KeyedField
    made: fields.Field[Any] = arranged(field.items, item, error_messages=MESSAGES, validate=counted, **asked)
    return made
