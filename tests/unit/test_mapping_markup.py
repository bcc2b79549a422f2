"""Values without a shape in mappings: bound, checked, documented, written and read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from adapter.errors import BackendReplyInvalid
from adapter.mapping.bound import Endpoint
from adapter.mapping.paths import PathError, derived
from adapter.openapi.schemas import schemas
from adapter.translate.writer import writer
from adapter.wsdl.types import Record
from tests.unit.mapped import build, check, echo, errors, mistakes, sent, typed
from tests.unit.twins import reader

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
ANY = '<xsd:any namespace="{}" processContents="{}" minOccurs="{}" maxOccurs="{}"/>'


def sequence(*items: str) -> str:
    """A complex type's content."""
    return f"<xsd:sequence>{''.join(items)}</xsd:sequence>"


def wild(namespace: str = "##other", process: str = "lax", least: int = 0, most: str = "unbounded") -> str:
    """An element wildcard."""
    return ANY.format(namespace, process, least, most)


def element(name: str, kind: str = "xsd:string", more: str = "") -> str:
    """An element declaration."""
    return f'<xsd:element name="{name}" type="{kind}" {more}/>'


def written(endpoint: Endpoint, body: Any) -> str:
    """The XML of the object that a body becomes, without its declarations."""
    message = sent(writer(endpoint)(check(endpoint, body)))
    for each in message.iter():
        each.tag = etree.QName(each).localname
    etree.cleanup_namespaces(message)
    return etree.tostring(message[0]).decode()


def read(endpoint: Endpoint, xml: str) -> Any:
    """What a reply holding the object reads as."""
    return reader(endpoint)(etree.fromstring(f'<Out xmlns="urn:t" xmlns:t="urn:t" {XSI}>{xml}</Out>')).document


def test_nil_that_says_more_is_no_null() -> None:
    """A bare nil is null; with an attribute of its own, or where it may not be nil, it is XML like anything else."""
    endpoint = echo(typed(sequence(element("a", "xsd:anyType", 'nillable="true"'))), {"a": {"soap": "a", "xml": True}})
    assert {"a": None} == read(endpoint, '<X><a xsi:nil="true"/></X>')
    said = f'<a xmlns="urn:t" {XSI} b="c" xsi:nil="true"></a>'
    assert {"a": said} == read(endpoint, '<X><a xsi:nil="true" b="c"/></X>')
    assert {} == errors(endpoint, {"a": said})
    strict = echo(typed(sequence(element("a", "xsd:anyType"))), {"a": {"soap": "a", "xml": True}})
    assert {"a": f'<a xmlns="urn:t" {XSI} xsi:nil="true"></a>'} == read(strict, '<X><a xsi:nil="true"/></X>')
    assert {"/a": "must not be nil"} == errors(strict, {"a": f'<a xmlns="urn:t" {XSI} xsi:nil="1"/>'})


def test_types_of_a_record_as_xml() -> None:
    """What is cheap to know is checked: an abstract type must be named, and only types that can stand there are."""
    schema = typed(sequence(element("a", "t:Base"))).replace(
        "</xsd:schema>",
        '<xsd:complexType name="Base" abstract="true"/><xsd:complexType name="One"><xsd:complexContent>'
        '<xsd:extension base="t:Base"/></xsd:complexContent></xsd:complexType></xsd:schema>',
    )
    endpoint = echo(schema, {"a": {"soap": "a", "xml": True}})
    assert {"/a": "must name its type (xsi:type)"} == errors(endpoint, {"a": '<a xmlns="urn:t"/>'})
    wrong = {"/a": "xsi:type names a type that cannot stand there"}
    assert wrong == errors(endpoint, {"a": f'<a xmlns="urn:t" {XSI} xsi:type="T"/>'})
    assert wrong == errors(endpoint, {"a": f'<a xmlns="urn:t" {XSI} xsi:type="q:One"/>'})
    assert {} == errors(endpoint, {"a": f'<a xmlns="urn:t" {XSI} xsi:type="One"/>'})


