"""Conditions: properties and constants that are there only where others have some values."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from adapter.errors import BackendReplyInvalid
from adapter.mapping.bound import Endpoint
from adapter.translate.writer import writer
from tests.unit.mapped import build, check, echo, errors, mistakes
from tests.unit.random_values import Values
from tests.unit.test_mapping_nested import back
from tests.unit.test_mapping_stand_ins import answered, component, element, inside, written

OPTIONAL = {"minOccurs": "0"}
XSD = inside(*(element(name, **OPTIONAL) for name in "abc"), element("n", "xsd:decimal", **OPTIONAL, nillable="true"))
ONLY = {"soap": "b", "when": {"kind": ["x", "y"]}}
BODY = {"body": {"one": "T", "into": "X"}, "reply": {"one": "T", "from": "X"}}


def conditional(field: Any = ONLY, **more: Any) -> Endpoint:
    """A record whose property ``only`` depends on ``kind``."""
    return echo(XSD, {"kind": "a", "only": field, "amount": "n", **more})


def constant(when: Any, patch: bool = False, **fields: Any) -> Endpoint:
    """A record with a constant that depends on something."""
    types = {"T": {"fields": {"kind": "a", "amount": "n", **fields}, "set": {"c": {"value": "J", "when": when}}}}
    if not patch:
        return build(XSD, types, BODY)
    operation = {**BODY, "request": "PATCH /", "body": {**BODY["body"], "patch": "partial"}}
    return build(XSD, types, operation, verb="patch")


def test_a_property_is_taken_only_where_its_condition_holds() -> None:
    """Another value, null and nothing do not fit."""
    endpoint = conditional()
    wrong = {"/only": "is only allowed where kind is x or y"}
    assert [("a", "x"), ("b", "1")] == written(endpoint, {"kind": "x", "only": "1"})
    assert wrong == errors(endpoint, {"kind": "z", "only": "1"})
    assert wrong == errors(endpoint, {"only": "1"})
    assert {} == errors(endpoint, {"kind": "z"})


def test_required_holds_where_the_condition_does() -> None:
    """Elsewhere the property may not even be given."""
    endpoint = conditional({**ONLY, "required": True})
    assert {"/only": "is required where kind is x or y"} == errors(endpoint, {"kind": "y"})
    assert {} == errors(endpoint, {"kind": "z"})


def test_a_reply_shows_it_only_where_the_condition_holds() -> None:
    """What the ERP sends beside another value is passed over."""
    assert {"kind": "x", "only": "1"} == answered(conditional(), "<a>x</a><b>1</b>")
    assert {"kind": "z"} == answered(conditional(), "<a>z</a><b>1</b>")
    assert {} == answered(conditional(), "<b>1</b>")


def test_a_required_element_matters_only_where_the_condition_holds() -> None:
    """A reply without it is refused there, and only there."""
    xsd = inside(element("a"), element("b"))
    endpoint = build(xsd, {"T": {"fields": {"kind": "a", "only": ONLY}}}, {"reply": BODY["reply"], "set": {
        "X.a": "x", "X.b": "y"}})  # fmt: skip
    assert {"kind": "z"} == answered(endpoint, "<a>z</a>")
    with pytest.raises(BackendReplyInvalid, match=r"T\.only is missing where kind is x or y"):
        answered(endpoint, "<a>x</a>")


def test_values_are_compared_as_json_values() -> None:
    """Codes by our words, truth as truth, and numbers by their value, whatever text they have."""
    codes = conditional({"soap": "b", "when": {"kind": ["ours"]}}, kind={"soap": "a", "codes": {"ours": "T", "T": "U"}})
    assert {} == errors(codes, {"kind": "ours", "only": "1"})
    assert ["/only"] == list(errors(codes, {"kind": "T", "only": "1"}))
    assert {"kind": "ours", "only": "1"} == answered(codes, "<a>T</a><b>1</b>")
    flag = conditional({"soap": "b", "when": {"kind": [True]}}, kind={"soap": "a", "convert": "flag(J,N)"})
    assert {} == errors(flag, {"kind": True, "only": "1"})
    assert ["/only"] == list(errors(flag, {"kind": False, "only": "1"}))
    number = conditional({"soap": "b", "when": {"amount": ["1.5"]}})
    assert {} == errors(number, {"amount": "1.50", "only": "1"})
    assert {"amount": "01.500", "only": "1"} == answered(number, "<b>1</b><n>01.500</n>")


def test_a_default_decides_where_nothing_is_given() -> None:
    """What stands in for the property is what is written, so it counts."""
    endpoint = conditional(kind={"soap": "a", "default": "x"})
    assert [("a", "x"), ("b", "1")] == written(endpoint, {"only": "1"})
    rules = component(endpoint, "TInput")["allOf"]
    assert [{"if": {"required": ["only"]}, "then": {"properties": {"kind": {"enum": ["x", "y"]}}}}] == rules


def test_several_conditions_hold_together() -> None:
    """Each of them must."""
    endpoint = conditional({"soap": "b", "when": {"kind": ["x"], "amount": ["1"]}})
    assert {} == errors(endpoint, {"kind": "x", "amount": "1", "only": "1"})
    assert {"/only": "is only allowed where kind is x and amount is 1"} == errors(endpoint, {"kind": "x", "only": "1"})


def test_a_partial_body_allows_what_cannot_be_judged() -> None:
    """What is left out keeps a value that only the ERP knows; null is no value."""
    types = {"T": {"fields": {"amount": {"soap": "n"}, "only": {"soap": "b", "when": {"amount": ["1"]}}}}}
    operation = {**BODY, "request": "PATCH /", "body": {**BODY["body"], "patch": "partial"}}
    endpoint = build(XSD, types, operation, verb="patch")
    assert {} == errors(endpoint, {"only": "1"})
    assert {} == errors(endpoint, {"amount": "1"})
    wrong = {"/only": "is only allowed where amount is 1"}
    assert [wrong, wrong] == [errors(endpoint, {"amount": each, "only": "1"}) for each in (None, "2")]


def test_the_documentation_says_what_depends_on_what() -> None:
    """In words, and as JSON Schema."""
    endpoint = conditional({**ONLY, "required": True, "doc": "Ours."})
    schema = component(endpoint, "TInput")
    holds = {"properties": {"kind": {"enum": ["x", "y"]}}, "required": ["kind"]}
    assert "Ours. Only where kind is x or y." == schema["properties"]["only"]["description"]
    assert [
        {"if": {"required": ["only"]}, "then": holds},
        {"if": holds, "then": {"required": ["only"]}},
    ] == schema["allOf"]
    assert [{"if": {"required": ["only"]}, "then": holds}] == component(endpoint, "T")["allOf"]


@pytest.mark.parametrize(
    ("when", "body", "there"),
    [
        ({"amount": "given"}, {"amount": "1"}, True),
        ({"amount": "given"}, {"amount": None}, False),
        ({"amount": "given"}, {}, False),
        ({"amount": "not_given"}, {"amount": "1"}, False),
        ({"amount": "not_given"}, {"amount": None}, True),
        ({"amount": "not_given"}, {}, True),
        ({"kind": ["x"]}, {"kind": "x"}, True),
        ({"kind": ["x"]}, {"kind": "y"}, False),
        ({"kind": ["x"]}, {}, False),
    ],
)
def test_a_constant_is_written_where_its_condition_holds(when: Any, body: Any, there: bool) -> None:
    """Null is no value, so it is not given."""
    assert there == (("c", "J") in written(constant(when), body))


@pytest.mark.parametrize(
    ("when", "body", "there"),
    [
        ({"amount": "given"}, {"amount": "1"}, True),
        ({"amount": "given"}, {}, False),
        ({"amount": "not_given"}, {"amount": None}, True),
        ({"amount": "not_given"}, {}, False),
        ({"kind": ["x"]}, {}, False),
    ],
)
def test_a_constant_of_a_change_is_not_written_for_what_stays_untouched(when: Any, body: Any, there: bool) -> None:
    """Left out, the property keeps a value that only the ERP knows."""
    assert there == (("c", "J") in written(constant(when, patch=True), body))


def test_a_constant_of_an_operation_depends_on_its_parameters() -> None:
    """A query parameter that is given, and one that is not."""
    both = element("Kz", **OPTIONAL) + element("Q", **OPTIONAL)
    xsd = XSD.replace('<xsd:element name="X" type="t:T"/>', both, 1)
    for when, query, there in (("given", (("q", "1"),), True), ("given", (), False), ("not_given", (), True)):
        operation = {"request": "GET /", "query": {"q": "Q"}, "set": {"Kz": {"value": "J", "when": {"q": when}}}}
        endpoint = build(xsd, {}, {**operation, "reply": {"status": 204}}, verb="read")
        message = writer(endpoint)(check(endpoint, query=query))
        assert there == ("Kz" in [etree.QName(child).localname for child in message])


def test_a_constant_with_a_condition_may_need_what_it_depends_on() -> None:
    """An attribute that says the currency is written beside the amount, and alone it would be a mistake."""
    xsd = inside(element("B", "t:M", **OPTIONAL)).replace("</xsd:schema>", """<xsd:complexType name="M">
        <xsd:simpleContent><xsd:extension base="xsd:decimal">
        <xsd:attribute name="w" type="xsd:string" use="required"/></xsd:extension>
        </xsd:simpleContent></xsd:complexType></xsd:schema>""")  # fmt: skip
    when = {"B.@w": {"value": "EUR", "when": {"amount": "given"}}}
    endpoint = build(xsd, {"T": {"fields": {"amount": "B.#text"}, "set": when}}, BODY)
    back(xsd, endpoint, {"amount": "1"})
    back(xsd, endpoint, {})
    found = mistakes(lambda: build(xsd, {"T": {"fields": {"amount": "B.#text"}, "set": {"B.@w": "EUR"}}}, BODY))
    assert "cannot always be written" in " ".join(each.text for each in found)


def test_a_condition_inside_a_nested_object() -> None:
    """It names properties of the same object."""
    inner = {"fields": {"kind": "a", "only": ONLY}, "set": {"c": {"value": "J", "when": {"kind": ["x"]}}}}
    endpoint = echo(XSD, {"inner": {"soap": ".", "one": "I"}}, I=inner)
    assert [("a", "x"), ("b", "1"), ("c", "J")] == written(endpoint, {"inner": {"kind": "x", "only": "1"}})
    assert {"/inner/only": "is only allowed where kind is x or y"} == errors(endpoint, {"inner": {"only": "1"}})
    assert {"inner": {"kind": "z"}} == answered(endpoint, "<a>z</a><b>1</b>")


@pytest.mark.parametrize(
    ("fields", "when", "text"),
    [
        ({"kind": "a", "only": {"soap": "b", "when": {"only": ["x"]}}}, None, "when: there is no only"),
        ({"kind": {"soap": "a", "write_only": True}, "only": ONLY}, None, "kind is write_only, so no reply says it"),
        ({"kind": "a", "only": ONLY, "other": {"soap": "c", "when": {"only": ["1"]}}}, None, "only depends on another"),
        ({"kind": ["a", "c"], "only": ONLY}, None, ""),
        ({"name": {"soap": ["a", "b"], "join": "-"}}, {"name": ["x-y"]}, "name stands in several elements"),
        ({"kind": {"soap": "a", "read_only": True}}, {"kind": "given"}, "callers cannot give kind"),
    ],
)
def test_mistakes(fields: Any, when: Any, text: str) -> None:
    """What cannot be judged, or goes in a circle, is found while building."""
    section = {"fields": fields, **({"set": {"c": {"value": "J", "when": when}}} if when else {})}
    found = mistakes(lambda: build(XSD, {"T": section}, BODY))
    assert text in " ".join(each.text for each in found)
    assert found
    assert all(each.remedy and each.line for each in found)


@settings(max_examples=60)
@given(st.integers(0, 10**9))
def test_accepted_bodies_with_conditions_are_valid_and_come_back(seed: int) -> None:
    """Whatever passes is written as a valid document, and is read back as it was sent: nothing of it is hidden."""
    source = random.Random(seed)
    words = ["", "A", "B", "ABCD", "42"]
    fields: dict[str, Any] = {"kind": {"soap": "a", "codes": dict(zip(words[1:], words[1:], strict=True))}}
    fields |= {
        name: {"soap": name, "when": {"kind": source.sample(words[1:], 2)}, "required": source.random() < 0.3}
        for name in source.sample("bc", source.randint(1, 2))
    }
    rest = {"n": {"value": "1", "when": {source.choice(list(fields)): source.choice(["given", "not_given"])}}}
    endpoint = build(XSD, {"T": {"fields": fields, "set": rest}}, BODY)
    assert endpoint.body is not None
    values = Values(source, endpoint)
    for _ in range(10):
        back(XSD, endpoint, values.object(endpoint.body.type))
