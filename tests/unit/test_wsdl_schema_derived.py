"""XML Schema to the contract tree: derivation, arrays, several documents."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from adapter.wsdl.load import load
from adapter.wsdl.types import Any, Attribute, Element, Facets, Group, Scalar
from tests.unit.wsdl_texts import (
    XS,
    elements,
    folder,
    group,
    of_type,
    record,
    scalar,
    schema,
    simple,
    types_of,
)

DERIVED = """
<xs:complexType name='B' abstract='true'>
 <xs:sequence><xs:element name='b'/></xs:sequence><xs:attribute name='x'/><xs:attribute name='y'/>
</xs:complexType>
<xs:complexType name='C'><xs:complexContent><xs:extension base='t:B'>
 <xs:sequence><xs:element name='c'/></xs:sequence><xs:attribute name='z'/></xs:extension></xs:complexContent>
</xs:complexType>
<xs:complexType name='D'><xs:complexContent><xs:extension base='t:C'><xs:choice><xs:element name='d'/></xs:choice>
 </xs:extension></xs:complexContent></xs:complexType>
<xs:complexType name='R'><xs:complexContent><xs:restriction base='t:B'><xs:sequence><xs:element name='b' type='xs:int'/>
 </xs:sequence><xs:attribute name='y' use='prohibited'/></xs:restriction></xs:complexContent></xs:complexType>
<xs:complexType name='E'><xs:complexContent><xs:extension base='t:B'/></xs:complexContent></xs:complexType>
"""


def test_extension_has_what_it_inherits(tmp_path: Path) -> None:
    """An extension holds its base's content first and all attributes; a choice after a sequence stays a group."""
    contract = types_of(tmp_path, DERIVED)
    assert ["b", "c"] == [element.name for element in elements(contract, "{urn:t}C")]
    assert ["x", "y", "z"] == [attribute.name for attribute in record(contract, "{urn:t}C").attributes]
    assert ["sequence", "choice"] == [
        item.kind for item in group(contract, "{urn:t}D").items if isinstance(item, Group)
    ]
    assert group(contract, "{urn:t}B") == group(contract, "{urn:t}E")
    assert ("{urn:t}C", False) == (record(contract, "{urn:t}D").extends, record(contract, "{urn:t}D").abstract)


def test_restriction_replaces_content(tmp_path: Path) -> None:
    """A restriction has its own content, and the base's attributes that it does not prohibit."""
    contract = types_of(tmp_path, DERIVED)
    assert [f"{XS}int"] == [element.type for element in elements(contract, "{urn:t}R")]
    assert ["x"] == [attribute.name for attribute in record(contract, "{urn:t}R").attributes]


def test_derived_types_are_known_to_the_base(tmp_path: Path) -> None:
    """A type lists every named type derived from it, directly or not, in document order."""
    contract = types_of(tmp_path, DERIVED)
    assert record(contract, "{urn:t}B").abstract
    assert ("{urn:t}C", "{urn:t}D", "{urn:t}R", "{urn:t}E") == record(contract, "{urn:t}B").derived
    assert ("{urn:t}D",) == record(contract, "{urn:t}C").derived


def test_simple_content(tmp_path: Path) -> None:
    """Text with attributes: extended, extended again, and restricted by facets or by an anonymous type."""
    body = """
<xs:complexType name='A'><xs:simpleContent><xs:extension base='xs:decimal'><xs:attribute name='cur' use='required'/>
 </xs:extension></xs:simpleContent></xs:complexType>
<xs:complexType name='B'><xs:simpleContent><xs:extension base='t:A'><xs:attribute name='net'/></xs:extension>
 </xs:simpleContent></xs:complexType>
<xs:complexType name='C'><xs:simpleContent><xs:restriction base='t:B'><xs:maxInclusive value='9'/></xs:restriction>
 </xs:simpleContent></xs:complexType>
<xs:complexType name='D'><xs:simpleContent><xs:restriction base='t:A'><xs:attribute name='cur' type='xs:token'/>
 </xs:restriction></xs:simpleContent></xs:complexType>"""
    contract = types_of(tmp_path, body)
    assert (f"{XS}decimal", None, "") == (
        record(contract, "{urn:t}A").text,
        record(contract, "{urn:t}A").content,
        record(contract, "{urn:t}A").extends,
    )
    assert ["cur", "net"] == [attribute.name for attribute in record(contract, "{urn:t}B").attributes]
    assert (f"{XS}decimal", "{urn:t}A") == (record(contract, "{urn:t}B").text, record(contract, "{urn:t}B").extends)
    assert (
        Scalar("{urn:t}C/text", "decimal", Facets(max_inclusive="9"))
        == contract.types[record(contract, "{urn:t}C").text]
    )
    assert (Attribute("cur", "", f"{XS}token"),) == record(contract, "{urn:t}D").attributes


