"""The example ERP's contract: requests from the pipeline's values, replies back to JSON, three states both ways."""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from adapter import strict_json
from adapter.errors import InvalidRequest
from adapter.mapping.bound import BoundField, BoundType, Endpoint
from adapter.messages import Call
from adapter.translate.writer import header_writer, writer
from tests.unit.mapped import ROOT, check, erp, sent
from tests.unit.random_values import Values
from tests.unit.twins import reader

ERP = erp()
SCHEMA = etree.XMLSchema(etree.parse(ROOT / "wsdl" / "erp" / "xsd" / "nachrichten.xsd"))
WITH_BODY = [
    "customers.create",
    "customers.update",
    "customers.patch",
    "orders.create",
    "orders.update",
    "orders.patch",
]
PATHS = {"id": "42", "customer_id": "42", "order_id": "1001", "item_id": "SCHR-M8-40"}
PERSON = {"kind": "person", "name": "Muster", "first_name": "Erika"}
ORDER = {"customer_id": "42"}


def message(name: str, body: Any = None, query: tuple[tuple[str, str], ...] = ()) -> Any:
    """The request message of one operation, as it arrives."""
    endpoint = ERP[name]
    path = {field.name: PATHS[field.name] for field in endpoint.path_fields}
    return sent(writer(endpoint)(check(endpoint, body, path, query)))


def inside(name: str, body: Any) -> Any:
    """The element that the body fills."""
    return message(name, body)[-1]


@pytest.mark.parametrize("name", WITH_BODY)
@given(st.integers(0, 10**9))
def test_generated_bodies_are_valid_and_come_back(name: str, seed: int) -> None:
    """What validate accepts is valid against the ERP's schema, and its reader gives the same JSON back."""
    endpoint = ERP[name]
    assert endpoint.body is not None
    body = Values(random.Random(seed), endpoint).object(endpoint.body.type)
    try:
        request = message(name, body)
    except InvalidRequest:
        return
    SCHEMA.assertValid(request)
    if endpoint.body.patch:
        return  # The reply's type is another; the three states of partial changes stand below.
    answer = etree.Element(request.tag.replace("Antwort", "") + "Antwort")
    answer.append(request[-1])
    read = reader(endpoint)(sent(answer))
    assert () == read.notes
    assert canonical(endpoint, endpoint.body.type, body) == json.loads(strict_json.encode(read.document))


def canonical(endpoint: Endpoint, key: str, value: Any) -> Any:
    """The body as the ERP will answer it: numbers of implied decimals in full, bare arrays always there."""
    bound = endpoint.types[key]
    if bound.variants:
        kind = value[bound.discriminator]
        inner = next(each.type for each in bound.variants if each.value == kind)
        rest = {name: member for name, member in value.items() if name != bound.discriminator}
        return {bound.discriminator: kind, **canonical(endpoint, inner, rest)}
    found = {field.name: _member(endpoint, field, value[field.name]) for field in bound.fields if field.name in value}
    return found | {name: [] for name in _bare_arrays(bound) if name not in found}


def _member(endpoint: Endpoint, field: BoundField, value: Any) -> Any:
    if isinstance(value, list):
        return [canonical(endpoint, field.type, item) if field.type else item for item in value]
    if field.type and value is not None:
        return canonical(endpoint, field.type, value)
    return f"{Decimal(value):.2f}" if field.name == "credit_limit" and value is not None else value


def _bare_arrays(bound: BoundType) -> list[str]:
    return [each.name for each in bound.fields if each.shape in ("scalars", "objects") and len(each.steps) == 1]


@pytest.mark.parametrize("name", [name for name, endpoint in ERP.items() if endpoint.operation.use == "literal"])
def test_smallest_request_is_valid(name: str) -> None:
    """Without anything that may be left out, every operation sends a valid message."""
    bodies = {"customers": PERSON, "orders": ORDER}
    endpoint = ERP[name]
    body = bodies[name.partition(".")[0]] if endpoint.body else None
    if endpoint.body and endpoint.body.patch:
        body = {"kind": "person"} if name.startswith("customers") else {}
    SCHEMA.assertValid(message(name, body))


