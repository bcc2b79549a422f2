"""The step in front of the writer: every wrong value is named by pointer or parameter, nothing wrong gets through."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from adapter.errors import InvalidRequest
from adapter.mapping.bound import Endpoint
from adapter.steps.taking import pointers
from adapter.translate.writer import writer
from tests.unit.mapped import calls, check, echo, erp, errors, sent, typed

ERP = erp()
PERSON = {"kind": "person", "name": "Muster", "first_name": "Erika"}
ORDER = {"customer_id": "42"}
CREATE, PATCH = ERP["customers.create"], ERP["customers.patch"]
ORDERS = ERP["orders.create"]


@pytest.mark.parametrize(
    ("member", "pointer", "detail"),
    [
        ({"name": "x" * 41}, "/name", "must have at most 40 characters"),
        ({"name": ""}, "/name", "must have at least 1 character"),
        ({"name": None}, "/name", "must not be null"),
        ({"name": 7}, "/name", "must be a string"),
        ({"status": "A"}, "/status", "must be one of active, dormant, deleted"),
        ({"blocked": "J"}, "/blocked", "must be true or false"),
        ({"credit_limit": "1.005"}, "/credit_limit", r"must have the form [0-9]{1,8}(\.[0-9]{1,2})?"),
        ({"discount": 2.5}, "/discount", 'must be a string such as "12"'),
        ({"discount": "100.01"}, "/discount", "must be at most 100"),
        ({"payment_days": "30"}, "/payment_days", "must be a whole number"),
        ({"payment_days": 2**31}, "/payment_days", "out of range for int"),
        ({"born_on": "2024-02-30"}, "/born_on", "not a day of the calendar"),
        ({"tags": "a"}, "/tags", "must be an array"),
        ({"tags": {}}, "/tags", "must be an array"),
        ({"tags": ["a", None]}, "/tags/1", "must not be null"),
        ({"tags": ["a", "x" * 21]}, "/tags/1", "must have at most 20 characters"),
        ({"address": []}, "/address", "must be an object"),
        ({"address": {"street": "x"}}, "/address/city", "is required"),
        ({"address": {"city": "x", "country": "de"}}, "/address/country", "must have the form [A-Z]{2}"),
        ({"phones": [{"number": "1"}, {"kind": "mobile"}]}, "/phones/1/number", "is required"),
        ({"phones": [{"number": "1", "kind": "M"}]}, "/phones/0/kind", "must be one of landline, mobile, fax"),
        ({"phones": [None]}, "/phones/0", "must not be null"),
        ({"id": "42"}, "/id", "is read-only"),
        ({"revenue": {"value": "1"}}, "/revenue", "is read-only"),
        ({"colour": "red"}, "/colour", "is not known here"),
        ({"vat_id": "DE1"}, "/vat_id", "is not known here"),
        ({"a/b~c": 1}, "/a~1b~0c", "is not known here"),
        ({"kind": "dog"}, "/kind", "must be one of person, company"),
        ({"kind": None}, "/kind", "must be one of person, company"),
    ],
)  # fmt: skip
def test_wrong_member_is_named(member: dict[str, Any], pointer: str, detail: str) -> None:
    """One wrong value is one error, at its JSON pointer, in words that say what would be right."""
    assert {pointer: detail} == errors(CREATE, {**PERSON, **member})


@pytest.mark.parametrize("body", [None, [], "x", 1, True])
def test_body_that_is_no_object_is_named_as_a_whole(body: Any) -> None:
    """The empty pointer is the body itself."""
    for endpoint in (CREATE, ORDERS):
        said = errors(endpoint, json.dumps(body).encode())
        assert {"": "must not be null" if body is None else "must be an object"} == said


def test_missing_members_are_all_named() -> None:
    """Everything required that is missing is named at once, beside what is wrong."""
    assert {"/name": "is required", "/legal_form": "is required", "/x": "is not known here"} == errors(
        CREATE, {"kind": "company", "x": 1}
    )
    assert {"/kind": "is required"} == errors(CREATE, {"name": "x"})


INSIDE_ARRAYS = typed("""<xsd:sequence><xsd:choice>
  <xsd:element name="a" type="xsd:int" maxOccurs="9"/><xsd:element name="b" type="xsd:int"/></xsd:choice>
  <xsd:element name="M" minOccurs="0" maxOccurs="9" nillable="true"><xsd:complexType><xsd:simpleContent>
    <xsd:extension base="xsd:int"><xsd:attribute name="k" type="xsd:int" use="required"/></xsd:extension>
  </xsd:simpleContent></xsd:complexType></xsd:element>
  <xsd:element name="N" minOccurs="0" nillable="true" type="t:M"/>
