"""``patch: {changed_flags: …}``: a flag for each value that is given, beside the values."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from adapter.mapping.bound import Endpoint
from adapter.translate.writer import writer
from tests.unit.mapped import build, check, errors, mistakes, schema, sent

XSD = schema("""
<xsd:element name="In"><xsd:complexType><xsd:sequence>
  <xsd:element name="X" type="t:T"/><xsd:element name="XX" type="t:TX" minOccurs="0"/>
</xsd:sequence></xsd:complexType></xsd:element>
<xsd:element name="Out" type="xsd:string"/>
<xsd:complexType name="T"><xsd:sequence>
  <xsd:element name="key" type="t:six"/><xsd:element name="a" type="xsd:string" minOccurs="0"/>
  <xsd:element name="sign" type="t:one" minOccurs="0"/><xsd:element name="first" type="xsd:string" minOccurs="0"/>
  <xsd:element name="in" type="t:I" minOccurs="0"/>
  <xsd:element name="many" type="xsd:string" maxOccurs="9" minOccurs="0"/>
</xsd:sequence></xsd:complexType>
<xsd:complexType name="I"><xsd:sequence><xsd:element name="b" type="xsd:int" minOccurs="0"/></xsd:sequence>
</xsd:complexType>
<xsd:complexType name="TX"><xsd:sequence>
  <xsd:element name="key" type="t:six" minOccurs="0"/><xsd:element name="a" type="t:one" minOccurs="0"/>
  <xsd:element name="sign" type="t:one" minOccurs="0"/><xsd:element name="first" type="t:one" minOccurs="0"/>
  <xsd:element name="in" type="t:IX" minOccurs="0"/>
</xsd:sequence></xsd:complexType>
<xsd:complexType name="IX"><xsd:sequence><xsd:element name="b" type="t:one" minOccurs="0"/></xsd:sequence>
</xsd:complexType>
<xsd:simpleType name="one"><xsd:restriction base="xsd:string"><xsd:maxLength value="1"/></xsd:restriction>
</xsd:simpleType>
<xsd:simpleType name="six"><xsd:restriction base="xsd:string"><xsd:pattern value="[0-9]{6}"/></xsd:restriction>
</xsd:simpleType>""")
FIELDS = {
    "key": "key",
    "a": "a",
    "sign": "sign",
    "name": {"soap": ".", "one": "N"},
    "inner": {"soap": "in", "one": "I"},
}
TYPES = {"N": {"fields": {"first": "first"}}, "I": {"fields": {"b": "b"}}}
SCHEMA = etree.XMLSchema(etree.fromstring(XSD))


def changing(fields: Any = FIELDS, types: Any = TYPES, **patch: str) -> Endpoint:
    """A patch with flags."""
    body = {"one": "T", "into": "X", "patch": patch or {"changed_flags": "XX"}}
    operation = {"request": "PATCH /", "body": body, "reply": {"status": 204}}
    return build(XSD, {"T": {"fields": fields}, **types}, operation, verb="patch")


WHOLE = changing()


def written(endpoint: Endpoint, body: Any) -> tuple[dict[str, str | None], dict[str, str | None]]:
    """The values and the flags, by their elements' names."""
    message = sent(writer(endpoint)(check(endpoint, body)))
    assert SCHEMA.validate(message), SCHEMA.error_log
    parts = [{etree.QName(each).localname: each.text for each in part.iter() if not len(each)} for part in message]
    found = [*parts, {}][:2]
    return {key: text for key, text in found[0].items() if key != "X"}, found[1]


def test_a_key_is_repeated_and_a_value_has_a_flag() -> None:
    """A value of one letter has a flag, though the flag is of its type; only a key is repeated."""
    values, flags = written(WHOLE, {"key": "000010", "sign": "J"})
    assert {"key": "000010", "sign": "J"} == values
    assert {"key": "000010", "sign": "X"} == flags


def test_null_is_a_flag_without_a_value() -> None:
    """What is cleared has its flag and no element; what is required cannot be cleared."""
    assert ({"key": "000010"}, {"key": "000010", "a": "X"}) == written(WHOLE, {"key": "000010", "a": None})
    assert {"/key": "must not be null"} == errors(WHOLE, {"key": None})


CHANGES = st.fixed_dictionaries(
    {"key": st.just("000010")},
    optional={
        "a": st.none() | st.text("ab", max_size=2),
        "sign": st.none() | st.sampled_from("JN"),
        "name": st.fixed_dictionaries({"first": st.none() | st.text("ab", max_size=2)}),
        "inner": st.fixed_dictionaries({}, optional={"b": st.none() | st.integers(0, 9)}),
    },
)


@given(CHANGES)
def test_law(change: dict[str, Any]) -> None:
    """Whatever is accepted is valid; each value that was given has a flag, and nothing else has one."""
    values, flags = written(WHOLE, change)
    flat = {**change, **change.get("name", {}), **change.get("inner", {})}
    told = {name for name in flat if name not in ("name", "inner", "key")}
    assert dict.fromkeys(told, "X") == {name: text for name, text in flags.items() if name not in ("key", "XX")}
    assert {name for name in told if flat[name] is not None} == set(values) - {"key", "in"}


@pytest.mark.parametrize(
    ("fields", "patch", "text"),
    [
        ({"key": "key", "many": {"soap": "many"}}, {"changed_flags": "XX"}, "an array has no flags"),
        (FIELDS, {"changed_flags": "XX", "flag": "YES"}, "flag: 'YES' must have at most 1"),
    ],
)
def test_mistakes(fields: Any, patch: dict[str, str], text: str) -> None:
    """Arrays, and a flag that the contract does not take, are found while building."""
    types = TYPES if fields is FIELDS else {}
    found = mistakes(lambda: changing(fields, types, **patch))
    assert [text] == [text for each in found if text in each.text][:1], found


def test_constants_of_a_nested_object_are_no_properties() -> None:
    """What the mapping writes itself has no flag, and callers cannot give it."""
    types = {"N": {"fields": {"first": "first"}, "set": {"sign": "J"}}}
    endpoint = changing({"key": "key", "name": FIELDS["name"]}, types)
    values, flags = written(endpoint, {"key": "000010", "name": {"first": None}})
    assert ({"key": "000010", "sign": "J"}, {"key": "000010", "first": "X"}) == (values, flags)
