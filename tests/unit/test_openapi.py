"""The OpenAPI document as a whole: valid, complete, stable, and true to what is really answered."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from adapter.mapping.bound import BoundField, Endpoint
from adapter.mapping.model.policy import Scopes
from adapter.openapi import document, read_examples, to_json
from adapter.problems import catalogue
from tests.unit.openapi_project import (
    GOLDEN,
    body_schema,
    closed,
    described,
    endpoint,
    endpoints,
    errors,
    operation,
    reply_schema,
    whole,
)


def cases() -> list[Any]:
    """Every golden case, with its operation and folder."""
    return [
        pytest.param(folder.parent.name, folder, id=f"{folder.parent.name}-{folder.name}")
        for folder in sorted(GOLDEN.glob("*/*/"))
    ]


def changed(chosen: Endpoint, name: str, **rule: Any) -> Endpoint:
    """The endpoint with other words in the rule of one query parameter."""

    def change(field: BoundField) -> BoundField:
        return replace(field, rule=replace(field.rule, **rule)) if field.name == name else field

    return replace(chosen, query_fields=tuple(change(field) for field in chosen.query_fields))


def parameters(found: Any, name: str) -> dict[str, Any]:
    """The parameters of an operation by name."""
    return {each["name"]: each for each in operation(found, name)["parameters"]}


def test_document_is_valid() -> None:
    """The document of the clone passes the official schema and its references resolve."""
    validate(whole())


def test_every_endpoint_is_documented_once() -> None:
    """Each endpoint stands at its path and method under its own name, and beside them what keeps writes answers."""
    found = {
        (path, method, each["operationId"]) for path, item in whole()["paths"].items() for method, each in item.items()
    }
    kept = {("/v1/operations/{id}", "get", "operations.read"), ("/v1/operations/{id}", "delete", "operations.cancel")}
    assert {(each.path, each.method.lower(), each.name) for each in endpoints()} | kept == found


def test_who_asks_what_became_of_a_write_says_who_it_is() -> None:
    """A key or a token, whatever its scopes. Nobody has to where a public operation has such writes."""
    create = endpoint("orders.create")
    public = replace(create, policy=replace(create.policy, scopes=Scopes(public=True)))
    either = [{"api-key": []}, {"token": []}]
    for name in ("operations.read", "operations.cancel"):
        assert either == operation(described(create, known=True), name)["security"]
        assert [{}, *either] == operation(described(public, known=True), name)["security"]
        assert "security" not in operation(described(create), name)


def test_same_project_gives_same_bytes() -> None:
    """Building twice gives the same document in the same order, so that a diff shows changes only."""
    given: Any = {"title": "T", "version": "1", "examples": {}, "problems": catalogue()}
    assert to_json(document(endpoints(), **given)) == to_json(document(endpoints(), **given))


def test_resources_are_tags() -> None:
    """Each resource is one tag with its own words, and its operations carry it."""
    tags = {tag["name"]: tag.get("description") for tag in whole()["tags"]}
    assert "Business partners who buy from us, private persons and companies." == tags["Customers"]
    assert ["Customers"] == operation(whole(), "customers.patch")["tags"]
    assert {"Operations", *(each.resource.title for each in endpoints())} == set(tags)


def test_servers_default_to_the_own_place() -> None:
    """Without base URLs the document points to where it was read from; given ones are listed."""
    assert [{"url": "/"}] == described()["servers"]
    assert [{"url": "https://api.muster.example"}] == described(servers=["https://api.muster.example"])["servers"]


def test_paging_is_bounded() -> None:
    """The limit and the offset are optional whole numbers within the bounds that are checked."""
    found = parameters(whole(), "order-lines.list")
    assert {"type": "integer", "minimum": 1, "maximum": 1000, "default": 50} == found["limit"]["schema"]
    assert 0 == found["offset"]["schema"]["minimum"]
    assert not found["limit"]["required"]


def test_sorting_lists_both_directions() -> None:
    """Sorting takes each name, and each name with a minus, and says which order is the default."""
    schema = parameters(whole(), "orders.list")["sort"]["schema"]
    assert {"type": "string", "enum": ["id", "-id", "ordered_on", "-ordered_on"], "default": "id"} == schema


def test_sorting_without_direction() -> None:
    """Where the other side knows no direction, a minus is not offered."""
    chosen = endpoint("orders.list")
    assert chosen.sort is not None
    found = described(replace(chosen, sort=replace(chosen.sort, direction=None)))
    assert ["id", "ordered_on"] == parameters(found, "orders.list")["sort"]["schema"]["enum"]


def test_path_parameters_are_required() -> None:
    """A path parameter is required, is never empty, and shows its example."""
    found = parameters(whole(), "stock.list")["item_id"]
    assert {"type": "string", "minLength": 1, "maxLength": 18} == found["schema"]
    assert found["required"]
    assert "A-00001" == found["example"]


def test_query_parameters_show_default_and_words() -> None:
    """A query parameter is optional and carries its doc, its codes and its default in JSON form."""
    found = parameters(described(changed(endpoint("items.list"), "active", default="true")), "items.list")
    assert {"type": "boolean", "default": True} == found["active"]["schema"]
    assert not found["active"]["required"]
    assert "Part of the name." == found["name"]["description"]


def test_list_parameters_are_parted_by_spaces() -> None:
    """A parameter that is an xsd:list is one text with spaces, not a repeated parameter."""
    chosen = endpoint("items.list")
    standards = next(field for bound in chosen.types.values() for field in bound.fields if field.name == "standards")
    found = described(replace(chosen, query_fields=(standards,)))
    assert ("spaceDelimited", False) == tuple(
        parameters(found, "items.list")["standards"][key] for key in ("style", "explode")
    )


def test_create_says_where_it_stands() -> None:
    """A creation answers 201 with a Location header."""
    created = operation(whole(), "customers.create")["responses"]["201"]
    assert "uri-reference" == created["headers"]["Location"]["schema"]["format"]


def test_cancel_answers_nothing() -> None:
    """An operation without a reply answers 204 without content."""
    assert "content" not in operation(whole(), "orders.cancel")["responses"]["204"]


def test_patch_takes_merge_patch() -> None:
    """PATCH takes JSON merge patch and plain JSON, the others plain JSON only."""
    assert ["application/merge-patch+json", "application/json"] == list(
        operation(whole(), "orders.patch")["requestBody"]["content"]
    )
    assert ["application/json"] == list(operation(whole(), "orders.update")["requestBody"]["content"])


def test_lists_are_items_with_a_page() -> None:
    """A paged list promises items and page, with the total where the other side counts."""
    schema = reply_schema(whole(), "orders.list", 200)
    assert ["items", "page"] == schema["required"]
    page = {"limit": 50, "offset": 0, "total": 0}
    assert [] == errors(whole(), schema, {"items": [], "page": page})
    assert errors(whole(), schema, {"items": [], "page": {**page, "total": None}})


def test_total_is_promised_where_the_contract_does() -> None:
    """The total is required only where the contract makes the other side send it."""
    chosen = endpoint("orders.list")
    assert chosen.page is not None
    assert chosen.page.total is not None
    for required, names in ((True, ["limit", "offset", "total"]), (False, ["limit", "offset"])):
        page = replace(chosen.page, total=replace(chosen.page.total, required=required, nullable=False))
        schema = reply_schema(described(replace(chosen, page=page)), "orders.list", 200)
        assert names == schema["properties"]["page"]["required"]


def test_lists_without_paging_have_no_page() -> None:
    """A list that is not paged is only items."""
    assert ["items"] == list(reply_schema(whole(), "stock.list", 200)["properties"])


def test_limits_stay_exact() -> None:
    """A decimal limit reaches the JSON with every digit, as a number."""
    chosen = endpoint("item-parts.read")
    depth = next(field for field in chosen.query_fields if field.name == "depth")
    assert depth.codec is not None
    codec = replace(depth.codec, schema={"type": "number", "minimum": Decimal("0.10000000000000000001")})
    given: Any = {"title": "T", "version": "1", "examples": {}, "problems": catalogue()}
    text = to_json(document([replace(chosen, query_fields=(replace(depth, codec=codec),))], **given))
    assert b'"minimum":0.10000000000000000001' in text


@pytest.mark.parametrize(("name", "folder"), cases())
def test_golden_replies_are_as_documented(name: str, folder: Path) -> None:
    """What is really answered fits the schema of its operation and status; no property of it is undocumented."""
    reply = json.loads((folder / "reply.json").read_bytes())
    if "body" not in reply:
        assert "content" not in operation(whole(), name)["responses"][str(reply["status"])]
        return
    body = reply["body"] if reply["status"] < 400 else {"instance": "#1", **reply["body"]}
    found = closed(whole())
    assert [] == errors(found, reply_schema(found, name, reply["status"]), body)


@pytest.mark.parametrize(("name", "folder"), cases())
def test_golden_requests_are_as_documented(name: str, folder: Path) -> None:
    """A body that was accepted fits the schema of the request."""
    request = json.loads((folder / "request.json").read_bytes())
    status = json.loads((folder / "reply.json").read_bytes())["status"]
    if "body" in request and status < 300:
        assert [] == errors(whole(), body_schema(whole(), name), request["body"])


def test_examples_are_the_golden_ones() -> None:
    """Requests and replies show the golden cases: those that succeed at the body, all at their status."""
    found = described(*endpoints(), examples=read_examples(GOLDEN))
    created = operation(found, "customers.create")
    succeeded = {case.case for case in read_examples(GOLDEN)["customers.create"] if case.status == 201}
    assert succeeded == set(created["requestBody"]["content"]["application/json"]["examples"])
    assert succeeded == set(created["responses"]["201"]["content"]["application/json"]["examples"])