def test_whole_message_and_other_properties() -> None:
    """``.`` fills its element alone; in a reply it may stand beside properties that are read out of it."""
    body = {"body": {"one": "T"}, "reply": {"one": "R"}}
    types = {
        "T": {"fields": {"all": {"soap": ".", "xml": True}}},
        "R": {"fields": {"a": "X.a", "all": {"soap": ".", "xml": True}}},
    }
    endpoint = build(typed(sequence(element("a"))), types, body)
    message = writer(endpoint)(check(endpoint, {"all": '<p:In xmlns:p="urn:t" b="p:c"><p:X/></p:In>'}))
    assert '<p:In xmlns:p="urn:t" b="p:c"><p:X/></p:In>' == etree.tostring(message).decode()
    assert {"/all": "must be the element In of urn:t, not In of no namespace"} == errors(endpoint, {"all": "<In/>"})
    assert {"a": "1", "all": '<Out xmlns="urn:t"><X><a>1</a></X></Out>'} == read(endpoint, "<X><a>1</a></X>")
    assert {"/all": "is required"} == errors(endpoint, {})


def test_objects_that_are_xml() -> None:
    """An array of objects that are nothing but XML has the elements of its texts; null among them is nil."""
    schema = typed(sequence(element("a", "t:U", 'maxOccurs="unbounded" nillable="true"'))).replace(
        "</xsd:schema>", '<xsd:complexType name="U" mixed="true"/></xsd:schema>'
    )
    endpoint = echo(schema, {"a": {"soap": "a", "each": "U"}}, U={"fields": {"xml": {"soap": ".", "xml": True}}})
    body = {"a": [{"xml": '<a xmlns="urn:t">1</a>'}, None]}
    assert f'<X {XSI}><a>1</a><a xsi:nil="true"/></X>' == written(endpoint, body)
    assert {"a": [{"xml": '<a xmlns="urn:t">1</a>'}, None]} == read(endpoint, '<X><a>1</a><a xsi:nil="true"/></X>')


@pytest.mark.parametrize(
    ("namespace", "process", "xml", "why"),
    [
        ("##any", "lax", "<b/>", ""),
        ("##any", "skip", '<b xmlns="urn:t"/>', ""),
        ("##any", "strict", '<b xmlns="urn:t"/>', "the contract knows no element b of urn:t"),
        ("##any", "strict", '<In xmlns="urn:t"/>', ""),
        ("##any", "lax", '<a xmlns="urn:t"/>', "a of urn:t is an element of the record itself"),
        ("##other", "lax", '<b xmlns="urn:o"/>', ""),
        ("##other", "lax", "<b/>", "no element of this namespace may stand there: b"),
        ("##other", "lax", '<b xmlns="urn:t"/>', "no element of this namespace may stand there: b of urn:t"),
        ("##local urn:o", "lax", "<b/>", ""),
        ("##local urn:o", "lax", '<b xmlns="urn:o"/>', ""),
        ("##local urn:o", "lax", '<b xmlns="urn:p"/>', "no element of this namespace may stand there: b of urn:p"),
        ("##targetNamespace", "lax", '<b xmlns="urn:t"/>', ""),
        ("##targetNamespace", "lax", "<b/>", "no element of this namespace may stand there: b"),
    ],
)
def test_what_a_wildcard_lets_in(namespace: str, process: str, xml: str, why: str) -> None:
    """A wildcard says of which namespaces elements may be, and a strict one that the contract knows them."""
    schema = typed(sequence(element("a", more='minOccurs="0"'), wild(namespace, process)))
    endpoint = echo(schema, {"a": "a", "more": "*"})
    assert ({"/more/0": why} if why else {}) == errors(endpoint, {"more": [xml]})


def test_wildcard_that_must_be_there_once() -> None:
    """One element is one text, and is required where the contract says so."""
    endpoint = echo(typed(sequence(wild(least=1, most="1"))), {"more": "*"})
    assert {"/more": "is required"} == errors(endpoint, {})
    assert {"/more": "must be a string that holds XML"} == errors(endpoint, {"more": []})
    assert {"more": '<b xmlns="urn:o"></b>'} == read(endpoint, '<X><b xmlns="urn:o"/></X>')


