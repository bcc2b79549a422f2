"""A path that names a derived type, ``record(Customer)``: xsi:type is written, and asked for in replies."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from adapter.errors import BackendReplyInvalid
from adapter.mapping.bound import Endpoint
from adapter.translate.reader import Result
from adapter.translate.writer import writer
from tests.unit.mapped import build, check, mistakes, schema, sent
from tests.unit.twins import reader

XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSD = schema("""
<xsd:element name="In" type="t:Message"/><xsd:element name="Out" type="t:Message"/>
<xsd:complexType name="Message"><xsd:sequence>
  <xsd:element name="Satz" type="t:Satz" minOccurs="0"/>
  <xsd:element name="Liste" type="t:Satz" minOccurs="0" maxOccurs="unbounded"/>
</xsd:sequence></xsd:complexType>
<xsd:complexType name="Satz" abstract="true"><xsd:sequence><xsd:element name="Nr" type="xsd:int"/></xsd:sequence>
</xsd:complexType>
<xsd:complexType name="Kunde"><xsd:complexContent><xsd:extension base="t:Satz"><xsd:sequence>
  <xsd:element name="Name" type="xsd:string"/>
</xsd:sequence></xsd:extension></xsd:complexContent></xsd:complexType>
<xsd:complexType name="Grosskunde"><xsd:complexContent><xsd:extension base="t:Kunde"/></xsd:complexContent>
</xsd:complexType>
<xsd:complexType name="Lieferant"><xsd:complexContent><xsd:extension base="t:Satz"/></xsd:complexContent>
</xsd:complexType>""")
TYPES = {"T": {"fields": {"number": "Nr", "name": "Name"}}}


def customer(**reply: Any) -> Endpoint:
    """An operation that takes and answers one Kunde."""
    reply = reply or {"one": "T", "from": "Satz(Kunde)"}
    return build(XSD, TYPES, {"body": {"one": "T", "into": "Satz(Kunde)"}, "reply": reply})


def read(bound: Endpoint, content: str) -> Result:
    """Read a reply."""
    return reader(bound)(etree.fromstring(f'<Out xmlns="urn:t" xmlns:t="urn:t" xmlns:xsi="{XSI}">{content}</Out>'))


def test_the_named_type_is_written() -> None:
    """The element carries xsi:type, with a prefix that is bound."""
    bound = customer()
    record = sent(writer(bound)(check(bound, {"number": 4, "name": "Anna"})))[0]
    prefix, _, local = record.get(f"{{{XSI}}}type").rpartition(":")
    assert ("urn:t", "Kunde") == (record.nsmap[prefix], local)
    assert ["4", "Anna"] == [child.text for child in record]


@pytest.mark.parametrize("name", ["Kunde", "Grosskunde"])
def test_the_named_type_and_those_derived_from_it_are_read(name: str) -> None:
    """A reply may hold the named type or one that is derived from it."""
    found = read(customer(), f'<Satz xsi:type="t:{name}"><Nr>4</Nr><Name>Anna</Name></Satz>')
    assert {"number": 4, "name": "Anna"} == found.document
    assert () == found.notes


def test_another_type_is_refused() -> None:
    """A record of another type is never read as if it were the one the mapping names."""
    with pytest.raises(BackendReplyInvalid, match="Satz is of another type than Kunde"):
        read(customer(), '<Satz xsi:type="t:Lieferant"><Nr>4</Nr></Satz>')


def test_another_type_in_a_list_is_refused() -> None:
    """No row is dropped in silence."""
    listed = customer(each="T", **{"from": "Liste(Kunde)"})
    good = '<Liste xsi:type="t:Kunde"><Nr>4</Nr><Name>Anna</Name></Liste>'
    assert [{"number": 4, "name": "Anna"}] == read(listed, good).document
    with pytest.raises(BackendReplyInvalid, match="Liste is of another type than Kunde"):
        read(listed, good + '<Liste xsi:type="t:Lieferant"><Nr>4</Nr></Liste>')


def test_a_missing_type_is_noted() -> None:
    """An element without xsi:type is read as what the mapping says, and the oddity is reported."""
    found = read(customer(), "<Satz><Nr>4</Nr><Name>Anna</Name></Satz>")
    assert {"number": 4, "name": "Anna"} == found.document
    assert ("things.create: Satz has no xsi:type",) == found.notes


def test_a_type_in_the_middle_of_a_path() -> None:
    """A property's own path may cross an element of a named type; what that type requires is asked for."""
    bound = build(
        XSD,
        {"T": {"fields": {"number": "Satz(Kunde).Nr", "name": "Satz(Kunde).Name"}}},
        {"body": {"one": "T"}, "reply": {"one": "T"}},
    )
    record = sent(writer(bound)(check(bound, {"number": 4, "name": "Anna"})))[0]
    assert record.get(f"{{{XSI}}}type") is not None
    assert {"number": 4, "name": "Anna"} == read(
        bound, '<Satz xsi:type="t:Kunde"><Nr>4</Nr><Name>Anna</Name></Satz>'
    ).document
    with pytest.raises(BackendReplyInvalid, match="Satz is of another type than Kunde"):
        read(bound, '<Satz xsi:type="t:Lieferant"><Nr>4</Nr></Satz>')


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"number": "Satz(Kunde).Nr", "name": "Satz(Person).Name"}, "Person is not derived from Satz"),
        ({"number": "Satz(Kunde).Nr", "name": "Satz(Grosskunde).Name"}, "take one element for two types"),
        ({"number": "Satz(Kunde).Nr"}, "requires Satz.Name"),
    ],
)
def test_mistakes(fields: dict[str, str], text: str) -> None:
    """A type that does not fit, two types for one element, and what the named type requires are found at once."""
    found = mistakes(lambda: build(XSD, {"T": {"fields": fields}}, {"body": {"one": "T"}, "reply": {"one": "T"}}))
    assert any(text in mistake.text for mistake in found), found
