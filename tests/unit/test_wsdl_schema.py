"""XML Schema to the contract tree, construct by construct."""

from __future__ import annotations

from pathlib import Path

from adapter.wsdl.types import Any, Attribute, Element, Facets, Group, ListOf, Record, Scalar, Union
from tests.unit.wsdl_texts import (
    XS,
    elements,
    group,
    of_type,
    record,
    scalar,
    simple,
    types_of,
)


def test_builtin_types_are_present(tmp_path: Path) -> None:
    """The tree holds the built-in types: scalars, three lists, and anyType as a mixed record of anything."""
    contract = types_of(tmp_path, "")
    assert Scalar(f"{XS}unsignedByte", "unsignedByte") == contract.types[f"{XS}unsignedByte"]
    assert ListOf(f"{XS}IDREFS", f"{XS}IDREF", Facets(min_length=1)) == contract.types[f"{XS}IDREFS"]
    assert record(contract, f"{XS}anyType").mixed
    assert 46 == len(contract.types)


def test_elements_keep_everything(tmp_path: Path) -> None:
    """An element has its bounds, default and documentation (white space collapsed), and says if it may be nil."""
    body = (
        "<xs:element name='a' type='xs:int' minOccurs='0' maxOccurs='unbounded' nillable='true'/>"
        "<xs:element name='b' type='xs:string' default='x'><xs:annotation>"
        "<xs:documentation> One\n two </xs:documentation>"
        "<xs:documentation>three</xs:documentation></xs:annotation></xs:element>"
        "<xs:element name='c' fixed='y' maxOccurs='2'/><xs:element name='gone' maxOccurs='0' minOccurs='0'/>"
    )
    assert [
        Element("a", "urn:t", f"{XS}int", 0, None, nillable=True),
        Element("b", "urn:t", f"{XS}string", default="x", doc="One two\nthree"),
        Element("c", "urn:t", f"{XS}anyType", 1, 2, fixed="y"),
    ] == elements(types_of(tmp_path, of_type(body)), "{urn:t}A")


def test_groups_nest_with_their_bounds(tmp_path: Path) -> None:
    """Sequences, choices and wildcards keep their structure, each with its own bounds."""
    body = (
        "<xs:choice minOccurs='0' maxOccurs='3'><xs:element name='a'/><xs:sequence><xs:element name='b'/></xs:sequence>"
        "</xs:choice><xs:any namespace='##other' processContents='lax' minOccurs='0'/>"
    )
    a, b = Element("a", "urn:t", f"{XS}anyType"), Element("b", "urn:t", f"{XS}anyType")
    choice = Group("choice", (a, Group("sequence", (b,))), 0, 3, turn="{urn:t}A/group(a)")
    expected = Group("sequence", (choice, Any(0, 1, "##other", "lax", "urn:t")))
    assert expected == group(types_of(tmp_path, of_type(body)), "{urn:t}A")


def test_all_is_kept_apart(tmp_path: Path) -> None:
    """``xsd:all`` is its own kind, since its order is free."""
    body = "<xs:complexType name='A'><xs:all minOccurs='0'><xs:element name='a'/></xs:all></xs:complexType>"
    content = group(types_of(tmp_path, body), "{urn:t}A")
    assert ("all", 0) == (content.kind, content.min)


def test_named_groups_are_put_in_place(tmp_path: Path) -> None:
    """A group reference is the group's content with the bounds of the reference; its anonymous types have one key."""
    inner = "<xs:element name='x'><xs:complexType/></xs:element>"
    body = f"<xs:group name='G'><xs:choice>{inner}</xs:choice></xs:group>" + of_type(
        "<xs:group ref='t:G' minOccurs='0' maxOccurs='unbounded'/><xs:group ref='t:G'/>"
    )
    contract = types_of(tmp_path, body)
    x = Element("x", "urn:t", "{urn:t}group:G/x")
    assert (Group("choice", (x,), 0, None), Group("choice", (x,))) == group(contract, "{urn:t}A").items
    assert Record("{urn:t}group:G/x") == contract.types["{urn:t}group:G/x"]


def test_anonymous_types_are_keyed_by_place(tmp_path: Path) -> None:
    """An anonymous type has the path of its elements as key; the one of a global element begins with a slash."""
    inner = "<xs:element name='p'><xs:simpleType><xs:restriction base='xs:int'/></xs:simpleType></xs:element>"
    order = f"<xs:complexType><xs:sequence>{inner}</xs:sequence></xs:complexType>"
    body = f"<xs:element name='A'>{order}</xs:element>" + of_type(
        f"<xs:choice>{inner}<xs:sequence>{inner}<xs:element name='q'/></xs:sequence></xs:choice>"
    )
    contract = types_of(tmp_path, body)
    assert "{urn:t}/A" == contract.elements["{urn:t}A"].type
    keys = {key for key in contract.types if not key.startswith(XS)}
    assert {"{urn:t}/A", "{urn:t}/A/p", "{urn:t}A", "{urn:t}A/p", "{urn:t}A/p[2]"} == keys


