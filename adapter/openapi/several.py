"""The JSON of an operation with several SOAP calls: properties of the further calls beside those of the main one."""

from __future__ import annotations

from typing import Any

from adapter.mapping.bound import Call, Endpoint
from adapter.openapi.schemas import Schemas
from adapter.openapi.values import Schema, described


def request_body(endpoint: Endpoint, schemas: Schemas) -> Schema:
    """Return the schema of the caller's body."""
    assert endpoint.body is not None
    main = schemas.ref(endpoint, endpoint.body.type)
    parts = [call for call in endpoint.calls if call.endpoint.body is not None]
    if not parts:
        return main
    needed = [call.name for call in parts if call.rule.required]
    return _beside(schemas, main, {call.name: _asked(call, schemas) for call in parts}, needed)


def answer(endpoint: Endpoint, schemas: Schemas) -> Schema:
    """Return the schema of the whole answer of success."""
    main = schemas.ref(endpoint, endpoint.reply.type)
    properties = {call.name: _answered(call, schemas) for call in endpoint.calls if call.endpoint.reply.type}
    optional = [call.name for call in endpoint.calls if call.rule.optional]
    given = [call for call in endpoint.calls if call.endpoint.body is None or call.rule.required]
    needed = [call.name for call in given if call.name in properties and call.name not in optional]
    if optional:
        properties["incomplete"] = {
            "type": "array",
            "items": {"type": "string", "enum": optional},
            "description": "Properties that are left out because what is behind them failed.",
        }
    commit = endpoint.commit
    if commit is not None and commit.endpoint.reply.type:
        final = schemas.components[_name(schemas.ref(commit.endpoint, commit.endpoint.reply.type))]
        properties |= final.get("properties", {})
        needed += final.get("required", [])
    return _beside(schemas, main, properties, needed) if properties else main


def _beside(schemas: Schemas, main: Schema, properties: dict[str, Any], needed: list[str]) -> Schema:
    """Return the schema of one object with more properties, which stand for those of the same name."""
    whole = schemas.components[_name(main)]
    if "properties" not in whole:  # variants: their properties are others than these
        more = {"type": "object", "properties": properties, **({"required": needed} if needed else {})}
        return {"allOf": [main, more]}
    required = list(dict.fromkeys([*whole.get("required", []), *needed]))
    found = {**whole, "properties": {**whole["properties"], **properties}}
    return {**found, "required": required} if required else found


def _asked(call: Call, schemas: Schemas) -> Schema:
    assert call.endpoint.body is not None
    one = schemas.ref(call.endpoint, call.endpoint.body.type)
    many = {"type": "array", "items": one, "maxItems": call.rule.most}
    return described(many if call.rule.each else one, call.rule.rule.doc)


def _answered(call: Call, schemas: Schemas) -> Schema:
    one = schemas.ref(call.endpoint, call.endpoint.reply.type)
    array = call.rule.each or call.endpoint.reply.rule.shape == "each"
    return described({"type": "array", "items": one} if array else one, call.rule.rule.doc)


def _name(reference: Schema) -> str:
    return str(reference["$ref"]).rpartition("/")[2]