@pytest.mark.parametrize(
    "name", ["customers.list", "orders.list", "invoices.list", "items.list", "customer-orders.list"]
)
@given(st.integers(0, 10**9))
def test_generated_searches_are_valid(name: str, seed: int) -> None:
    """Whatever query validate accepts, with paging and sorting, is a valid search."""
    source, endpoint = random.Random(seed), ERP[name]
    values = Values(source, endpoint)
    pairs = [(field.name, str(values.one(field))) for field in endpoint.query_fields if source.random() < 0.6]
    pairs = [(key, text.lower() if text in ("True", "False") else text) for key, text in pairs]
    pairs += [("limit", str(source.choice([1, 50, 200])))] if source.random() < 0.5 else []
    pairs += [("offset", str(source.choice([0, 7, 2**31 - 2])))] if source.random() < 0.5 else []
    pairs += [("sort", source.choice(["id", "-id"]))] if source.random() < 0.5 else []
    try:
        request = message(name, query=tuple(pairs))
    except InvalidRequest:
        return
    SCHEMA.assertValid(request)


def test_elements_stand_in_the_contracts_order() -> None:
    """The order of members in the caller's JSON, and of fields in the mapping, means nothing."""
    body = {"version": 1, "tags": ["a"], "name": "M", "address": {"city": "B", "country": "DE", "street": "A"}}
    element = inside("customers.create", {**body, "first_name": "E", "kind": "person", "phones": [{"number": "1"}]})
    order = ["Name1", "Adresse", "Telefone", "Merkmale", "AendNr", "Vorname"]
    assert order == [etree.QName(child).localname for child in element]
    assert ["Strasse", "Ort"] == [etree.QName(child).localname for child in element[1]]


def state(element: Any, name: str) -> str:
    """The state of a child: absent, nil, empty, or its text."""
    child = element.find(f"{{*}}{name}")
    if child is None:
        return "absent"
    nil = child.get("{http://www.w3.org/2001/XMLSchema-instance}nil")
    return "nil" if nil == "true" else child.text or ("empty" if not len(child) else f"{len(child)} items")


@pytest.mark.parametrize(
    ("member", "expected"),
    [
        ({}, "absent"), ({"note": None}, "nil"), ({"note": ""}, "empty"), ({"note": "x"}, "x"),
    ],
)  # fmt: skip
def test_three_states_of_a_value(member: dict[str, Any], expected: str) -> None:
    """Left out, null and the empty text stay three different things, there and back, in partial changes too."""
    assert expected == state(inside("customers.create", {**PERSON, **member}), "Notiz")
    assert expected == state(inside("customers.patch", {"kind": "person", **member}), "Notiz")
    answer = etree.Element("{urn:muster-erp:dienst}LegePartnerAnAntwort")
    answer.append(inside("customers.create", {**PERSON, **member}))
    document = reader(ERP["customers.create"])(sent(answer)).document
    assert member == {name: value for name, value in document.items() if name == "note"}


@pytest.mark.parametrize(
    ("member", "expected"),
    [({}, "absent"), ({"tags": None}, "nil"), ({"tags": []}, "empty"), ({"tags": ["a"]}, "1 items"),
     ({"tags": ["a", "", "c"]}, "3 items")],
)  # fmt: skip
def test_states_of_a_wrapped_array(member: dict[str, Any], expected: str) -> None:
    """An array inside an element of its own has the three states of that element, and keeps every item."""
    assert expected == state(inside("orders.create", {**ORDER, **member}), "Merkmale")
    answer = etree.Element("{urn:muster-erp:dienst}LegeAuftragAnAntwort")
    answer.append(inside("orders.create", {**ORDER, **member}))
    document = reader(ERP["orders.create"])(sent(answer)).document
    assert member == {name: value for name, value in document.items() if name == "tags"}


@pytest.mark.parametrize("batches", [[], ["1"], ["1", "2", "3"]])
def test_bare_array_is_an_array_whatever_a_message_holds(batches: list[str]) -> None:
    """Elements that repeat without one around them are an array for none, one and many."""
    line = {"item_id": "A", "quantity": "1", "batches": batches}
    answer = etree.Element("{urn:muster-erp:dienst}LegeAuftragAnAntwort")
    answer.append(inside("orders.create", {**ORDER, "lines": [line]}))
    document = reader(ERP["orders.create"])(sent(answer)).document
    assert [line] == document["lines"]


