"""Component schemas: what they accept and refuse, how they are named and shared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from adapter.mapping.bound import BoundField, BoundType, Choice, Endpoint
from adapter.openapi.schemas import camel
from tests.unit.openapi_project import (
    body_schema,
    build_error,
    described,
    endpoint,
    endpoints,
    errors,
    fields,
    operation,
    reply_schema,
    whole,
    with_types,
)

BODIES = [each.name for each in endpoints() if each.body is not None]
PERSON = {"kind": "person", "name": "Muster", "first_name": "Erika"}
IBAN = {"iban": "DE89370400440532013000"}


def components() -> Any:
    """The component schemas of the whole project."""
    return whole()["components"]["schemas"]


def wrong(name: str, value: Any) -> list[str]:
    """What the component ``name`` has against ``value``."""
    return errors(whole(), {"$ref": f"#/components/schemas/{name}"}, value)


def objects(schema: Any) -> Iterator[Any]:
    """Every object schema that a schema reaches."""
    seen: set[str] = set()
    waiting = [schema]
    while waiting:
        here = waiting.pop()
        if isinstance(here, list):
            waiting += here
        elif isinstance(here, dict):
            if here.get("type") == "object":
                yield here
            target = here.get("$ref", "")
            if target and target not in seen:
                seen.add(target)
                waiting.append(components()[target.rpartition("/")[2]])
            waiting += here.values()


@pytest.mark.parametrize("name", BODIES)
def test_requests_refuse_unknown_properties(name: str) -> None:
    """Every object in a request body, however deep, refuses properties that nobody knows."""
    found = list(objects(body_schema(whole(), name)))
    assert found
    assert [] == [schema for schema in found if schema.get("additionalProperties") is not False]


def test_unknown_property_is_refused() -> None:
    """A body that would be accepted is refused with one more property."""
    assert [] == wrong("CustomerInput", PERSON)
    assert wrong("CustomerInput", {**PERSON, "colour": "red"})


def test_read_only_properties_stand_in_replies_only() -> None:
    """What callers cannot set is marked in replies and unknown in requests."""
    assert components()["Order"]["properties"]["id"]["readOnly"]
    assert "id" not in components()["OrderInput"]["properties"]
    assert "readOnly" not in components()["Order"]["properties"]["note"]


def test_required_properties_are_listed() -> None:
    """A request must hold what contract and mapping require; a partial one nothing of it."""
    assert ["customer_id"] == components()["OrderInput"]["required"]
    assert "required" not in components()["OrderPatch"]
    assert [] == wrong("OrderPatch", {})


def test_null_is_allowed_where_it_can_stand() -> None:
    """JSON null fits nillable values, arrays and objects, and nothing else."""
    nulls = {"note": None, "tags": None, "delivery_address": None}
    assert [] == wrong("OrderPatch", nulls)
    assert wrong("OrderInput", {"customer_id": None})
    assert {"type": ["string", "null"], "maxLength": 2000} == components()["OrderPatch"]["properties"]["note"]


def test_null_fits_beside_codes() -> None:
    """A nullable value with codes accepts its codes and null."""
    chosen = endpoint("customers.read")
    (status,) = [field for field in fields(chosen, "status") if field.codec is not None][:1]
    key = next(key for key, bound in chosen.types.items() if status in bound.fields)
    types = {**chosen.types, key: replace(chosen.types[key], fields=(replace(status, nullable=True),))}
    found = described(replace(chosen, types=types))
    schema = {"$ref": "#/components/schemas/CustomerPerson"}
    assert [] == errors(found, schema, {"kind": "person", "status": None})
    assert [] == errors(found, schema, {"kind": "person", "status": "active"})
    assert errors(found, schema, {"kind": "person", "status": "gone"})


def test_variants_are_told_apart() -> None:
    """The discriminator decides which properties an object may have, and must be there."""
    assert [] == wrong("CustomerInput", PERSON)
    assert wrong("CustomerInput", {**PERSON, "kind": "company"})
    assert wrong("CustomerInput", {**PERSON, "vat_id": "DE123456789"})
    assert wrong("CustomerInput", {key: PERSON[key] for key in ("name", "first_name")})
    assert {
        "propertyName": "kind",
        "mapping": {
            "person": "#/components/schemas/CustomerPersonInput",
            "company": "#/components/schemas/CustomerCompanyInput",
        },
    } == components()["CustomerInput"]["discriminator"]


def test_required_choice_takes_exactly_one() -> None:
    """Of a required xsd:choice exactly one branch must be given."""
    assert [] == wrong("PaymentInput", {"direct_debit": IBAN})
    assert wrong("PaymentInput", {})
    assert wrong("PaymentInput", {"direct_debit": IBAN, "invoice": {"days": 30}})


def test_choice_in_a_reply_may_be_one_that_nobody_mapped() -> None:
    """A reply has at most one branch of a choice, and none when the contract has branches that are not mapped."""
    assert [] == wrong("Payment", {})
    assert [] == wrong("Payment", {"invoice": {"days": 30}})
    assert wrong("Payment", {"direct_debit": IBAN, "invoice": {"days": 30}})


def with_choice(required: bool) -> Endpoint:
    """orders.create, whose payment is a choice of direct debit with card, or invoice."""
    chosen = endpoint("orders.create")
    bound = next(each for each in chosen.types.values() if each.name == "Payment" and each.mode == "request")
    choice = Choice((("direct_debit", "card"), ("invoice",)), required)
    return with_types(chosen, Payment=replace(bound, choices=(choice,)))


@pytest.mark.parametrize(
    ("required", "value", "fits"),
    [
        (True, {"direct_debit": IBAN, "card": {"token": "t"}}, True),
        (True, {"card": {"token": "t"}}, True),
        (True, {"card": {"token": "t"}, "invoice": {"days": 30}}, False),
        (True, {}, False),
        (False, {}, True),
        (False, {"invoice": {"days": 30}}, True),
        (False, {"card": {"token": "t"}, "invoice": {"days": 30}}, False),
    ],
)
def test_branches_of_several_fields(required: bool, value: Any, fits: bool) -> None:
    """Fields of one branch go together, those of two branches never; without 'required' none is right too."""
    found = described(with_choice(required))
    assert fits == (not errors(found, {"$ref": "#/components/schemas/PaymentInput"}, value))


def test_arrays_do_not_decide_a_choice() -> None:
    """An array may be there and empty, so a choice with an array in it is left to the service."""
    chosen = endpoint("orders.read")
    key = chosen.reply.type
    bound = chosen.types[key]
    types = {**chosen.types, key: replace(bound, choices=(Choice((("lines",), ("note",)), True),))}
    assert "oneOf" not in described(replace(chosen, types=types))["components"]["schemas"]["Order"]


@pytest.mark.parametrize(
    ("alone", "limits"), [(False, {"minItems": 1, "maxItems": 3}), (True, {"maxItems": 3})], ids=["inside", "alone"]
)
def test_arrays_are_counted_in_requests(alone: bool, limits: dict[str, int]) -> None:
    """A request's array says how many items the contract takes; one that stands alone may be empty, and so left out."""
    chosen = endpoint("orders.create")
    assert chosen.body is not None
    bound = chosen.types[chosen.body.type]
    tags = next(field for field in bound.fields if field.name == "tags")
    last = replace(tags.steps[-1], least=1, most=3)
    counted = replace(tags, steps=(last,) if alone else (*tags.steps[:-1], last))
    types = {**chosen.types, bound.key: replace(bound, fields=(counted,))}
    schema = described(replace(chosen, types=types))["components"]["schemas"]["OrderInput"]["properties"]["tags"]
    assert limits == {key: schema[key] for key in schema if key.endswith("Items")}


