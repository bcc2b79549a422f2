"""A body of many rows in OpenAPI: a JSON array, one JSON object a line, or CSV."""

from __future__ import annotations

from typing import Any

from adapter.mapping.bound import Body, Endpoint
from adapter.openapi.examples import Example
from adapter.openapi.made import NAME, Maker
from adapter.openapi.schemas import Schemas
from adapter.openapi.values import Schema, media
from adapter.rows import CSV, JSON, NDJSON
from adapter.rows.csv_columns import columns
from adapter.rows.to_csv import to_csv
from adapter.strict_json import encode

_WORDS = "Many rows, of any number; they are taken together, or not at all."
_LINES = "One JSON object a line, each as an item of the array in application/json."
_CELLS = (
    "RFC 4180 in UTF-8. The first line names the columns: the properties of a row, those of an object in it with a dot "
    "(address.city), arrays as JSON text. An empty cell is a property that is left out."
)


def rows_body(endpoint: Endpoint, body: Body, schemas: Schemas, cases: list[Example], maker: Maker | None) -> Schema:
    """Return the request body of an operation that takes many rows. ``cases`` are golden ones that succeed."""
    assert body.rows is not None
    items = {"type": "array", "items": schemas.ref(endpoint, body.type), **_bounds(body)}
    whole = {"type": "object", "properties": {"items": items}, "required": ["items"], "additionalProperties": False}
    made = maker.example(endpoint, body.type) if maker is not None else None
    examples: dict[str, Any] = {case.case: {"value": case.request} for case in cases if case.request is not None}
    shown: dict[str, dict[str, Any]] = {JSON: examples, NDJSON: {}, CSV: {}}
    if made is not None:
        table = to_csv(columns(endpoint.types, body.type)).whole([made], None).decode("utf-8")
        shown[NDJSON] = {NAME: {"value": encode(made).decode("utf-8") + "\n"}}
        shown[CSV] = {NAME: {"value": table}}
        shown[JSON] = examples or {NAME: {"value": [made] * max(1, items.get("minItems", 1))}}
    content = {
        JSON: media({"oneOf": [items, whole]}, shown[JSON]),
        NDJSON: media({"type": "string", "description": _LINES}, shown[NDJSON]),
        CSV: media({"type": "string", "description": _CELLS}, shown[CSV]),
    }
    words = f"{_WORDS} At most {body.rows.max_bytes} bytes."
    return {"description": words, "required": True, "content": content}


def _bounds(body: Body) -> Schema:
    step, rows = body.steps[-1], body.rows
    most = min((each for each in (step.most, rows.max_rows if rows is not None else None) if each), default=None)
    least = step.least if step.required else 0
    return {**({"minItems": least} if least else {}), **({"maxItems": most} if most is not None else {})}