@pytest.mark.parametrize("kind", ["person", "company"])
def test_variant_goes_both_ways(kind: str) -> None:
    """The discriminator becomes xsi:type and comes back from it, whatever its prefix."""
    own = {"first_name": "Erika"} if kind == "person" else {"vat_id": None, "legal_form": "gmbh"}
    element = inside("customers.create", {"kind": kind, "name": "M", **own})
    given_type = element.get("{http://www.w3.org/2001/XMLSchema-instance}type")
    assert {"person": "PrivatPartnerTyp", "company": "FirmenPartnerTyp"}[kind] == given_type.partition(":")[2]
    answer = etree.Element("{urn:muster-erp:dienst}LegePartnerAnAntwort")
    answer.append(element)
    assert {"kind": kind, "name": "M", **own} == reader(ERP["customers.create"])(sent(answer)).document


@pytest.mark.parametrize(
    ("payment", "child"),
    [({"invoice": {"days": 30}}, "Rechnung"), ({"card": {"token": "t"}}, "Karte"),
     ({"direct_debit": {"iban": "DE89370400440532013000"}}, "Lastschrift")],
)  # fmt: skip
def test_choice_goes_both_ways(payment: dict[str, Any], child: str) -> None:
    """The one branch that is given is written and read."""
    element = inside("orders.create", {**ORDER, "payment": payment})
    assert [child] == [etree.QName(each).localname for each in element.find("{*}Zahlung")]
    answer = etree.Element("{urn:muster-erp:dienst}LegeAuftragAnAntwort")
    answer.append(element)
    assert payment == reader(ERP["orders.create"])(sent(answer)).document["payment"]


def test_headers_are_made_fresh_for_each_call() -> None:
    """The header block holds the mapping's constant and the operator's setting; two calls never share an element."""
    make = header_writer(ERP["customers.read"])
    (one,), (other,) = make(Call()).blocks, make(Call()).blocks
    assert one is not other
    assert [("Mandant", "100"), ("Sprache", "DE")] == [(etree.QName(child).localname, child.text) for child in one]


def bill(levels: int) -> str:
    """A bill of materials of so many levels, as the ERP sends it (its local elements are unqualified)."""
    text = "<ArtikelNr>A0</ArtikelNr>"
    for level in range(1, levels):
        part = f"<PosNr>1</PosNr><ArtikelNr>B{level}</ArtikelNr><Menge>1</Menge><Einheit>ST</Einheit>"
        text = f"<ArtikelNr>A{level}</ArtikelNr><Position>{part}<Stueckliste>{text}</Stueckliste></Position>"
    name = "d:LeseStuecklisteAntwort"
    return f'<{name} xmlns:d="urn:muster-erp:dienst"><d:Stueckliste>{text}</d:Stueckliste></{name}>'


def test_recursion_of_sixty_levels() -> None:
    """Parts of parts are read as deep as they go."""
    document = reader(ERP["item-parts.read"])(etree.fromstring(bill(60))).document
    for level in range(59, 0, -1):
        assert f"A{level}" == document["item_id"]
        document = document["parts"][0]["made_of"]
    assert {"item_id": "A0", "parts": []} == document


def test_compiled_functions_share_nothing_between_calls() -> None:
    """Many requests at once, of different callers, are checked, written and read without touching each other."""
    endpoint = ERP["orders.create"]
    read = reader(endpoint)

    def one(number: int) -> tuple[Any, Any]:
        body = {"customer_id": str(number), "lines": [{"item_id": f"A{number}", "quantity": "1"}] * (number % 7)}
        answer = etree.Element("{urn:muster-erp:dienst}LegeAuftragAnAntwort")
        answer.append(inside("orders.create", body))
        document = read(sent(answer)).document
        return [body["customer_id"], *(line["item_id"] for line in body["lines"])], [
            document["customer_id"], *(line["item_id"] for line in document["lines"])
        ]  # fmt: skip

    with ThreadPoolExecutor(8) as pool:
        for expected, found in pool.map(one, range(1, 200)):
            assert expected == found