def test_mixed_and_anything(tmp_path: Path) -> None:
    """Mixed content is noted on the type, on its complexContent, and inherited by an extension."""
    body = (
        of_type("", "mixed='true'")
        + "<xs:complexType name='B'><xs:complexContent><xs:extension base='t:A'/></xs:complexContent></xs:complexType>"
        "<xs:complexType name='C'><xs:complexContent mixed='true'><xs:restriction base='xs:anyType'/>"
        "</xs:complexContent>"
        "</xs:complexType><xs:complexType name='D'><xs:complexContent mixed='true'><xs:extension base='xs:anyType'/>"
        "</xs:complexContent></xs:complexType>"
    )
    contract = types_of(tmp_path, body)
    assert (Any(0, None, "##any", "lax"),) == group(contract, "{urn:t}D").items
    assert [(True, None, "")] * 2 == [
        (record(contract, key).mixed, record(contract, key).content, record(contract, key).extends)
        for key in ("{urn:t}A", "{urn:t}C")
    ]
    assert record(contract, "{urn:t}B").mixed


SOAP_ARRAY = (
    "<xs:complexType name='A'><xs:complexContent><xs:restriction base='soapenc:Array'>{}</xs:restriction>"
    "</xs:complexContent>"
    "</xs:complexType>"
)


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<xs:attribute ref='soapenc:arrayType' wsdl:arrayType='xs:int[]'/>", Element("item", "", f"{XS}int", 0, None)),
        ("<xs:attribute ref='soapenc:arrayType' wsdl:arrayType='soapenc:string[,]'/>",
         Element("item", "", f"{XS}string", 0, None)),
        ("<xs:sequence><xs:element name='pos' type='xs:int' minOccurs='0' maxOccurs='unbounded'/></xs:sequence>",
         Element("pos", "", f"{XS}int", 0, None)),
        ("", Element("item", "", f"{XS}anyType", 0, None)),
    ],
)  # fmt: skip
def test_soap_arrays(tmp_path: Path, inside: str, expected: Element) -> None:
    """A soapenc array is one repeated unqualified element; its type comes from arrayType or from the one element."""
    made = record(types_of(tmp_path, SOAP_ARRAY.format(inside)), "{urn:t}A")
    assert made.soap_array
    assert Group("sequence", (expected,)) == made.content
    assert () == made.attributes


def test_soap_arrays_of_arrays(tmp_path: Path) -> None:
    """``xsd:int[][]`` is an array whose items are arrays."""
    text = SOAP_ARRAY.format("<xs:attribute ref='soapenc:arrayType' wsdl:arrayType='xs:int[][]'/>")
    contract = types_of(tmp_path, text)
    (outer,) = elements(contract, "{urn:t}A")
    assert record(contract, outer.type).soap_array
    assert f"{XS}int" == elements(contract, outer.type)[0].type


def test_soap_encoding_types_are_plain_types(tmp_path: Path) -> None:
    """The base types of the SOAP encoding mean the XML Schema type of the same name."""
    body = of_type("<xs:element name='a' type='soapenc:int'/><xs:element name='b' type='soapenc:base64'/>")
    assert [f"{XS}int", f"{XS}base64Binary"] == [
        element.type for element in elements(types_of(tmp_path, body), "{urn:t}A")
    ]


def test_substitution_groups(tmp_path: Path) -> None:
    """A head lists its members, indirect ones too; a member without a type has its head's; the head may be abstract."""
    body = (
        "<xs:element name='h' type='xs:date' abstract='true'/><xs:element name='m' substitutionGroup='t:h'/>"
        "<xs:element name='n' type='xs:date' substitutionGroup='t:m'/>"
    )
    contract = types_of(tmp_path, body)
    assert {"{urn:t}h": ("{urn:t}m", "{urn:t}n"), "{urn:t}m": ("{urn:t}n",)} == contract.substitutes
    assert (True, f"{XS}date") == (contract.elements["{urn:t}h"].abstract, contract.elements["{urn:t}m"].type)


