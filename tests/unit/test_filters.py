"""Tests in a list: which word is written, where the value goes, and what nobody may send."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from adapter.mapping.bound import Endpoint
from adapter.openapi import document
from adapter.translate.writer import writer
from tests.unit.mapped import build, check, errors, mistakes, schema, sent

NS = "{urn:t}"
ROWS = """<xsd:element name="Out"><xsd:complexType><xsd:sequence>
  <xsd:element name="Row" minOccurs="0" maxOccurs="unbounded"><xsd:complexType><xsd:sequence>
    <xsd:element name="Name" type="xsd:string"/><xsd:element name="Sum" type="xsd:decimal"/>
    <xsd:element name="Inner"><xsd:complexType><xsd:sequence><xsd:element name="A" type="xsd:string"/></xsd:sequence>
    </xsd:complexType></xsd:element>
  </xsd:sequence></xsd:complexType></xsd:element></xsd:sequence></xsd:complexType></xsd:element>"""
APART = schema(
    ROWS
    + """<xsd:element name="In"><xsd:complexType><xsd:sequence>
  <xsd:element name="Text" type="t:Text" minOccurs="0"/><xsd:element name="Day" type="t:Day" minOccurs="0"/>
  <xsd:element name="Span" type="t:Span" minOccurs="0"/><xsd:element name="Flag" type="t:Flag" minOccurs="0"/>
</xsd:sequence></xsd:complexType></xsd:element>
<xsd:complexType name="Text"><xsd:sequence><xsd:element name="V" type="xsd:string"/></xsd:sequence>
  <xsd:attribute name="op"><xsd:simpleType><xsd:restriction base="xsd:string"><xsd:enumeration value="is"/>
  <xsd:enumeration value="has"/></xsd:restriction></xsd:simpleType></xsd:attribute></xsd:complexType>
<xsd:complexType name="Day"><xsd:sequence><xsd:element name="V" type="xsd:date"/></xsd:sequence>
  <xsd:attribute name="op"><xsd:simpleType><xsd:restriction base="xsd:string"><xsd:enumeration value="on"/>
  <xsd:enumeration value="from"/><xsd:enumeration value="until"/></xsd:restriction></xsd:simpleType></xsd:attribute>
</xsd:complexType>
<xsd:complexType name="Span"><xsd:sequence><xsd:element name="V" type="xsd:int" minOccurs="0"/>
  <xsd:element name="W" type="xsd:int" minOccurs="0"/></xsd:sequence></xsd:complexType>
<xsd:complexType name="Flag"><xsd:sequence><xsd:element name="V" type="xsd:boolean"/></xsd:sequence>
</xsd:complexType>"""
)
ENTRIES = schema(
    ROWS
    + """<xsd:element name="In"><xsd:complexType><xsd:sequence>
  <xsd:element name="F" type="t:F" minOccurs="{least}" maxOccurs="unbounded"/>
