"""Objects around elements that the ERP keeps flat, and texts that stand in several elements."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from adapter.mapping.bound import Endpoint
from adapter.translate.writer import writer
from tests.unit.mapped import build, check, echo, errors, mistakes, sent, typed
from tests.unit.random_values import Values
from tests.unit.test_mapping_stand_ins import answered, changing, component, element, inside, written
from tests.unit.twins import reader

OPTIONAL = {"minOccurs": "0"}
FLAT = inside(element("Strasse", **OPTIONAL), element("Name"), element("Ort", **OPTIONAL), element("Land", **OPTIONAL))
ADDRESS = {"Address": {"fields": {"city": "Ort", "street": "Strasse", "country": "Land"}}}
NESTED = {"name": "Name", "address": {"soap": ".", "one": "Address"}}
NAMES = inside(element("Vorname", **OPTIONAL), element("Nachname", **OPTIONAL))
JOINED = {"name": {"soap": ["Vorname", "Nachname"], "join": " "}}


def needing(**fields: Any) -> Endpoint:
    """The flat record with an address of these fields."""
    return echo(FLAT, NESTED, Address={"fields": fields})


def test_nested_object_is_written_flat_in_contract_order() -> None:
    """The fields of a nested object are written into the record around it, where the contract wants them."""
    endpoint = echo(FLAT, NESTED, **ADDRESS)
    body = {"address": {"city": "Bern", "street": "Gasse 1"}, "name": "A"}
    assert [("Strasse", "Gasse 1"), ("Name", "A"), ("Ort", "Bern")] == written(endpoint, body)
    assert [("Name", "A")] == written(endpoint, {"name": "A"})


def test_nested_object_is_there_when_any_of_its_fields_is() -> None:
    """Reading makes the object of what is there, and none of nothing."""
    endpoint = echo(FLAT, NESTED, **ADDRESS)
    assert {"name": "A", "address": {"city": "Bern"}} == answered(endpoint, "<Name>A</Name><Ort>Bern</Ort>")
    assert {"name": "A"} == answered(endpoint, "<Name>A</Name>")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (None, {"/address": "must not be null"}),
        ([], {"/address": "must be an object"}),
        ({}, {"/address": "must not be empty"}),
        ({"city": 1}, {"/address/city": "must be a string"}),
        ({"zip": "1"}, {"/address/zip": "is not known here"}),
    ],
)
def test_wrong_nested_object_is_named(address: Any, said: dict[str, str]) -> None:
    """A nested object is checked like any other; null and nothing cannot be written, so they are refused."""
    assert said == errors(echo(FLAT, NESTED, **ADDRESS), {"name": "A", "address": address})


def test_required_fields_are_required_together() -> None:
    """What the mapping requires in a nested object is required when the object is given, and only then."""
    endpoint = needing(city={"soap": "Ort", "required": True}, street="Strasse")
    assert {} == errors(endpoint, {"name": "A"})
    assert {"/address/city": "is required"} == errors(endpoint, {"name": "A", "address": {"street": "x"}})
    assert ["name"] == component(endpoint, "TInput")["required"]


def test_object_around_a_required_element_is_required() -> None:
    """What the contract requires in a nested object makes the object required, in requests and in replies."""
    endpoint = echo(FLAT, {"city": "Ort", "who": {"soap": ".", "one": "Who"}}, Who={"fields": {"name": "Name"}})
    assert {"/who": "is required"} == errors(endpoint, {"city": "x"})
    assert ["who"] == component(endpoint, "TInput")["required"]
    assert ["who"] == component(endpoint, "T")["required"]
    assert [("Name", "A")] == written(endpoint, {"who": {"name": "A"}})


def test_what_stands_together_is_named_inside_the_object() -> None:
    """A group of the contract that a nested object and its surroundings share is proved as one."""
    group = f"<xsd:sequence minOccurs='0'>{element('a')}{element('b')}</xsd:sequence>"
    choice = f"<xsd:choice minOccurs='0'>{element('c')}{element('d')}</xsd:choice>"
    fields = {"a": "a", "c": "c", "inner": {"soap": ".", "one": "Inner"}}
    endpoint = echo(inside(group, choice), fields, Inner={"fields": {"b": "b", "d": "d"}})
    assert {"/inner/b": "is required"} == errors(endpoint, {"a": "1"})
    assert {"/inner/b": "is required"} == errors(endpoint, {"a": "1", "inner": {"d": "1"}})
    assert {"": "must have only one of c, inner/d"} == errors(endpoint, {"c": "1", "inner": {"d": "1"}})
    assert {} == errors(endpoint, {"a": "1", "inner": {"b": "1", "d": "1"}})


def test_nested_default_and_missing() -> None:
    """A default inside is written when the object is given, and a stand-in makes the object always present."""
    endpoint = needing(city={"soap": "Ort", "default": "Bern"}, country={"soap": "Land", "missing": "CH"})
    assert [("Name", "A")] == written(endpoint, {"name": "A"})
    assert [("Name", "A"), ("Ort", "Bern")] == written(endpoint, {"name": "A", "address": {}})
    assert {"name": "A", "address": {"country": "CH"}} == answered(endpoint, "<Name>A</Name>")
    assert ["name", "address"] == component(endpoint, "T")["required"]


def test_nested_in_nested_and_in_the_message() -> None:
    """Nesting goes on inside, and works in a body that fills the message itself."""
    types = {
        "T": {"fields": {"x": {"soap": ".", "one": "A"}}},
        "A": {"fields": {"a": "a", "y": {"soap": ".", "one": "B"}}},
        "B": {"fields": {"b": "b", "full": {"soap": ["c", "d"], "join": "-"}}},
    }
    inner = "".join(element(name, **OPTIONAL) for name in "abcd")
    xsd = typed(f"<xsd:sequence>{inner}</xsd:sequence>").replace('<xsd:element name="X" type="t:T"/>', inner)
    endpoint = build(xsd, types, {"body": {"one": "T"}, "reply": {"one": "T"}})
    body = {"x": {"a": "1", "y": {"b": "2", "full": "3-4-5"}}}
    message = sent(writer(endpoint)(check(endpoint, body)))
    assert ["1", "2", "3", "4-5"] == [child.text for child in message]
    message.tag = "{urn:t}Out"
    assert body == reader(endpoint)(message).document
    assert "/x/y/full" in errors(endpoint, {"x": {"y": {"full": "3"}}})
    assert {"/x/y": "must not be empty"} == errors(endpoint, {"x": {"y": {}}})


def test_partial_nested_object_changes_what_is_given() -> None:
    """In a partial body a nested object changes the elements of the properties it has."""
    body = {"one": "T", "into": "X", "patch": "partial"}
    operation = {"request": "PATCH /", "body": body, "reply": {"status": 204}}
    xsd = inside(element("Ort", nillable="true", **OPTIONAL), element("Land", **OPTIONAL))
    types = {"T": {"fields": {"address": {"soap": ".", "one": "A"}}}, "A": {"fields": {"city": "Ort", "land": "Land"}}}
    endpoint = build(xsd, types, operation, verb="patch")
    assert [("Ort", None)] == written(endpoint, {"address": {"city": None}})


@pytest.mark.parametrize(
    ("fields", "types", "text"),
    [
        ({"a": {"soap": ".", "one": "T"}}, {}, "T would stand in itself without end"),
        ({"a": {"soap": ".", "one": "U"}}, {"U": {"fields": {"b": {"soap": ".", "one": "T"}}}}, "itself without end"),
        ({"a": "Name", "b": {"soap": ".", "one": "U"}}, {"U": {"fields": {"c": "Name"}}}, "fill the same element"),
        ({"a": {"soap": ".", "one": "U"}}, {"U": {"fields": {"c": "Nam"}}}, "there is no Nam"),
        ({"a": {"soap": ".", "each": "U"}}, {"U": {"fields": {"c": "Name"}}}, "needs an element of its own"),
        ({"a": {"soap": ".", "one": "V"}}, {"V": {"fields": {}, "variants": {"by": "k", "of": {
            "x": {"soap_type": "T"}}}}}, "V has variants"),
        ({"a": {"soap": ".", "one": "U"}}, {"U": {"fields": {"c": "Ort"}}}, "requires Name, and no field fills it"),
    ],
)  # fmt: skip
def test_nesting_mistakes(fields: Any, types: Any, text: str) -> None:
    """What cannot be nested is a mistake of the mapping."""
    found = mistakes(lambda: echo(FLAT, fields, **types))
    assert text in " ".join(each.text for each in found)
    assert all(each.remedy and each.line for each in found)


def test_joined_text_is_split_and_joined() -> None:
    """One property from several elements and back; the last part takes the rest, and what is there is joined."""
    endpoint = echo(NAMES, JOINED)
    assert [("Vorname", "Erika"), ("Nachname", "von Muster")] == written(endpoint, {"name": "Erika von Muster"})
    assert {"name": "Erika Muster"} == answered(endpoint, "<Vorname>Erika</Vorname><Nachname>Muster</Nachname>")
    assert {"name": "Muster"} == answered(endpoint, "<Nachname>Muster</Nachname>")
    assert {} == answered(endpoint, "")
    assert {"type": "string"} == component(endpoint, "TInput")["properties"]["name"]


SHORT = '<xsd:element name="{}"><xsd:simpleType><xsd:restriction base="xsd:token"><xsd:maxLength value="5"/>\
</xsd:restriction></xsd:simpleType></xsd:element>'


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("Cher", "must have 2 parts, with ' ' between them"),
        ("Erika Mustermann", "part 2 of 2: must have at most 5 characters"),
        ("A  B", "would be read back as 'A B'"),
        (1, "must be a string"),
        (None, "must not be null"),
    ],
)
def test_text_that_cannot_be_split_is_refused(value: Any, said: str) -> None:
    """A value that cannot be split, whose parts the contract refuses, or that would come back otherwise, is a 422."""
    endpoint = echo(inside(SHORT.format("a"), SHORT.format("b")), {"name": {"soap": ["a", "b"], "join": " "}})
    assert {"/name": said} == errors(endpoint, {"name": value})
    assert {"/name": "is required"} == errors(endpoint, {})


def test_joined_text_can_be_cleared_and_stand_in() -> None:
    """Null clears all parts where all can be nil; default and missing work on the whole text."""
    parts = element("a", nillable="true"), element("b", nillable="true")
    endpoint = changing(inside(*parts), {"name": {"soap": ["a", "b"], "join": " "}}, "patch", partial=True)
    assert [("a", None), ("b", None)] == written(endpoint, {"name": None})
    endpoint = echo(NAMES, {"name": {**JOINED["name"], "default": "No Body", "missing": "not known"}})
    assert [("Vorname", "No"), ("Nachname", "Body")] == written(endpoint, {})
    assert {"name": "not known"} == answered(endpoint, "")
    assert {"name": "x"} == answered(endpoint, "<Vorname>x</Vorname>")


@pytest.mark.parametrize(
    ("parts", "field", "text"),
    [
        ([element("n", "xsd:int"), element("m")], {"soap": ["n", "m"], "join": " "}, "n is no text"),
        ([element("n", maxOccurs="9"), element("m")], {"soap": ["n", "m"], "join": " "}, "n may occur many times"),
        ([element("n"), element("m")], {"soap": ["n", "o"], "join": " "}, "there is no o"),
        ([element("n"), element("m")], {"soap": ["n", "m"], "join": " ", "default": "x"}, "must have 2 parts"),
        ([element("n"), element("m")], {"soap": ["n", "m"]}, "several elements and 'join' go together"),
        ([element("n"), element("m")], {"soap": "n", "join": " "}, "several elements and 'join' go together"),
        ([element("n"), element("m")], {"soap": ["n", "n"], "join": " "}, "needs several elements"),
        ([element("n"), element("m")], {"soap": ["n", "m"], "join": " ", "convert": "upper"}, "nothing beside 'join'"),
    ],
)  # fmt: skip
def test_joining_mistakes(parts: list[str], field: Any, text: str) -> None:
    """What cannot be joined is a mistake of the mapping."""
    found = mistakes(lambda: echo(inside(*parts), {"name": field}))
    assert text in " ".join(each.text for each in found)
    assert all(each.remedy and each.line for each in found)


TEXTS = st.text(st.sampled_from("ab- \t\nÖ<&"), max_size=8)


@settings(max_examples=150)
@given(TEXTS, st.sampled_from([" ", "-", ", ", "ab"]), st.sampled_from(["xsd:string", "xsd:token"]))
def test_accepted_joined_texts_are_valid_and_come_back(text: str, join: str, kind: str) -> None:
    """Whatever text passes is written as a valid document, and is read back as it was sent."""
    xsd = inside(element("a", kind), element("c", kind), element("b", kind, **OPTIONAL))
    endpoint = echo(xsd, {"name": {"soap": ["b", "a", "c"], "join": join}})
    back(xsd, endpoint, {"name": text})


@settings(max_examples=150)
@given(st.lists(st.text(st.sampled_from("ab Ö<&"), max_size=4), min_size=3, max_size=3))
def test_what_is_read_joined_and_can_be_split_is_written_as_it_was(texts: list[str]) -> None:
    """What a reply holds becomes a text that, sent back, becomes the same text again."""
    xsd = inside(*(element(name) for name in "abc"))
    endpoint = echo(xsd, {"name": {"soap": ["a", "b", "c"], "join": "-"}})
    answer = etree.fromstring('<Out xmlns="urn:t"><X/></Out>')
    for name, text in zip("abc", texts, strict=True):
        etree.SubElement(answer[0], f"{{urn:t}}{name}").text = text
    body = reader(endpoint)(answer).document
    assert {"name": "-".join(texts)} == body
    assert texts == [child.text or "" for child in sent(writer(endpoint)(check(endpoint, body)))[0]]


@settings(max_examples=60)
@given(st.integers(0, 10**9))
def test_accepted_nested_bodies_are_valid_and_come_back(seed: int) -> None:
    """Whatever nested body passes is written as a valid document, and is read back as it was sent."""
    source = random.Random(seed)
    parts = [
        element(name, minOccurs=source.choice("01"), nillable=source.choice(["true", "false"])) for name in "abcdef"
    ]
    group = source.choice(["choice", "sequence"])
    xsd = inside(*parts[:4], f"<xsd:{group} minOccurs='{source.choice('01')}'>{parts[4]}{parts[5]}</xsd:{group}>")
    fields: list[dict[str, Any]] = [{}, {}, {}]
    for name in "abcdef":
        source.choice(fields)[name] = {"soap": name, "required": source.random() < 0.2}
    fields[1] |= {"inner": {"soap": ".", "one": "B"}} if fields[2] else {}
    fields[0] |= {"outer": {"soap": ".", "one": "A"}} if fields[1] else {}
    types = {name: {"fields": each} for name, each in zip("AB", fields[1:], strict=True) if each}
    endpoint = echo(xsd, fields[0], **types)
    assert endpoint.body is not None
    values = Values(source, endpoint)
    for _ in range(10):
        back(xsd, endpoint, values.object(endpoint.body.type))


def back(xsd: str, endpoint: Endpoint, body: Any) -> None:
    """A body that passes is valid when written, and the same when read."""
    if errors(endpoint, body):
        return
    message = sent(writer(endpoint)(check(endpoint, body)))
    etree.XMLSchema(etree.fromstring(xsd)).assertValid(message)
    message.tag = "{urn:t}Out"
    assert {**body, **_always(endpoint)} == reader(endpoint)(message).document


def _always(endpoint: Endpoint) -> dict[str, Any]:
    """What every reply has of properties with one value."""
    fields = endpoint.types[endpoint.reply.type].fields
    return {field.name: field.rule.constant for field in fields if field.rule.constant is not None}