def test_several_wildcards_are_one_array() -> None:
    """Each takes what fits, in order, and leaves what later ones must have; they stand where the contract has them."""
    schema = typed(sequence(wild("urn:o", least=1, most="2"), element("a"), wild("urn:o urn:p", least=1, most="2")))
    endpoint = echo(schema, {"a": "a", "more": "*"})
    o, p = '<o xmlns="urn:o"></o>', '<p xmlns="urn:p"></p>'
    assert "<X><o/><a>1</a><p/></X>" == written(endpoint, {"a": "1", "more": [o, p]})
    assert "<X><o/><a>1</a><o/></X>" == written(endpoint, {"a": "1", "more": [o, o]})
    assert "<X><o/><o/><a>1</a><o/><p/></X>" == written(endpoint, {"a": "1", "more": [o, o, o, p]})
    why = "cannot be placed in this order: the contract takes other elements there"
    assert {"/more": why} == errors(endpoint, {"a": "1", "more": [p, o]})
    assert {"/more": "must have at least 2 items"} == errors(endpoint, {"a": "1", "more": [o]})
    assert {"a": "1", "more": [o, o, p]} == read(endpoint, f"<X>{o}<a>1</a>{o}{p}</X>")


def test_several_wildcards_in_a_choice() -> None:
    """Which branch is meant cannot be told, so the element around them is the way."""
    schema = typed(f"<xsd:choice>{wild('urn:o')}{sequence(element('a'), wild('urn:p'))}</xsd:choice>")
    (found,) = mistakes(lambda: echo(schema, {"a": "a", "more": "*"}))
    assert "more: X has several wildcards in a choice" in found.text or "several wildcards in a choice" in found.text


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"b": "", "{urn:o}c": "\u00fc"}, ""),
        ([], "must be an object of attribute names and texts"),
        ({"b": None}, "b must be a string"),
        ({"a b": ""}, "'a b' is no name such as local or {namespace}local"),
        ({"{}a": ""}, "'{}a' is no name such as local or {namespace}local"),
        ({"{not a uri}b": ""}, "'{not a uri}b' is no name such as local or {namespace}local"),
        ({"n": "1"}, "n may not be among them"),
        ({"{http://www.w3.org/2001/XMLSchema-instance}nil": "1"}, "may not be among them"),
        ({"{http://www.w3.org/2000/xmlns/}p": "urn:x"}, "'{http://www.w3.org/2000/xmlns/}p' is no name"),
        ({"xmlns": "urn:x"}, "xmlns may not be among them"),
    ],
)
def test_further_attributes(value: Any, why: str) -> None:
    """Names that the wildcard lets in, with any text; not those that the contract declares, nor namespaces or xsi."""
    inside = '<xsd:attribute name="n" type="xsd:int"/><xsd:anyAttribute processContents="lax"/>'
    endpoint = echo(typed(inside), {"n": "@n", "more": "@*"})
    found = errors(endpoint, {"more": value})
    assert (["/more"] if why else []) == list(found)
    assert why in found.get("/more", "")


def test_strict_attributes_are_known() -> None:
    """A strict wildcard takes the global attributes of the contract."""
    schema = typed("<xsd:anyAttribute/>").replace("</xsd:schema>", '<xsd:attribute name="g"/></xsd:schema>')
    endpoint = echo(schema, {"more": "@*"})
    assert {} == errors(endpoint, {"more": {"{urn:t}g": ""}})
    assert {"/more": "the contract knows no attribute g"} == errors(endpoint, {"more": {"g": ""}})


