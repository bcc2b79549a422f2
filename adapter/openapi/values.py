"""One bound field as JSON Schema (2020-12, which OpenAPI 3.1 uses): the codec's schema, null, arrays, its words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from adapter.errors import Mistake
from adapter.mapping.bound import BoundField, Endpoint, Mode
from adapter.mapping.misplaced import words
from adapter.mapping.scalars import parameter

Schema = dict[str, Any]
_NULL: Schema = {"type": "null"}
LINK: Schema = {
    "type": "object",
    "required": ["href", "bytes"],
    "properties": {
        "href": {"type": "string", "format": "uri-reference", "description": "Where the bytes are."},
        "bytes": {"type": "integer", "description": "How many there are."},
    },
}


def property_of(field: BoundField, mode: Mode, ref: Callable[[str], str]) -> Schema:
    """Return the schema of a property of a type that is bound for ``mode``. ``ref`` gives the ``$ref`` of a type."""
    schema: Schema = {"$ref": ref(field.type)} if field.codec is None else plain(field)
    if field.shape in ("scalars", "objects"):
        items = or_null(schema) if _null_items(field, mode) else schema
        counts = {} if mode == "reply" else _counts(field)
        item, schema = schema, {"type": "array", "items": items, **counts}
        if field.items is not None and not field.items.step:
            keys = {key: value for key, value in field.items.codec.schema.items() if key != "type"}
            counts = {key.replace("Items", "Properties"): value for key, value in counts.items()}
            schema = {"type": "object", "additionalProperties": item, **counts}
            schema |= {"propertyNames": keys} if keys else {}
    if field.rule.link is not None and mode == "reply":
        schema = {"anyOf": [schema, LINK]}
    if field.nullable:
        schema = or_null(schema)
    if field.doc or field.when:
        depends = f"Only where {words(field)}." if field.when else ""
        schema["description"] = " ".join(filter(None, (field.doc, depends, schema.get("description"))))
    if field.rule.read_only:
        schema["readOnly"] = True
    if field.rule.write_only:
        schema["writeOnly"] = True
    if field.default is not None:
        schema["default"] = parameter(field, field.rule.default or "")
    return schema


def plain(field: BoundField) -> Schema:
    """Return the schema of one value of a scalar field, with the rule's example."""
    assert field.codec is not None
    schema = dict(field.codec.schema)
    if field.rule.example is not None:
        schema["examples"] = [parameter(field, field.rule.example)]
    return schema


def or_null(schema: Schema) -> Schema:
    """Return ``schema`` with null as one more value."""
    if "anyOf" in schema:
        return {**schema, "anyOf": [*schema["anyOf"], _NULL]}
    if "type" not in schema:
        return {"anyOf": [schema, _NULL]}
    widened = {**schema, "type": [schema["type"], "null"]}
    if "enum" in schema:
        widened["enum"] = [*schema["enum"], None]
    return widened


def wrong_examples(endpoints: Iterable[Endpoint]) -> Iterator[Mistake]:
    """Yield every ``example:`` of a rule that a caller could not send and no reply could hold."""
    for endpoint in endpoints:
        for field in _fields(endpoint):
            text, codec = field.rule.example, field.codec
            if text is None or codec is None:
                continue
            try:
                codec.write(parameter(field, text))
            except ValueError as error:
                yield field.rule.place.mistake(
                    f"{field.name}: example: '{text}' {error}", "write a value that could stand in JSON"
                )


def _fields(endpoint: Endpoint) -> Iterator[BoundField]:
    yield from endpoint.path_parameters()
    yield from endpoint.query_fields
    if endpoint.filter is not None:
        yield from (test.field for test in endpoint.filter.tests)
    for bound in endpoint.types.values():
        yield from bound.fields


def _null_items(field: BoundField, mode: Mode) -> bool:
    if bool(field.steps) and field.steps[-1].element.nillable:
        return True
    return field.codec is not None and (field.codec.gives_null if mode == "reply" else field.codec.takes_null)


def _counts(field: BoundField) -> Schema:
    """Say how many items a request may have. An array without an element around it is left out by being empty."""
    least, most = field.steps[-1].least if len(field.steps) > 1 else 0, field.steps[-1].most
    return ({"minItems": least} if least else {}) | ({"maxItems": most} if most is not None else {})


def described(schema: Schema, doc: str) -> Schema:
    """Return ``schema`` with ``doc`` as its description, if there is one."""
    return {**schema, "description": doc} if doc else schema


def media(schema: Schema, examples: Mapping[str, Any]) -> Schema:
    """Return a media type object, with its examples by name."""
    return {"schema": schema, **({"examples": dict(examples)} if examples else {})}
