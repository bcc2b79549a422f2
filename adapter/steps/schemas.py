"""marshmallow schemas, built from mapping × contract, one for each JSON object type that callers may send.

A field deserializes a JSON value to the text that stands in XML: its codec converts and checks in one go, so what has
passed here can be written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields

from adapter.mapping.bound import BoundField, BoundType, Choice, Endpoint
from adapter.mapping.codec import Codec

Extra = Callable[[Mapping[str, Any]], dict[str, list[str]]]
_MESSAGES = {"required": "is required", "null": "must not be null"}
_SCHEMA_MESSAGES = {"unknown": "is not known here", "type": "must be an object"}


class ValueField(fields.Field[Any]):
    """One value: JSON in, XML text out; null stays None and becomes xsi:nil, unless the codec has a text for it."""

    def __init__(self, codec: Codec, **rest: Any) -> None:
        super().__init__(error_messages=_MESSAGES, **rest)
        self.codec = codec

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **rest: Any) -> Any:
        """Let the codec write null where null is a value of its own."""
        if value is None and self.codec.gives_null:
            return self._deserialize(value, attr, data)
        return super().deserialize(value, attr, data, **rest)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> str:
        try:
            return self.codec.write(value)
        except ValueError as error:
            raise ValidationError(str(error)) from None


class ObjectField(fields.Field[Any]):
    """One object: its schema, and what only the object as a whole can tell."""

    def __init__(self, schema: Callable[[], Schema], extra: Extra, **rest: Any) -> None:
        super().__init__(error_messages=_MESSAGES, **rest)
        self.schema, self.extra = schema, extra

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> Any:
        loaded = self.schema().load(value)
        if wrong := self.extra(loaded):
            raise ValidationError(wrong)
        return loaded


class VariantField(fields.Field[Any]):
    """One object of several kinds: the discriminator says which schema holds."""

    def __init__(self, by: str, variants: Mapping[str, ObjectField], **rest: Any) -> None:
        super().__init__(error_messages=_MESSAGES, **rest)
        self.by, self.variants = by, variants

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> Any:
        if not isinstance(value, dict):
            raise ValidationError("must be an object")
        kind = value.get(self.by)
        if self.by not in value:
            raise ValidationError({self.by: ["is required"]})
        if not isinstance(kind, str) or kind not in self.variants:
            raise ValidationError({self.by: [f"must be one of {', '.join(self.variants)}"]})
        rest_of_it = {name: inner for name, inner in value.items() if name != self.by}
        return {self.by: kind, **self.variants[kind].deserialize(rest_of_it)}


def body_field(endpoint: Endpoint) -> fields.Field[Any] | None:
    """Return the field that checks the operation's JSON body, or None where it takes none."""
    if endpoint.body is None:
        return None
    return _Schemas(endpoint.types).object(endpoint.body.type, required=True)


class _Schemas:
    """Builds the schema of each bound type once; a type that contains itself refers to the one being built."""

    def __init__(self, types: Mapping[str, BoundType]) -> None:
        self.types = types
        self.schemas: dict[str, Schema] = {}

    def object(self, key: str, **rest: Any) -> fields.Field[Any]:
        bound = self.types[key]
        if bound.variants:
            kinds = {each.value: self._plain(each.type) for each in bound.variants}
            return VariantField(bound.discriminator, kinds, **rest)
        return self._plain(key, **rest)

    def _plain(self, key: str, **rest: Any) -> ObjectField:
        if key not in self.schemas:
            self.schemas[key] = Schema()
            members = {field.name: self._field(field) for field in self.types[key].fields}
            made = Schema.from_dict(members)
            made.error_messages = _SCHEMA_MESSAGES
            self.schemas[key] = made(unknown=RAISE)
        return ObjectField(lambda: self.schemas[key], _extra(self.types[key]), **rest)

    def _field(self, field: BoundField) -> fields.Field[Any]:
        asked: dict[str, Any] = {"required": field.required, "allow_none": field.nullable}
        if field.shape == "object":
            return self.object(field.type, **asked)
        if field.shape == "objects":
            return _array(self.object(field.type, allow_none=_nil_items(field)), asked)
        assert field.codec is not None
        if field.shape == "scalars":
            return _array(ValueField(field.codec, allow_none=_nil_items(field)), asked)
        return ValueField(field.codec, **asked)


def _array(item: fields.Field[Any], asked: dict[str, Any]) -> fields.Field[Any]:
    return fields.List(item, error_messages={**_MESSAGES, "invalid": "must be an array"}, **asked)


def _nil_items(field: BoundField) -> bool:
    return bool(field.steps) and field.steps[-1].element.nillable


def _extra(bound: BoundType) -> Extra:
    """Return the check of a whole object: one branch of each xsd:choice, and elements that bring others with them."""
    needs = _together(bound)

    def check(values: Mapping[str, Any]) -> dict[str, list[str]]:
        wrong: dict[str, list[str]] = {}
        for choice in bound.choices:
            wrong.update(_choice(choice, values))
        for members, required in needs:
            if any(name in values for name in members):
                for name in required:
                    if name not in values:
                        wrong.setdefault(name, []).append(f"is required together with {members[0]}")
        return wrong

    return check


def _choice(choice: Choice, values: Mapping[str, Any]) -> dict[str, list[str]]:
    given = [branch for branch in choice.branches if any(name in values for name in branch)]
    names = ", ".join(name for branch in choice.branches for name in branch)
    if len(given) > 1:
        return {"_schema": [f"must have only one of {names}"]}
    if not given and choice.required:
        return {"_schema": [f"must have one of {names}"]}
    return {}


def _together(bound: BoundType) -> list[tuple[list[str], list[str]]]:
    """Find flattened elements: as soon as one field below an optional element is given, its required ones must be."""
    below: dict[tuple[str, ...], list[BoundField]] = {}
    for field in bound.fields:
        for size in range(1, len(field.steps) + 1):
            below.setdefault(tuple(step.element.tag for step in field.steps[:size]), []).append(field)
    found = []
    for prefix, members in below.items():
        required = [field.name for field in members if _required_below(field, len(prefix))]
        if required and len(members) > 1:
            found.append(([field.name for field in members], required))
    return found


def _required_below(field: BoundField, depth: int) -> bool:
    rest = field.steps[depth:]
    if field.attribute is not None:
        return field.attribute.required and all(step.required for step in rest)
    # No steps left: the text of the element itself, which an attribute beside it brings along.
    return all(step.required for step in rest) if rest else field.codec is not None