</xsd:sequence>""").replace(
    "</xsd:schema>",
    """<xsd:complexType name="M"><xsd:sequence/>
  <xsd:attribute name="k" type="xsd:int" use="required"/></xsd:complexType></xsd:schema>""",
)


@pytest.mark.parametrize(
    ("member", "said"),
    [
        ({"a": [1]}, {}),
        ({"b": 1}, {}),
        ({"a": [], "b": 1}, {}),
        ({"a": []}, {"": "must have one of a, b"}),
        ({"b": 1, "m": [None]}, {"/m/0": "must not be null"}),
        ({"b": 1, "n": None}, {"/n": "must not be null"}),
        ({"b": 1, "m": [{"v": 1, "k": 1}], "n": {"k": 1}}, {}),
    ],
)  # fmt: skip
def test_nothing_is_given_by_an_empty_array_or_a_mere_nil(member: dict[str, Any], said: dict[str, str]) -> None:
    """An array without items writes no element, and nil is no value where an attribute is required."""
    fields = {"a": "a", "b": "b", "m": {"soap": "M", "each": "M"}, "n": {"soap": "N", "one": "N"}}
    endpoint = echo(INSIDE_ARRAYS, fields, M={"fields": {"v": ".", "k": "@k"}}, N={"fields": {"k": "@k"}})
    assert said == errors(endpoint, member)


@pytest.mark.parametrize(
    ("payment", "said"),
    [
        ({}, {"/payment": "must have one of direct_debit, card, invoice"}),
        ({"invoice": {"days": 1}, "card": {"token": "t"}},
         {"/payment": "must have only one of direct_debit, card, invoice"}),
        ({"invoice": {}}, {"/payment/invoice/days": "is required"}),
        ({"invoice": None}, {"/payment/invoice": "must not be null"}),
        ({"invoice": {"days": 1}}, {}),
    ],
)  # fmt: skip
def test_choice_takes_exactly_one_branch(payment: dict[str, Any], said: dict[str, str]) -> None:
    """A choice wants one branch, and that branch wants what it wants."""
    assert said == errors(ORDERS, {**ORDER, "payment": payment})


FLAT = typed("""<xsd:sequence>
  <xsd:element name="A" minOccurs="0"><xsd:complexType><xsd:sequence><xsd:element name="Ort" type="xsd:string"/>
    <xsd:element name="Plz" type="xsd:string" minOccurs="0"/></xsd:sequence></xsd:complexType></xsd:element>
  <xsd:element name="B" minOccurs="0"><xsd:complexType><xsd:simpleContent><xsd:extension base="xsd:decimal">
    <xsd:attribute name="w" type="xsd:string" use="required"/></xsd:extension></xsd:simpleContent></xsd:complexType>
  </xsd:element>
  <xsd:choice><xsd:sequence><xsd:element name="C" type="xsd:int"/><xsd:element name="D" type="xsd:int"/></xsd:sequence>
    <xsd:element name="E" type="xsd:int"/></xsd:choice>
  <xsd:element name="L" type="xsd:int" minOccurs="0" maxOccurs="2"/>
  <xsd:element name="W" nillable="true" minOccurs="0"><xsd:complexType><xsd:sequence>
    <xsd:element name="x" type="xsd:int" minOccurs="2" maxOccurs="unbounded"/>
    <xsd:element name="n" type="xsd:int" minOccurs="0"/></xsd:sequence></xsd:complexType></xsd:element>
</xsd:sequence>""")
FLAT_FIELDS = {
    "city": "A.Ort", "postcode": "A.Plz", "value": "B", "currency": "B.@w", "c": "C", "d": "D", "e": "E", "l": "L",
    "x": "W.x", "n": "W.n",
}  # fmt: skip


@pytest.fixture(scope="module")
def flat() -> Endpoint:
    """An object whose nested elements are flattened into one."""
    return echo(FLAT, FLAT_FIELDS)


@pytest.mark.parametrize(
    ("member", "said"),
    [
        ({}, {}),
        ({"postcode": "1"}, {"/city": "is required together with postcode"}),
        ({"value": "1"}, {"/currency": "is required together with value"}),
        ({"currency": "EUR"}, {"/value": "is required together with currency"}),
        ({"c": 1}, {"": "must have only one of c, d, e", "/d": "is required"}),
        ({"e": None}, {"/e": "must not be null"}),
        ({"l": []}, {}),
        ({"l": [1, 2, 3]}, {"/l": "must have at most 2 items"}),
        ({"x": [1]}, {"/x": "must have at least 2 items"}),
        ({"x": []}, {"/x": "must have at least 2 items"}),
        ({"n": 1}, {"/x": "is required together with n"}),
        ({"x": None}, {}),
        ({"x": None, "n": 1}, {"/n": "must be left out where x is null"}),
    ],
)
def test_flattened_elements_bring_what_they_require(
    flat: Endpoint, member: dict[str, Any], said: dict[str, str]
) -> None:
    """As soon as one field below an element is given, what that element requires must be given too."""
    assert said == errors(flat, {"e": 1, **member})


def test_property_may_have_any_name() -> None:
    """Properties called like something of marshmallow's own are properties like any other."""
    names = ["fields", "Meta", "load", "context", "validate", "dump", "opts", "data_key"]
    inside = "".join(f'<xsd:element name="e{index}" type="xsd:int"/>' for index in range(len(names)))
    endpoint = echo(
        typed(f"<xsd:sequence>{inside}</xsd:sequence>"), {name: f"e{index}" for index, name in enumerate(names)}
    )
    body = {name: index for index, name in enumerate(names)}
    assert {name: str(index) for name, index in body.items()} == check(endpoint, body).body
    assert {f"/{name}": "is required" for name in names} == errors(endpoint, {})