def test_type_that_contains_itself_ends() -> None:
    """A recursive type is one component that refers to itself, and takes values of any depth."""
    parts: dict[str, Any] = {"item_id": "A", "name": "A", "parts": []}
    schema = reply_schema(whole(), "item-parts.read", 200)
    for _ in range(5):
        part = {"number": 1, "item_id": "A", "quantity": "1", "unit": "piece", "made_of": parts}
        parts = {**parts, "parts": [part]}
        assert [] == errors(whole(), schema, parts)
    part["made_of"] = {"item_id": 7}
    assert errors(whole(), schema, parts)


def test_decimals_are_strings() -> None:
    """A decimal is a string with a pattern that a number in words does not fit."""
    assert [] == wrong("Amount", {"value": "12.50", "currency": "EUR"})
    assert wrong("Amount", {"value": 12.5, "currency": "EUR"})
    assert wrong("Amount", {"value": "twelve", "currency": "EUR"})


def test_examples_of_the_mapping_are_shown() -> None:
    """An ``example:`` becomes the example of its property, in JSON form."""
    assert ["12.50"] == components()["Amount"]["properties"]["value"]["examples"]


def test_words_come_along() -> None:
    """A type's and a field's doc are their descriptions."""
    assert "Exactly one way to pay." == components()["Payment"]["description"]
    assert "Surname or company name." == components()["CustomerPerson"]["properties"]["name"]["description"]