def test_documentation() -> None:
    """Callers are told that it is XML, and which element."""
    fields = {"a": {"soap": "a", "xml": True, "example": '<a xmlns="urn:t"/>'}, "more": "*", "rest": "@*"}
    endpoint = echo(typed(sequence(element("a", "xsd:anyType"), wild()) + "<xsd:anyAttribute/>"), fields)
    properties = schemas([endpoint]).components["TInput"]["properties"]
    assert {
        "type": "string",
        "contentMediaType": "application/xml",
        "description": "The element a of urn:t, whole, as XML.",
        "examples": ['<a xmlns="urn:t"/>'],
    } == properties["a"]
    assert "application/xml" == properties["more"]["items"]["contentMediaType"]
    assert {"type": "string"} == properties["rest"]["additionalProperties"]


def test_one_value_is_an_object_too() -> None:
    """A message that is one simple value has a type of one property with the path ``.``."""
    schema = typed("").replace(
        '<xsd:element name="In"><xsd:complexType><xsd:sequence><xsd:element name="X" type="t:T"/></xsd:sequence>'
        "</xsd:complexType></xsd:element>",
        '<xsd:element name="In" type="xsd:int"/>',
    )
    endpoint = build(schema, {"T": {"fields": {"number": "."}}}, {"body": {"one": "T"}, "reply": {"status": 204}})
    message = writer(endpoint)(check(endpoint, {"number": 7}))
    assert ("{urn:t}In", "7") == (message.tag, message.text)
    assert {"/number": "must be a whole number"} == errors(endpoint, {"number": "x"})


def test_references_of_an_encoded_reply_are_resolved() -> None:
    """XML of an encoded message is whole: what its references refer to stands in it, and a circle is refused."""
    literal = echo(typed(sequence(element("a", "xsd:anyType"))), {"a": {"soap": "a", "xml": True}})
    endpoint = replace(literal, operation=replace(literal.operation, use="encoded", style="rpc"))

    def answered(inside: str, beside: str) -> Any:
        body = f'<b xmlns="urn:t" {XSI}><Out><X>{inside}</X></Out>{beside}</b>'
        return reader(endpoint)(etree.fromstring(body)[0]).document

    beside = '<m id="1" xsi:type="T">one<n href="#2"/>tail</m><m id="2"><o/></m>'
    expected = f'<a xmlns="urn:t">x<b {XSI} xsi:type="T">one<n><o></o></n>tail</b></a>'
    assert {"a": expected} == answered('<a>x<b href="#1"/></a>', beside)
    with pytest.raises(BackendReplyInvalid, match="references are nested too deep"):
        answered('<a><b href="#1"/></a>', '<m id="1"><n href="#1"/></m>')


def test_types_of_one_name() -> None:
    """Two derived types of one name are told apart by a prefix, in casts and in variants; one alone is ambiguous."""
    types = "".join(
        f'<xsd:complexType name="{name}"><xsd:complexContent><xsd:extension base="t:Base">{sequence(element(field))}'
        "</xsd:extension></xsd:complexContent></xsd:complexType>"
        for name, field in (("One", "x"), ("Two", "y"))
    )
    more = f'<xsd:complexType name="Base"/>{types}</xsd:schema>'
    contract = typed(sequence(element("a", "t:Base"))).replace("</xsd:schema>", more)
    endpoint = echo(contract, {"x": "a(One).x"})
    tree = replace(endpoint.contract, prefixes={"t": "urn:t", "u": "urn:u"})
    assert "{urn:t}One" == derived(tree, "{urn:t}Base", "t:One")
    assert "{urn:t}Two" == derived(tree, "{urn:t}Base", "Two")
    with pytest.raises(PathError, match="u:One is not derived from Base"):
        derived(tree, "{urn:t}Base", "u:One")
    base = tree.types["{urn:t}Base"]
    assert isinstance(base, Record)
    both = replace(base, derived=("{urn:t}One", "{urn:u}One"))
    twice = replace(tree, types={**tree.types, "{urn:t}Base": both})
    assert "{urn:u}One" == derived(twice, "{urn:t}Base", "u:One")
    with pytest.raises(PathError, match="One stands there in the namespace urn:t and in the namespace urn:u"):
        derived(twice, "{urn:t}Base", "One")