@pytest.mark.parametrize("name", ["customers.list", "customers.read", "orders.cancel"])
def test_body_where_none_is_taken_is_refused(name: str) -> None:
    """A body that would be ignored is an error."""
    path = {field.name: "42" for field in ERP[name].path_fields}
    assert {"": "no body is taken here"} == errors(ERP[name], b"{}", path)


def test_partial_change_requires_nothing_but_forbids_the_rest() -> None:
    """In a partial change null clears and absence keeps; what the ERP cannot change is read-only."""
    path = {"id": "42"}
    assert {} == errors(PATCH, {"kind": "person"}, path)
    cleared = check(PATCH, {"kind": "person", "note": None, "address": {"city": None}, "tags": []}, path).body
    assert {"kind": "person", "note": None, "address": {"city": None}, "tags": []} == cleared
    assert {"/id": "is read-only", "/created_on": "is read-only"} == errors(
        PATCH, {"kind": "person", "id": "1", "created_on": "2024-01-01"}, path
    )
    assert {"/customer_id": "is read-only"} == errors(ERP["orders.patch"], {"customer_id": "1"}, path)


def test_errors_are_capped() -> None:
    """However much is wrong, a hundred errors are enough."""
    with pytest.raises(InvalidRequest) as caught:
        check(CREATE, {**PERSON, "tags": [None] * 1000})
    assert (422, "invalid-request", 100) == (caught.value.status, caught.value.problem, len(caught.value.fields))


@pytest.mark.parametrize("body", [b"{", b"", b'{"a":1,"a":2}', b"[NaN]", b"\xff", b"[" * 65 + b"]" * 65])
def test_what_is_no_json_is_another_problem(body: bytes) -> None:
    """A body that cannot be read is 400 malformed-json, not 422."""
    with pytest.raises(InvalidRequest) as caught:
        check(CREATE, body)
    assert (400, "malformed-json") == (caught.value.status, caught.value.problem)


RECURSIVE = typed("""<xsd:sequence><xsd:element name="n" type="xsd:int"/>
  <xsd:element name="T" type="t:T" minOccurs="0"/></xsd:sequence>""")


def chain(depth: int) -> dict[str, Any]:
    """An object in an object, so deep."""
    body: dict[str, Any] = {"n": 0}
    for _ in range(depth - 1):
        body = {"n": 0, "inner": body}
    return body


def test_deep_bodies_pass_as_far_as_json_may_be_nested() -> None:
    """Sixty-four levels, the bound of the settings, are checked and written."""
    endpoint = echo(RECURSIVE, {"n": "n", "inner": {"soap": "T", "one": "T"}})
    element = sent(writer(endpoint)(check(endpoint, chain(64))))
    assert 64 == len(list(element.iter("{urn:t}n")))


def test_bodies_deeper_than_the_stack_are_refused() -> None:
    """Where an operator allows more nesting than there is stack, the caller is told, and nothing breaks."""
    endpoint = echo(RECURSIVE, {"n": "n", "inner": {"soap": "T", "one": "T"}})
    assert {"": "is nested too deeply"} == errors(endpoint, chain(490), max_depth=500)


def test_pointers_are_those_of_rfc_6901() -> None:
    """Names are escaped, indexes are numbers, and the object itself has no part of its own."""
    messages = {"a~/b": {0: ["x"], 1: {"_schema": ["y"]}}, "_schema": ["z"]}
    assert [("/a~0~1b/0", "x"), ("/a~0~1b/1", "y"), ("", "z")] == list(pointers(messages, ""))


def test_a_thousand_lines_cost_no_more_than_their_number() -> None:
    """Ten times the lines take ten times the steps to check and to write."""
    line = {"item_id": "A", "quantity": "1", "batches": ["1", "2"]}
    few, many = ({**ORDER, "lines": [line] * count} for count in (100, 1000))
    write = writer(ORDERS)
    assert 1000 == len(list(write(check(ORDERS, many)).iter("{urn:muster-erp:auftrag}Position")))
    assert calls(lambda: write(check(ORDERS, many))) < 11 * calls(lambda: write(check(ORDERS, few)))


def test_numbers_stay_exact() -> None:
    """No digit of a number is lost between JSON and XML."""
    long = typed('<xsd:sequence><xsd:element name="n" type="xsd:decimal"/></xsd:sequence>')
    endpoint = echo(long, {"n": {"soap": "n", "json": "number"}})
    number = "0." + "123456789" * 6
    assert number == check(endpoint, f'{{"n": {number}}}'.encode()).body["n"]
    assert Decimal(number) != Decimal(float(number))
