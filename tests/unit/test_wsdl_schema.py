"""XML Schema to the contract tree, construct by construct."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from adapter.errors import BuildError
from adapter.wsdl import building
from adapter.wsdl.load import load
from adapter.wsdl.types import Any, Attribute, Element, Facets, Group, ListOf, Record, Scalar, Union
from tests.unit.wsdl_texts import XS, elements, folder, group, record, scalar, schema, types_of

SEQUENCE = "<xs:complexType name='{}'><xs:sequence>{}</xs:sequence></xs:complexType>"


def of_type(body: str, attributes: str = "", name: str = "A") -> str:
    """A complex type with a sequence."""
    return f"<xs:complexType name='{name}' {attributes}><xs:sequence>{body}</xs:sequence></xs:complexType>"


def simple(body: str, name: str = "S") -> str:
    """A simple type."""
    return f"<xs:simpleType name='{name}'>{body}</xs:simpleType>"


def wrong(tmp_path: Path, body: str) -> list[str]:
    """Return the mistakes of a schema as text."""
    with pytest.raises(BuildError) as caught:
        types_of(tmp_path, body)
    return [str(mistake) for mistake in caught.value.mistakes]


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
    expected = Group("sequence", (Group("choice", (a, Group("sequence", (b,))), 0, 3), Any(0, 1, "##other", "lax")))
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


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("\n<xs:element name='a' type='t:Gone'/>", "wsdl/s.xsd:2:0: there is no type {urn:t}Gone"),
        ("\n<xs:element name='a' type='xs:strng'/>", "there is no type {http://www.w3.org/2001/XMLSchema}strng"),
        ("\n<xs:element name='a' type='u:A'/>", "wsdl/s.xsd:2:0: prefix 'u' is not declared"),
        (of_type("<xs:element ref='t:gone'/>"), "there is no element {urn:t}gone"),
        (of_type("<xs:group ref='t:gone'/>"), "there is no group {urn:t}gone"),
        (of_type("<xs:element type='xs:int'/>"), "neither name nor ref"),
        (of_type("<xs:element name='a' minOccurs='-1'/>"), "minOccurs='-1' is not a whole number"),
        (of_type("<xs:element name='a' maxOccurs='٣'/>"), "is not a whole number"),
        ("<xs:complexType name='A'><xs:attribute ref='t:gone'/></xs:complexType>", "there is no attribute {urn:t}gone"),
        ("<xs:complexType name='A'><xs:attributeGroup ref='t:gone'/></xs:complexType>", "there is no attributeGroup"),
        (simple("<xs:restriction base='xs:string'><xs:maxLength value='long'/>"
        "</xs:restriction>"), "not a whole number"),
        (simple("<xs:restriction base='t:S'/>"), "{urn:t}S is derived from itself"),
        (simple("<xs:restriction base='t:A'/>") + of_type(""), "{urn:t}A is not a simple type"),
        ("<xs:complexType name='A'><xs:complexContent><xs:extension base='t:A'/></xs:complexContent></xs:complexType>",
         "{urn:t}A is derived from itself"),
        ("<xs:group name='G'><xs:sequence><xs:group ref='t:G'/></xs:sequence>"
        "</xs:group>" + of_type("<xs:group ref='t:G'/>"),
         "the group {urn:t}G contains itself"),
        ("<xs:attributeGroup name='G'><xs:attributeGroup ref='t:G'/></xs:attributeGroup>"
         "<xs:complexType name='A'><xs:attributeGroup ref='t:G'/>"
         "</xs:complexType>", "the attribute group {urn:t}G contains"),
        ("<xs:element type='xs:int'/>", "a global element has no name"),
        ("<xs:override schemaLocation='b.xsd'/>", "xsd:override (XML Schema 1.1) is not supported"),
        ("<xs:element name='a' substitutionGroup='t:gone'/>", "there is no element {urn:t}gone"),
    ],
)  # fmt: skip
def test_mistakes_name_the_place(tmp_path: Path, body: str, text: str) -> None:
    """What a schema says wrong is a mistake with file and line."""
    mistakes = wrong(tmp_path, body)
    assert any(text in mistake for mistake in mistakes), mistakes
    assert all(mistake.startswith("wsdl/s.xsd:") for mistake in mistakes)


def test_all_schema_mistakes_at_once(tmp_path: Path) -> None:
    """Every mistake of a contract is told in one go, each once."""
    assert 2 == len(wrong(tmp_path, "<xs:element name='a' type='t:X'/>\n<xs:element name='b' type='t:Y'/>"))


def test_a_redefinition_of_nothing_is_a_mistake(tmp_path: Path) -> None:
    """A redefine must name something that the other document declares."""
    text = schema("<xs:redefine schemaLocation='b.xsd'><xs:simpleType name='S'/></xs:redefine>")
    with pytest.raises(BuildError, match=r"redefines {urn:t}S, which b.xsd does not declare"):
        load(folder(tmp_path, a__xsd=text, b__xsd=schema("")), "a.xsd")


def test_an_import_of_something_else_is_a_mistake(tmp_path: Path) -> None:
    """A schema can import schemas only."""
    with pytest.raises(BuildError, match=r"b.xsd is not an XML Schema document"):
        load(folder(tmp_path, a__xsd=schema("<xs:include schemaLocation='b.xsd'/>"), b__xsd="<html/>"), "a.xsd")


def test_expansion_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few groups that each name the one before twice are a mistake, not a full memory."""
    monkeypatch.setattr(building, "MAX_PARTICLES", 10_000)
    body = "<xs:group name='G0'><xs:sequence><xs:element name='a'/></xs:sequence></xs:group>" + "".join(
        f"<xs:group name='G{n}'><xs:sequence><xs:group ref='t:G{n - 1}'/><xs:group ref='t:G{n - 1}'/>"
        f"</xs:sequence></xs:group>"
        for n in range(1, 40)
    )
    assert "more than 10000 particles" in wrong(tmp_path, body + of_type("<xs:group ref='t:G39'/>"))[0]


def test_endless_derivation_is_bounded(tmp_path: Path) -> None:
    """A chain of derivations that is far too long is a mistake, not a crash."""
    chain = "".join(
        f"<xs:complexType name='C{n}'><xs:complexContent><xs:extension base='t:C{n + 1}'/></xs:complexContent>"
        f"</xs:complexType>"
        for n in range(2000)
    )
    assert "too deeply" in wrong(tmp_path, chain + "<xs:complexType name='C2000'/>")[0]
