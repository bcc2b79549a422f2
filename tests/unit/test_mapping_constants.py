"""Constants that are written with every object of a type, and properties that the ERP does not have."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.mapping.bound import Endpoint
from tests.unit.mapped import build, echo, errors, mistakes, typed
from tests.unit.random_values import Values
from tests.unit.test_mapping_nested import back
from tests.unit.test_mapping_stand_ins import answered, component, element, inside, written

OPTIONAL = {"minOccurs": "0"}
XSD = inside(element("Typ"), element("Name", **OPTIONAL))


def one(**section: Any) -> Endpoint:
    """An operation on a record of Typ and Name."""
    types = {"T": {"fields": {"name": "Name"}, **section}}
    return build(XSD, types, {"body": {"one": "T", "into": "X"}, "reply": {"one": "T", "from": "X"}})


def test_constant_of_a_type_is_written_with_every_object_and_never_read() -> None:
    """It fills what the contract requires, and no caller sees it."""
    endpoint = one(set={"Typ": "P"})
    assert [("Typ", "P")] == written(endpoint, {})
    assert [("Typ", "P"), ("Name", "A")] == written(endpoint, {"name": "A"})
    assert {"name": "A"} == answered(endpoint, "<Typ>other</Typ><Name>A</Name>")
    assert {"/set.Typ": "is not known here"} == errors(endpoint, {"set.Typ": "Q"})


def test_constant_of_an_operator_is_a_setting() -> None:
    """A type's constant may be what the operator sets."""
    assert [("Typ", "100")] == written(one(set={"Typ": {"setting": "client"}}), {})


def test_constant_stands_in_each_item_of_an_array() -> None:
    """Every item of the type has it."""
    xsd = inside(element("L", "t:U", maxOccurs="unbounded")) + ""
    xsd = xsd.replace("</xsd:schema>", f"<xsd:complexType name='U'><xsd:sequence>{element('Art')}{element('N')}"
                      "</xsd:sequence></xsd:complexType></xsd:schema>")  # fmt: skip
    types = {"U": {"fields": {"n": "N"}, "set": {"Art": "TAN"}}}
    endpoint = echo(xsd, {"lines": {"soap": "L", "each": "U"}}, **types)
    assert [("L", None), ("L", None)] == written(endpoint, {"lines": [{"n": "1"}, {"n": "2"}]})
    back(xsd, endpoint, {"lines": [{"n": "1"}, {"n": "2"}]})


def test_constant_of_a_nested_type_is_written_with_the_object() -> None:
    """Where the object is left out, so is the constant of its type."""
    xsd = inside(element("Typ", **OPTIONAL), element("Name", **OPTIONAL), element("Ort", **OPTIONAL))
    inner = {"fields": {"name": "Name"}, "set": {"Typ": "P"}}
    endpoint = echo(xsd, {"city": "Ort", "who": {"soap": ".", "one": "Who"}}, Who=inner)
    assert [("Ort", "B")] == written(endpoint, {"city": "B"})
    assert [("Typ", "P"), ("Name", "A")] == written(endpoint, {"who": {"name": "A"}})


def test_constant_in_a_partial_body() -> None:
    """A change has it too."""
    body = {"one": "T", "into": "X", "patch": "partial"}
    types = {"T": {"fields": {"name": "Name"}, "set": {"Typ": "P"}}}
    endpoint = build(XSD, types, {"request": "PATCH /", "body": body, "reply": {"status": 204}}, verb="patch")
    assert [("Typ", "P")] == written(endpoint, {})


def test_constant_in_a_body_that_fills_the_message() -> None:
    """It stands beside the parameters, and counts as filled there."""
    xsd = typed(f"<xsd:sequence>{element('Typ')}{element('Name', **OPTIONAL)}</xsd:sequence>")
    xsd = xsd.replace('<xsd:element name="X" type="t:T"/>', element("Typ") + element("Name", **OPTIONAL))
    endpoint = build(xsd, {"T": {"fields": {"name": "Name"}, "set": {"Typ": "P"}}}, {
        "body": {"one": "T"}, "reply": {"one": "T"}})  # fmt: skip
    assert {} == errors(endpoint, {"name": "A"})
    back(xsd, endpoint, {"name": "A"})


def test_constant_property_is_read_and_never_written() -> None:
    """Every reply has it; a caller may repeat it and say nothing else."""
    endpoint = echo(XSD, {"typ": "Typ", "currency": {"constant": "EUR"}, "fee": {"constant": 5}})
    assert {"typ": "x", "currency": "EUR", "fee": 5} == answered(endpoint, "<Typ>x</Typ>")
    assert [("Typ", "x")] == written(endpoint, {"typ": "x", "currency": "EUR", "fee": 5})
    said = {"/currency": "must be EUR", "/fee": "must be 5"}
    assert said == errors(endpoint, {"typ": "x", "currency": "CHF", "fee": True})
    assert {"/currency": "must not be null"} == errors(endpoint, {"typ": "x", "currency": None})