def test_qualification(tmp_path: Path) -> None:
    """Local names have a namespace by ``form``, else by the schema's default; global ones always."""
    body = (
        "<xs:complexType name='A'><xs:sequence><xs:element name='a'/><xs:element name='b' form='qualified'/>"
        "<xs:element ref='t:g'/></xs:sequence><xs:attribute name='c'/><xs:attribute name='d' form='qualified'/>"
        "<xs:attribute ref='t:h' use='required'/></xs:complexType><xs:element name='g'/><xs:attribute name='h'/>"
    )
    contract = types_of(tmp_path, body, 'targetNamespace="urn:t"')
    assert ["a", "{urn:t}b", "{urn:t}g"] == [element.tag for element in elements(contract, "{urn:t}A")]
    assert ["c", "{urn:t}d", "{urn:t}h"] == [attribute.tag for attribute in record(contract, "{urn:t}A").attributes]
    assert "{urn:t}g" == elements(contract, "{urn:t}A")[2].ref
    everywhere = 'targetNamespace="urn:t" elementFormDefault="qualified" attributeFormDefault="qualified"'
    contract = types_of(tmp_path, body, everywhere)
    assert "{urn:t}a" == elements(contract, "{urn:t}A")[0].tag
    assert "{urn:t}c" == record(contract, "{urn:t}A").attributes[0].tag


def test_attributes(tmp_path: Path) -> None:
    """Attributes come from the type, from groups and from xml:lang; a wildcard is noted, arrayType is not data."""
    body = (
        "<xs:attributeGroup name='G'><xs:attribute name='x' type='xs:int' default='1'/><xs:anyAttribute/>"
        "</xs:attributeGroup>"
        "<xs:complexType name='A'><xs:attribute name='y' fixed='2'><xs:simpleType><xs:restriction base='xs:token'/>"
        "</xs:simpleType></xs:attribute><xs:attributeGroup ref='t:G'/><xs:attribute ref='xml:lang'/>"
        "<xs:attribute ref='soapenc:arrayType'/></xs:complexType>"
    )
    contract = types_of(tmp_path, body)
    assert (
        Attribute("y", "", "{urn:t}A/@y", fixed="2"),
        Attribute("x", "", f"{XS}int", default="1"),
        Attribute("lang", "http://www.w3.org/XML/1998/namespace", f"{XS}language"),
    ) == record(contract, "{urn:t}A").attributes
    assert record(contract, "{urn:t}A").any_attribute
    assert "token" == scalar(contract, "{urn:t}A/@y").builtin


def test_facets_merge_along_restrictions(tmp_path: Path) -> None:
    """A restriction adds its patterns and narrows the other facets; a bound replaces the other kind of its end."""
    body = simple(
        "<xs:restriction base='xs:string'><xs:pattern value='a+'/><xs:pattern value='b+'/><xs:maxLength value='9'/>"
        "<xs:enumeration value='aa'/><xs:enumeration value='bb'/></xs:restriction>"
    )
    body += simple(
        "<xs:restriction base='t:S'><xs:pattern value='..'/><xs:maxLength value='2'/>"
        "<xs:enumeration value='aa'/></xs:restriction>",
        "S2",
    )
    body += simple(
        "<xs:restriction base='xs:decimal'><xs:minInclusive value='0'/><xs:totalDigits value='7'/></xs:restriction>",
        "D",
    )
    body += simple(
        "<xs:restriction base='t:D'><xs:minExclusive value='0'/><xs:fractionDigits value='2'/></xs:restriction>", "D2"
    )
    contract = types_of(tmp_path, body)
    assert Facets(("aa", "bb"), ("a+|b+",), max_length=9) == scalar(contract, "{urn:t}S").facets
    assert Facets(("aa",), ("a+|b+", ".."), max_length=2) == scalar(contract, "{urn:t}S2").facets
    assert (
        Scalar("{urn:t}D2", "decimal", Facets(min_exclusive="0", total_digits=7, fraction_digits=2))
        == (contract.types["{urn:t}D2"])
    )


def test_lists_and_unions(tmp_path: Path) -> None:
    """Lists and unions name the types of their values; a restriction of one keeps its kind."""
    body = simple("<xs:list itemType='xs:int'/>", "L") + simple(
        "<xs:restriction><xs:simpleType><xs:list itemType='xs:int'/></xs:simpleType><xs:length value='2'/>"
        "</xs:restriction>",
        "L2",
    )
    body += simple("<xs:list><xs:simpleType><xs:restriction base='xs:token'/></xs:simpleType></xs:list>", "L3")
    body += simple(
        "<xs:union memberTypes='xs:int t:L'><xs:simpleType><xs:restriction base='xs:token'/></xs:simpleType>"
        "</xs:union>",
        "U",
    )
    contract = types_of(tmp_path, body)
    assert ListOf("{urn:t}L", f"{XS}int") == contract.types["{urn:t}L"]
    assert ListOf("{urn:t}L2", f"{XS}int", Facets(length=2)) == contract.types["{urn:t}L2"]
    assert ListOf("{urn:t}L3", "{urn:t}L3/item") == contract.types["{urn:t}L3"]
    assert Union("{urn:t}U", (f"{XS}int", "{urn:t}L", "{urn:t}U/member1")) == contract.types["{urn:t}U"]
    assert "token" == scalar(contract, "{urn:t}U/member1").builtin