def test_equal_types_share_a_component() -> None:
    """What four resources say alike is one component; it does not matter which of them is documented."""
    amounts = [name for name in components() if "Amount" in name]
    assert ["Amount"] == amounts
    assert ["DirectDebit", "DirectDebitInput"] == [name for name in components() if "DirectDebit" in name]


def test_different_types_of_one_name_keep_apart() -> None:
    """The resource's name stands in front, except in the resource that is named after the type."""
    assert "lines" in components()["Order"]["properties"]
    assert "lines" not in components()["CustomerOrdersOrder"]["properties"]
    listed = reply_schema(whole(), "customer-orders.list", 200)["properties"]["items"]
    assert "#/components/schemas/CustomerOrdersOrder" == listed["items"]["$ref"]


def test_one_name_for_two_records_of_a_resource() -> None:
    """Within one resource the second record under the same name gets a number, and each keeps its own schema."""
    chosen = endpoint("orders.create")
    first = next(each for each in chosen.types.values() if each.name == "Address" and each.mode == "request")
    other = BoundType("Address request other", "Address", "request", "other", first.fields[:1])
    order = chosen.types[chosen.body.type if chosen.body else ""]
    second = next(field for field in order.fields if field.name == "delivery_address")
    more = (*order.fields, replace(second, name="invoice_address", type=other.key))
    types = {**chosen.types, other.key: other, order.key: replace(order, fields=more)}
    found = described(replace(chosen, types=types))["components"]["schemas"]
    assert ["street"] == list(found["OrdersAddressInput2"]["properties"])
    assert (
        "#/components/schemas/OrdersAddressInput2"
        == (found["OrderInput"]["properties"]["invoice_address"]["anyOf"][0]["$ref"])
    )


def test_type_called_problem_gives_way() -> None:
    """A mapping's type may be called Problem; the house's problem document keeps the name."""
    chosen = endpoint("items.read")
    types = {key: replace(bound, name="Problem" if bound.name == "Item" else bound.name)
             for key, bound in chosen.types.items()}  # fmt: skip
    found = described(replace(chosen, types=types))
    assert "#/components/schemas/Problem2" == reply_schema(found, "items.read", 200)["$ref"]
    assert "title" in found["components"]["schemas"]["Problem"]["required"]


def test_encoded_replies_promise_nothing() -> None:
    """With SOAP encoding a reply may leave out anything, so nothing is required; a request still must be whole."""
    assert "required" not in components()["StockLevel"]
    assert {"item_id", "warehouse", "direction", "quantity"} <= set(components()["MovementInput"]["required"])


def test_items_of_nil_elements_may_be_null() -> None:
    """An array's item may be null where its element is nillable."""
    chosen = endpoint("orders.read")
    tags = next(fields(chosen, "tags"))
    last = replace(tags.steps[-1], element=replace(tags.steps[-1].element, nillable=True))
    nil = replace(tags, steps=(*tags.steps[:-1], last))
    bound = chosen.types[chosen.reply.type]
    types = {**chosen.types, bound.key: replace(bound, fields=(nil,))}
    found = described(replace(chosen, types=types))
    assert ["string", "null"] == found["components"]["schemas"]["Order"]["properties"]["tags"]["items"]["type"]


def test_wrong_examples_are_mistakes() -> None:
    """Every example that its own field refuses is named with its place, all at once."""
    chosen = endpoint("orders.read")

    def spoil(field: BoundField) -> BoundField:
        return replace(field, rule=replace(field.rule, example="nonsense")) if field.codec else field

    bound = chosen.types[chosen.reply.type]
    spoilt = replace(bound, fields=tuple(spoil(field) for field in bound.fields if field.name in ("status", "id")))
    error = build_error(replace(chosen, types={bound.key: spoilt}))
    assert ["id: example: 'nonsense'", "status: example: 'nonsense'"] == [
        mistake.text[: mistake.text.rindex("'") + 1] for mistake in error.mistakes
    ]
    assert {"mappings/orders.yaml"} == {mistake.file for mistake in error.mistakes}


def test_names_become_camel_case() -> None:
    """A name becomes one word of what a component's name may hold."""
    assert "CustomerOrders" == camel("customer-orders")
    assert "B2BGov" == camel("b2B/gov")
    assert "customers.list" == operation(whole(), "customers.list")["operationId"]