def test_recursive_types(tmp_path: Path) -> None:
    """A type that contains itself refers to its own key."""
    body = of_type("<xs:element name='a' type='t:A' minOccurs='0'/><xs:element ref='t:e'/>") + (
        "<xs:element name='e'><xs:complexType><xs:sequence><xs:element ref='t:e'/></xs:sequence>"
        "</xs:complexType></xs:element>"
    )
    contract = types_of(tmp_path, body)
    assert ["{urn:t}A", "{urn:t}/e"] == [element.type for element in elements(contract, "{urn:t}A")]


def test_chameleon_include(tmp_path: Path) -> None:
    """An included schema without a namespace takes each includer's, for its names and for its references."""
    wsdl_dir = folder(
        tmp_path,
        a__xsd=schema("<xs:include schemaLocation='c.xsd'/><xs:import namespace='urn:u' schemaLocation='b.xsd'/>"),
        b__xsd=schema("<xs:include schemaLocation='c.xsd'/>", 'targetNamespace="urn:u"'),
        c__xsd=schema(of_type("<xs:element name='a' type='S'/>") + simple("<xs:restriction base='xs:int'/>"), ""),
    )
    contract = load(wsdl_dir, "a.xsd")
    assert ["{urn:t}S", "{urn:u}S"] == [elements(contract, key)[0].type for key in ("{urn:t}A", "{urn:u}A")]


def test_a_chameleon_means_its_own_names(tmp_path: Path) -> None:
    """A name in an included schema means the includer's, even where a schema without a namespace has the same name."""
    wsdl_dir = folder(
        tmp_path,
        a__xsd=schema("<xs:include schemaLocation='c.xsd'/><xs:import schemaLocation='b.xsd'/>"),
        b__xsd=schema(simple("<xs:restriction base='xs:date'/>"), ""),
        c__xsd=schema(of_type("<xs:element name='a' type='S'/>") + simple("<xs:restriction base='xs:int'/>"), ""),
    )
    contract = load(wsdl_dir, "a.xsd")
    assert ("{urn:t}S", "date") == (elements(contract, "{urn:t}A")[0].type, scalar(contract, "S").builtin)


def test_several_schemas_of_one_namespace(tmp_path: Path) -> None:
    """Declarations of one namespace may be spread over schemas, each with its own defaults."""
    wsdl_dir = folder(
        tmp_path,
        a__xsd=schema("<xs:include schemaLocation='b.xsd'/>" + of_type("<xs:element name='a' type='t:B'/>")),
        b__xsd=schema(of_type("<xs:element name='b'/>", name="B"), 'targetNamespace="urn:t"'),
    )
    contract = load(wsdl_dir, "a.xsd")
    assert ("{urn:t}a", "b") == (elements(contract, "{urn:t}A")[0].tag, elements(contract, "{urn:t}B")[0].tag)


def test_redefine(tmp_path: Path) -> None:
    """A redefined type takes the place of the original everywhere, and extends what it replaced."""
    redefined = (
        "<xs:redefine schemaLocation='b.xsd'><xs:complexType name='A'><xs:complexContent><xs:extension base='t:A'>"
        "<xs:sequence><xs:element name='new'/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>"
        "<xs:simpleType name='S'><xs:restriction base='t:S'><xs:maxLength value='3'/></xs:restriction></xs:simpleType>"
        "</xs:redefine>"
    )
    original = of_type("<xs:element name='old' type='t:S'/>") + simple("<xs:restriction base='xs:string'/>")
    contract = load(folder(tmp_path, a__xsd=schema(redefined), b__xsd=schema(original)), "a.xsd")
    assert ["old", "new"] == [element.name for element in elements(contract, "{urn:t}A")]
    assert "{urn:t}A#original" == record(contract, "{urn:t}A").extends
    assert 3 == scalar(contract, elements(contract, "{urn:t}A")[0].type).facets.max_length


def test_a_data_set_brings_its_own_schema(tmp_path: Path) -> None:
    """A reference to ``xsd:schema`` (.NET DataSet) is an element of anything."""
    (element,) = elements(types_of(tmp_path, of_type("<xs:element ref='xs:schema'/>")), "{urn:t}A")
    assert (f"{XS}schema", f"{XS}anyType") == (element.tag, element.type)


def test_the_tree_is_a_value(tmp_path: Path) -> None:
    """Reading twice gives equal trees, and a tree survives pickling."""
    contract = types_of(tmp_path, DERIVED)
    assert contract == types_of(tmp_path, DERIVED)
    assert contract == pickle.loads(pickle.dumps(contract))