</xsd:sequence></xsd:complexType></xsd:element><xsd:complexType name="F"><xsd:sequence>
  <xsd:element name="Field"><xsd:simpleType><xsd:restriction base="xsd:string"><xsd:enumeration value="Name"/>
    <xsd:enumeration value="Sum"/></xsd:restriction></xsd:simpleType></xsd:element>
  <xsd:element name="Sign" type="xsd:string" minOccurs="{sign}"/>
  <xsd:element name="Low"><xsd:simpleType><xsd:restriction base="xsd:string"><xsd:maxLength value="12"/>
  </xsd:restriction></xsd:simpleType></xsd:element></xsd:sequence></xsd:complexType>"""
)
TYPES = {
    "T": {"fields": {"name": "Name", "sum": "Sum", "inner": {"soap": "Inner", "one": "I"}}},
    "I": {"fields": {"a": "A"}},
}
BY_WORD = {"at": ".", "value": "V", "operator": "@op"}
WORDS = {"equals": ["is", "on"], "contains": "has", "at_least": "from", "at_most": "until"}
TEXTS = {"equals": "{value}", "contains": "*{value}*", "at_least": "{value}..", "at_most": "..{value}"}
IN_TEXT = {"each": "F", "field": "Field", "value": "Low", "text": TEXTS, "never": ["*", ".."]}


def apart(query: Mapping[str, Any], **more: Any) -> Endpoint:
    """A list whose filters are elements."""
    rule = {**BY_WORD, "words": WORDS, **more}
    return listed(APART, query, rule)


def entries(query: Mapping[str, Any], least: int = 0, sign: int = 0, **more: Any) -> Endpoint:
    """A list whose tests are entries."""
    return listed(ENTRIES.replace("{least}", str(least)).replace("{sign}", str(sign)), query, {**IN_TEXT, **more})


def listed(xsd: str, query: Mapping[str, Any], rule: Mapping[str, Any]) -> Endpoint:
    """One list of T."""
    operation = {"request": "GET /", "query": query, "filter": rule, "reply": {"each": "T", "from": "Row"}}
    return build(xsd, TYPES, operation, verb="list")


def written(endpoint: Endpoint, **query: str) -> Any:
    """The message of a call, as it arrives."""
    return sent(writer(endpoint)(check(endpoint, query=tuple(query.items()))))


def rows(message: Any) -> list[tuple[str | None, ...]]:
    """The texts of every entry."""
    return [tuple(child.text for child in entry) for entry in message]


def test_the_first_word_that_the_contract_allows() -> None:
    """One list of words serves filters of different types."""
    bound = apart({"text": {"filter": "Text", "test": "equals"}, "day": {"filter": "Day", "test": "equals"}})
    message = written(bound, text="a", day="2024-01-31")
    assert ["is", "on"] == [child.get("op") for child in message]
    assert ["a", "2024-01-31"] == [child[0].text for child in message]


def test_a_filter_without_an_operator() -> None:
    """Equals alone needs no operator where the filter has no place for one."""
    bound = apart({"flag": {"filter": "Flag", "test": "equals"}, "text": {"filter": "Text", "test": "equals"}})
    message = written(bound, flag="true")
    assert (f"{NS}Flag", {}) == (message[0].tag, dict(message[0].attrib))
    assert {"flag": "must be true or false"} == errors(bound, query=(("flag", "yes"),))


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ({"low": "1"}, [(f"{NS}V", "1")]),
        ({"high": "9"}, [(f"{NS}W", "9")]),
        ({"low": "1", "high": "9"}, [(f"{NS}V", "1"), (f"{NS}W", "9")]),
    ],
)
def test_a_range_of_two_elements(query: dict[str, str], texts: list[tuple[str, str]]) -> None:
    """Where the ERP takes both ends without an operator, each is written where it belongs."""
    bound = apart(
        {
            "low": {"filter": "Span", "test": "at_least"},
            "high": {"filter": "Span", "test": "at_most"},
            "text": {"filter": "Text", "test": "equals"},
        },
        to="W",
    )
    assert texts == [(child.tag, child.text) for child in written(bound, **query)[0]]


def test_two_tests_of_one_element() -> None:
    """An element holds one test; without a word for between a range is two of them."""
    bound = apart({"after": {"filter": "Day", "test": "at_least"}, "before": {"filter": "Day", "test": "at_most"}})
    query = (("after", "2024-01-01"), ("before", "2024-02-01"))
    assert {"before": "cannot be given together with after"} == errors(bound, query=query)


def test_a_range_is_two_entries_without_a_text_for_it() -> None:
    """Entries are tests side by side."""
    query = {"low": {"filter": "Sum", "test": "at_least", "like": "sum"}, "high": {"filter": "Sum", "test": "at_most"}}
    assert [("Sum", "1.."), ("Sum", "..9")] == rows(written(entries(query), low="1", high="9"))
    one = entries(query, text={**TEXTS, "between": "{value}..{to}"})
    assert [("Sum", "1..9")] == rows(written(one, low="1", high="9"))


def test_defaults_and_required_tests() -> None:
    """A test may have a default, or be required."""
    bound = entries(
        {
            "name": {"filter": "Name", "test": "contains", "default": "a"},
            "sum": {"filter": "Sum", "test": "equals", "required": True},
        },
        least=1,
    )
    assert [("Name", "*a*"), ("Sum", "1")] == rows(written(bound, sum="1"))
    assert {"sum": "is required"} == errors(bound)


def test_otherwise_is_sent_as_it_is() -> None:
    """It stands for the tests that nobody asked for, and only then."""
    bound = entries({"name": {"filter": "Name", "test": "equals"}}, least=1, otherwise={"name": "*"})
    assert [("Name", "*")] == rows(written(bound))
    assert [("Name", "b")] == rows(written(bound, name="b"))


@given(st.text(max_size=14))
def test_no_value_becomes_an_operator(value: str) -> None:
    """What is accepted is exactly the value with the text around it, and holds no operator of its own."""
    bound = _contains()
    if errors(bound, query=(("name", value),)):
        return
    ((field, text),) = rows(written(bound, name=value))
    assert text is not None
    assert ("Name", "*", "*") == (field, text[0], text[-1])
    inside = text[1:-1]
    assert 2 == text.count("*")
    assert ".." not in text
    assert inside.strip()
    assert inside.replace("\r\n", "\n") == value.replace("\r\n", "\n")


@given(st.dates(), st.sampled_from(["2024-13-01", "today", "2024-02-30", "*", ""]))
def test_values_are_typed(day: Any, wrong: str) -> None:
    """What the contract takes is written and arrives as it was; anything else is refused."""
    bound = _days()
    assert day.isoformat() == written(bound, day=day.isoformat())[0][0].text
    assert ["day"] == list(errors(bound, query=(("day", wrong),)))


def test_openapi_tells_of_tests() -> None:
    """Parameters are typed and described; several values are an array parted by commas."""
    bound = entries(
        {"sums": {"filter": "Sum", "test": "one_of", "like": "sum", "example": "2"}},
        text={"one_of": {"each": "{value}", "join": "|"}},
    )
    described = document([bound], title="T", version="1", examples={}, problems={})
    (found,) = described["paths"]["/v1/things"]["get"]["parameters"]
    assert ("sums", "query", False, "form", False) == tuple(
        found[key] for key in ("name", "in", "required", "style", "explode")
    )
    assert ("array", "string") == (found["schema"]["type"], found["schema"]["items"]["type"])
    assert (["2"], "Only items where it is one of these values, parted by commas.") == (
        found["example"],
        found["description"],
    )


NAME, DAY = {"filter": "Name", "test": "equals"}, {"filter": "Day", "test": "equals"}


@pytest.mark.parametrize(
    ("make", "text", "remedy"),
    [
        (lambda: apart({"d": {**DAY, "test": "contains"}}), "d: Day takes none of the words for contains", "takes: on"),
        (lambda: apart({"d": {**DAY, "test": "less_than"}}), "words has no word for less_than", "words: {less_than"),
        (lambda: apart({"d": DAY}, operator="@oper"), "filter: operator: no filter has @oper", "did you mean op?"),
        (lambda: apart({"d": {**DAY, "value": "X"}}), "d: there is no X in Day", "there are: V"),
        (
            lambda: apart({"d": DAY, "e": {**DAY, "test": "at_least", "value": "."}}),
            "e and d name other places of one filter",
            "the same 'value'",
        ),
        (lambda: apart({"d": DAY}, text={"equals": "={value}"}), "d: text: Day takes no text", "remove equals"),
        (lambda: apart({"d": {**DAY, "default": "soon"}}), "d: default: not a date", "a caller could have sent"),
        (lambda: entries({"n": {**NAME, "filter": "Nam"}}), "n: the ERP has no filter Nam", "did you mean Name?"),
        (lambda: entries({"n": NAME}, least=1), "F must hold an entry", "otherwise: {n:"),
        (lambda: entries({"n": NAME}, sign=1), "F requires Sign, and nothing fills it", "below 'filter:'"),
        (lambda: entries({"n": NAME}, set={"Sign": "I"}, operator="Sign"), "fill the same element", "keep one"),
        (lambda: entries({"n": {**NAME, "value": "Low"}}), "n: value: all entries are alike", "below 'filter:'"),
        (lambda: entries({"n": NAME}, otherwise={"n": "*" * 13}), "otherwise: must have at most 12", "contract allows"),
        (lambda: entries({"n": {**NAME, "like": "inner"}}), "n: like: inner is an object", "there are: name, sum"),
        (lambda: entries({"n": {**NAME, "default": "*"}}), "n: default: must not hold '*'", "a caller could have sent"),
        (
            lambda: entries({"n": NAME}, set={"Sign": {"credential": "erp", "part": "USER"}}),
            "an entry holds no credentials",
            "a text or a setting",
        ),
    ],
)  # fmt: skip
def test_mistakes(make: Any, text: str, remedy: str) -> None:
    """What cannot work is named while building, once, with what to do."""
    found = mistakes(make)
    assert 1 == len(found), found
    assert text in found[0].text
    assert remedy in found[0].remedy


@cache
def _contains() -> Endpoint:
    return entries({"name": {"filter": "Name", "test": "contains"}})


@cache
def _days() -> Endpoint:
    return apart({"day": DAY})


def test_filters_are_written_in_the_order_of_the_contract() -> None:
    """Whatever the order of the mapping and the query."""
    bound = apart({"day": DAY, "text": {"filter": "Text", "test": "contains"}})
    message = written(bound, day="2024-01-31", text="a")
    assert [f"{NS}Text", f"{NS}Day"] == [child.tag for child in message]
    assert etree.QName(message).localname == "In"
