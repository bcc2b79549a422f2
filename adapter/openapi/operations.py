"""One endpoint as an OpenAPI operation: parameters, body, the answer of success."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adapter.mapping.bound import BoundField, Endpoint, Page, Sort
from adapter.mapping.bound_filter import BoundTest
from adapter.mapping.header_parameters import header_parameters
from adapter.mapping.scalars import parameter
from adapter.openapi import later
from adapter.openapi.cursors import LINK, cursor_page, cursor_parameters
from adapter.openapi.documents import disposition, document_answer, document_body, document_headers
from adapter.openapi.examples import Example
from adapter.openapi.kept import kept_headers, kept_parameters, unchanged
from adapter.openapi.limits import limit_headers
from adapter.openapi.made import Maker, reply_example, request_example
from adapter.openapi.refusals import Components, Refusal, responses
from adapter.openapi.rows import BROKEN, other_forms
from adapter.openapi.schemas import Schemas
from adapter.openapi.several import answer, request_body
from adapter.openapi.testers import side_parameters
from adapter.openapi.uploads import rows_body
from adapter.openapi.values import Schema, described, media, plain
from adapter.openapi.writes import write_headers, write_parameters
from adapter.steps.validate import MAX_OFFSET

_TESTED: Mapping[str, str] = {
    "equals": "Only items where it is this value.",
    "not_equals": "Only items where it is another value.",
    "contains": "Only items where it contains this text.",
    "starts_with": "Only items where it starts with this text.",
    "one_of": "Only items where it is one of these values, parted by commas.",
    "at_least": "Only items where it is this value or more.",
    "at_most": "Only items where it is this value or less.",
    "more_than": "Only items where it is more than this value.",
    "less_than": "Only items where it is less than this value.",
}
_ALWAYS: Mapping[str, Any] = {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}}
_MEDIA_TYPES = {"PATCH": ("application/merge-patch+json", "application/json")}


def operation(
    endpoint: Endpoint,
    schemas: Schemas,
    refused: Sequence[Refusal],
    cases: Sequence[Example],
    components: Components,
    maker: Maker | None = None,
    key_life: int = 86400,
) -> dict[str, Any]:
    """Return the operation object. ``cases`` are its golden ones; ``components`` takes what operations share.

    ``maker`` makes examples where there are no golden ones. ``key_life``: seconds for which answers to keys are kept.
    """
    found = described({"operationId": endpoint.name, "summary": endpoint.title}, endpoint.doc)
    found["tags"] = [endpoint.resource.title]
    callers = any(each.slug == "forbidden" for each in refused)
    sides = side_parameters(endpoint, callers=callers)
    given = [*_parameters(endpoint), *kept_parameters(endpoint), *write_parameters(endpoint, key_life), *sides]
    if given:
        found["parameters"] = given
    success = [case for case in cases if case.status == endpoint.reply.status]
    if endpoint.body is not None and endpoint.body.document is not None:
        found["requestBody"] = document_body(endpoint.body.document)
    elif endpoint.body is not None and endpoint.body.rows is not None:
        found["requestBody"] = rows_body(endpoint, endpoint.body, schemas, success, maker)
    elif endpoint.body is not None:
        body = request_body(endpoint, schemas)
        examples = {case.case: {"value": case.request} for case in success} or request_example(maker, endpoint)
        kinds = _MEDIA_TYPES.get(endpoint.method, ("application/json",))
        found["requestBody"] = {"required": True, "content": {kind: media(body, examples) for kind in kinds}}
    rule = endpoint.reply.rule
    found["responses"] = {
        str(endpoint.reply.status): _success(endpoint, schemas, success, maker),
        **({"204": _nothing(endpoint)} if rule.document is not None and not rule.empty_status else {}),
        **unchanged(endpoint, {**_ALWAYS, **limit_headers(endpoint)}),
        **later.responses(endpoint),
        **responses(refused, cases, components, limit_headers(endpoint)),
    }
    return found


def _parameters(endpoint: Endpoint) -> list[Schema]:
    found = [_parameter(field, "path") for field in endpoint.path_parameters()]
    query = [field for each in reversed(list(endpoint.whole())) for field in each.query_fields]
    found += document_headers(endpoint)
    found += [_parameter(field, "header") for field in header_parameters(endpoint)]
    found += [_parameter(field, "query") for field in {field.name: field for field in query}.values()]
    if endpoint.filter is not None:
        found += [_test(test) for test in endpoint.filter.tests]
    if endpoint.page is not None:
        found += _paging(endpoint.page)
    if endpoint.cursor is not None:
        found += cursor_parameters(endpoint.cursor.rule)
    if endpoint.sort is not None:
        found.append(_sorting(endpoint.sort))
    return found + later.parameters(endpoint)


def _parameter(field: BoundField, place: str) -> Schema:
    schema = plain(field)
    examples = schema.pop("examples", [])
    if place == "path" and schema.get("type") == "string" and "enum" not in schema:
        schema.setdefault("minLength", 1)  # an empty segment leads to another path
    if field.rule.default is not None:
        schema["default"] = parameter(field, field.rule.default)
    found = described({"name": field.name, "in": place}, field.doc)
    found |= {"required": field.required, "schema": schema}
    if schema.get("type") == "array" and place == "query":  # an xsd:list is one text, its items parted by spaces
        found |= {"style": "spaceDelimited", "explode": False}
    if examples:
        found["example"] = examples[0]
    return found


def _test(test: BoundTest) -> Schema:
    found = _parameter(test.field, "query")
    found["description"] = test.field.doc or _TESTED[test.rule.test]
    schema = found["schema"]
    if schema.get("type") == "string" and "enum" not in schema:
        schema.setdefault("minLength", 1)  # an ERP would take an empty test for none
    if test.rule.test == "one_of":
        default = schema.pop("default", None)
        found["schema"] = {"type": "array", "items": schema, "minItems": 1}
        found |= {"style": "form", "explode": False}
        if default is not None:
            found["schema"]["default"] = [
                parameter(test.field, each) for each in (test.field.rule.default or "").split(",")
            ]
        if "example" in found:
            found["example"] = [found["example"]]
    return found


def _paging(page: Page) -> list[Schema]:
    limit = {"type": "integer", "minimum": 1, "maximum": page.rule.max, "default": page.rule.default}
    offset = {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET, "default": 0}
    return [
        {"name": "limit", "in": "query", "description": "Most items to answer.", "required": False, "schema": limit},
        {"name": "offset", "in": "query", "description": "Items to pass over.", "required": False, "schema": offset},
    ]


def _sorting(sort: Sort) -> Schema:
    names = list(sort.rule.by)
    orders = [order for name in names for order in (name, f"-{name}")] if sort.direction is not None else names
    schema: Schema = {"type": "string", "enum": orders}
    if sort.rule.default:
        schema["default"] = sort.rule.default
    words = "The order of the items" + ("; - is descending." if sort.direction is not None else ".")
    return {"name": "sort", "in": "query", "description": words, "required": False, "schema": schema}


def _nothing(endpoint: Endpoint) -> Schema:
    return {
        "description": "There is no document, or one without content.",
        "headers": {**_ALWAYS, **limit_headers(endpoint)},
    }


def _success(endpoint: Endpoint, schemas: Schemas, cases: Sequence[Example], maker: Maker | None) -> Schema:
    headers: dict[str, Any] = {**_ALWAYS, **_said(endpoint), **kept_headers(endpoint)}
    headers |= {**write_headers(endpoint), **limit_headers(endpoint)}
    rule = endpoint.reply.rule
    if rule.document is not None:
        headers["Content-Disposition"] = disposition()
        return {"description": _words(endpoint), "headers": headers, **document_answer(rule.document)}
    if rule.location:
        headers["Location"] = {
            "description": f"Where it stands: {endpoint.resource.path}{rule.location}.",
            "schema": {"type": "string", "format": "uri-reference"},
        }
    found: Schema = {"description": _words(endpoint), "headers": headers}
    if rule.shape != "none":
        schema = answer(endpoint, schemas) if endpoint.further() else schemas.ref(endpoint, endpoint.reply.type)
        examples = {case.case: {"value": case.reply} for case in cases} or reply_example(maker, endpoint)
        page = _page(endpoint.page) if endpoint.page is not None else None
        if endpoint.cursor is not None:
            page, headers["Link"] = cursor_page(endpoint.cursor.rule), LINK
        whole = _listed(schema, page) if rule.shape == "each" else schema
        found["content"] = {"application/json": media(whole, examples), **other_forms(endpoint, schema)}
    return found


def _said(endpoint: Endpoint) -> dict[str, Any]:
    """Return the header fields of the answer that header blocks of the reply hold; any may be missing."""
    return {
        each.field.name: described({"schema": plain(each.field)}, each.field.doc) for each in endpoint.reply.headers
    }


def _words(endpoint: Endpoint) -> str:
    words = {"none": "Done.", "each": "The list.", "one": f"The {endpoint.reply.rule.type_name}."}
    if endpoint.reply.rule.stream is not None:
        return f"The list. {BROKEN}"
    if endpoint.reply.rule.document is not None:
        return "The bytes of the document."
    return words[endpoint.reply.rule.shape]


def _listed(item: Schema, page: Schema | None) -> Schema:
    properties: dict[str, Any] = {"items": {"type": "array", "items": item}}
    if page is not None:
        properties["page"] = page
    return {"type": "object", "properties": properties, "required": list(properties)}


def _page(page: Page) -> Schema:
    whole: Schema = {"type": "integer", "minimum": 0}
    properties: dict[str, Any] = {"limit": whole, "offset": whole}
    required = list(properties)
    if page.total is not None:
        properties["total"] = {**whole, "description": "How many there are in all."}
        if page.total.required and not page.total.nullable:  # else the other side may leave it out
            required.append("total")
    return {"type": "object", "properties": properties, "required": required}