@pytest.mark.parametrize(
    ("constant", "kind", "good", "bad"),
    [
        ("EUR", "string", ["EUR"], ["eur", 1, True, [], {}]),
        (True, "boolean", [True], [1, "true", False]),
        (False, "boolean", [False], [0, "false", True]),
        (1, "integer", [1], [True, "1", 2]),
        (1.5, "number", [1.5], ["1.5", 1]),
    ],
)
def test_constant_property_has_the_type_that_yaml_says(
    constant: Any, kind: str, good: list[Any], bad: list[Any]
) -> None:
    """Text, truth and numbers are told apart, in checks and in the documentation."""
    endpoint = echo(XSD, {"typ": "Typ", "c": {"constant": constant, "doc": "Ours."}})
    assert [{}] * len(good) == [errors(endpoint, {"typ": "x", "c": each}) for each in good]
    assert [["/c"]] * len(bad) == [list(errors(endpoint, {"typ": "x", "c": each})) for each in bad]
    schema = component(endpoint, "T")["properties"]["c"]
    assert (kind, "Ours.") == (schema["type"], schema["description"])
    assert ["typ", "c"] == component(endpoint, "T")["required"]
    assert ["typ"] == component(endpoint, "TInput")["required"]


def test_nested_object_is_not_there_for_a_constant_alone() -> None:
    """An object around flat elements is made of what the ERP has; a constant property does not make one."""
    xsd = inside(element("Betrag", **OPTIONAL))
    money = {"fields": {"value": "Betrag", "currency": {"constant": "EUR"}}}
    endpoint = echo(xsd, {"total": {"soap": ".", "one": "Money"}}, Money=money)
    assert {} == answered(endpoint, "")
    assert {"total": {"value": "1", "currency": "EUR"}} == answered(endpoint, "<Betrag>1</Betrag>")
    assert {"/total": "must not be empty"} == errors(endpoint, {"total": {"currency": "EUR"}})


@pytest.mark.parametrize(
    ("parts", "section", "text"),
    [
        ([element("a")], {"fields": {"x": "a"}, "set": {"a": "1"}}, "set.a and x fill the same element"),
        ([element("a", "xsd:int")], {"fields": {}, "set": {"a": "x"}}, "a: 'x' not a whole number"),
        ([element("a")], {"fields": {}, "set": {"b": "x"}}, "b: there is no b in T"),
        ([element("a"), element("b")], {"fields": {}, "set": {"a": "x"}}, "requires b"),
        (
            [f"<xsd:choice>{element('a')}{element('b')}</xsd:choice>"],
            {"fields": {"b": "b"}, "set": {"a": "x"}},
            "a: cannot always be written: must have only one of",
        ),
        (
            [f"<xsd:sequence minOccurs='0'>{element('a')}{element('b')}</xsd:sequence>"],
            {"fields": {"b": "b"}, "set": {"a": "x"}},
            "a: cannot always be written: b is required",
        ),
        ([element("a")], {"fields": {"m": {"soap": ".", "one": "M"}}, "set": {"a": "x"}}, "M holds nothing of the ERP"),
    ],
)
def test_mistakes(parts: list[str], section: Any, text: str) -> None:
    """What cannot be written with every object is found while building."""
    more = {"M": {"fields": {"c": {"constant": "x"}}}} if "M holds" in text else {}
    body = {"body": {"one": "T", "into": "X"}, "reply": {"status": 204}}
    found = mistakes(lambda: build(inside(*parts), {"T": section, **more}, body))
    assert text in " ".join(each.text for each in found)
    assert all(each.remedy and each.line for each in found)


def test_constants_that_nothing_writes_are_a_mistake() -> None:
    """A type that stands in replies only has nothing to set."""
    found = mistakes(lambda: build(XSD, {"T": {"fields": {"n": "Name"}, "set": {"Typ": "P"}}}, {
        "set": {"X.Typ": "P"}, "reply": {"one": "T", "from": "X"}}))  # fmt: skip
    assert ["Typ: no request holds a T"] == [each.text for each in found]


@settings(max_examples=60)
@given(st.integers(0, 10**9))
def test_accepted_bodies_with_constants_are_valid_and_come_back(seed: int) -> None:
    """Whatever passes beside constants is written as a valid document, and is read back as it was sent."""
    source = random.Random(seed)
    parts = [element(name, minOccurs=source.choice("01")) for name in "abcdef"]
    group = source.choice(["choice", "sequence"])
    xsd = inside(*parts[:4], f"<xsd:{group} minOccurs='{source.choice('01')}'>{parts[4]}{parts[5]}</xsd:{group}>")
    always, inner, fields = {}, {}, {}
    for name in "abcdef":
        source.choice([always, inner, fields, fields])[name] = name
    if inner:
        fields["inner"] = {"soap": ".", "one": "I"}
    fields["ours"] = {"constant": source.choice(["x", True, 3])}
    types: dict[str, Any] = {"T": {"fields": fields, "set": always}, "I": {"fields": inner}}
    body = {"body": {"one": "T", "into": "X"}, "reply": {"one": "T", "from": "X"}}
    made: list[Endpoint] = []
    if mistakes(lambda: made.append(build(xsd, {n: t for n, t in types.items() if t["fields"]}, body))):
        return
    values = Values(source, made[0])
    for _ in range(10):
        given_body = values.object("T request {urn:t}T")
        back(xsd, made[0], given_body)
