"""A body and parameters in one element: the number in the path is an attribute of the record that the body fills."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from adapter.mapping.bound import Endpoint
from adapter.translate.writer import writer
from tests.unit.mapped import build, check, errors, mistakes, schema, sent

XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSD = schema("""
<xsd:element name="In"><xsd:complexType><xsd:sequence><xsd:element name="Satz" type="t:Satz"/></xsd:sequence>
</xsd:complexType></xsd:element>
<xsd:element name="Out"><xsd:complexType><xsd:sequence/></xsd:complexType></xsd:element>
<xsd:complexType name="Satz" abstract="true"><xsd:sequence/></xsd:complexType>
<xsd:complexType name="Kunde"><xsd:complexContent><xsd:extension base="t:Satz"><xsd:sequence>
  <xsd:element name="Name" type="xsd:string"/>
  <xsd:element name="Ort" type="t:Ort" minOccurs="0"/>
  <xsd:element name="Mail" type="xsd:string" minOccurs="0" maxOccurs="2"/>
</xsd:sequence><xsd:attribute name="nr" type="xsd:string" use="required"/></xsd:extension></xsd:complexContent>
</xsd:complexType>
<xsd:complexType name="Ort"><xsd:sequence><xsd:element name="Plz" type="xsd:string"/></xsd:sequence></xsd:complexType>
""")
TYPES: dict[str, Any] = {
    "T": {"fields": {"number": {"soap": "@nr", "read_only": True}, "name": "Name", "mails": "Mail",
                     "place": {"soap": "Ort", "one": "O"}}},
    "O": {"fields": {"code": "Plz"}},
}  # fmt: skip


def update(path: str = "Satz(Kunde).@nr", types: Any = TYPES, into: str = "Satz(Kunde)") -> Endpoint:
    """An operation with the record's number in its path."""
    operation = {"request": "PUT /{nr}", "path": {"nr": path}, "body": {"one": "T", "into": into}, "reply": {}}
    return build(XSD, types, operation, verb="update")


def test_both_are_written_into_one_element() -> None:
    """The attribute comes from the path, the rest from the body, in the contract's order, with one xsi:type."""
    bound = update()
    body = {"place": {"code": "10115"}, "mails": ["a", "b"], "name": "Anna"}
    record = sent(writer(bound)(check(bound, body, {"nr": "7"})))[0]
    assert {"nr": "7", f"{{{XSI}}}type": record.get(f"{{{XSI}}}type")} == dict(record.attrib)
    assert ["Name", "Ort", "Mail", "Mail"] == [etree.QName(child).localname for child in record]


def test_what_is_missing_is_named_in_the_body() -> None:
    """What the record requires, and the parameter does not give, is asked of the body, with its pointer."""
    assert {"/name": "is required"} == errors(update(), {"mails": ["a"]}, {"nr": "7"})
    assert {"/place/code": "is required"} == errors(update(), {"name": "A", "place": {}}, {"nr": "7"})


def test_the_same_place_twice_is_a_mistake() -> None:
    """A property that callers may set cannot be filled by the path too."""
    twice = {"T": {"fields": {"number": "@nr", "name": "Name"}}}
    found = mistakes(lambda: update(types=twice))
    assert any("fill the same element" in mistake.text for mistake in found), found


@pytest.mark.parametrize("into", ["Satz", "Satz(Satz)"])
def test_the_element_has_one_type(into: str) -> None:
    """Path and body must name the same derived type."""
    assert mistakes(lambda: update(into=into))


def test_variants_need_the_element_alone() -> None:
    """A record that is one of several types cannot have a parameter in it."""
    kinds = {"T": {"fields": {}, "variants": {"by": "kind", "of": {"kunde": {"soap_type": "Kunde", "fields": {}}}}}}
    found = mistakes(lambda: update(types=kinds, into="Satz"))
    assert any("has variants, so it needs an element of its own" in mistake.text for mistake in found), found
