"""XML made up for a contract: each message judged by libxml2, and what may not happen."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from lxml import etree

from adapter.wsdl.ground import Ground
from adapter.wsdl.instances import XSI_NIL, XSI_TYPE, Instances
from adapter.wsdl.load import load
from adapter.wsdl.types import SOAP11_ENCODING, Contract
from adapter.wsdl.values import NoValue
from tests.unit.mapped import WSDL, schema

SEEDS = range(40)


def contract(tmp_path: Path, content: str) -> Contract:
    """The contract of a schema that has at least the elements In and Out."""
    for name in ("In", "Out"):
        if f'<xsd:element name="{name}"' not in content:
            content += f'<xsd:element name="{name}" type="xsd:string"/>'
    (tmp_path / "t.wsdl").write_text(WSDL.format(schema=schema(content)), encoding="utf-8")
    return load(tmp_path, "t.wsdl")


def messages(tmp_path: Path, content: str, name: str = "In", **options: object) -> list[etree._Element]:
    """Elements of a name, one for each seed, as another program would get them, all valid for libxml2."""
    tree = contract(tmp_path, content)
    ground = Ground.of(tree)
    declared = tree.elements[f"{{urn:t}}{name}"]
    made = [Instances(ground, random.Random(seed), **options).element(declared) for seed in SEEDS]  # type: ignore[arg-type]
    read = [etree.fromstring(etree.tostring(each)) for each in made]
    judge = etree.XMLSchema(etree.fromstring(schema(content)))
    for each in read:
        judge.assertValid(each)
    return read


def inside(content: str, more: str = "") -> str:
    """A schema with an element In of this complex content."""
    return f'<xsd:element name="In"><xsd:complexType>{content}</xsd:complexType></xsd:element>{more}'


def test_sequences_choices_and_repeats(tmp_path: Path) -> None:
    """Optional parts are there and not, repeats are none, one and several, each branch of a choice comes up."""
    found = messages(
        tmp_path,
        inside(
            '<xsd:sequence><xsd:element name="A" type="xsd:int" minOccurs="0"/>'
            '<xsd:element name="B" type="xsd:date" minOccurs="0" maxOccurs="unbounded"/>'
            '<xsd:choice maxOccurs="3"><xsd:element name="C" type="xsd:string"/><xsd:sequence>'
            '<xsd:element name="D" type="xsd:string"/><xsd:element name="E" type="xsd:string"/></xsd:sequence>'
            "</xsd:choice></xsd:sequence>"
            '<xsd:attribute name="a" type="xsd:boolean"/><xsd:attribute name="b" type="xsd:int" use="required"/>'
            '<xsd:attribute name="c" type="xsd:string" fixed="F"/>'
        ),
    )
    assert {0, 1} == {len(each.findall("{urn:t}A")) for each in found}
    assert {0, 1, 2} == {len(each.findall("{urn:t}B")) for each in found}
    assert {True, False} == {each.find("{urn:t}C") is not None for each in found}
    assert {True, False} == {each.find("{urn:t}D") is not None for each in found}
    assert {None, "F"} == {each.get("c") for each in found}
    assert {True, False} == {each.get("a") is not None for each in found}


def test_all_nil_fixed_and_mixed(tmp_path: Path) -> None:
    """A nillable element is nil now and then, a fixed one has its value, mixed content has text."""
    found = messages(
        tmp_path,
        '<xsd:element name="In"><xsd:complexType mixed="true"><xsd:all><xsd:element name="A" type="xsd:int" '
        'nillable="true"/><xsd:element name="B" type="xsd:string" fixed="X"/></xsd:all></xsd:complexType>'
        "</xsd:element>",
    )
    nil = {"".join(each.xpath("*[1]/@xsi:nil", namespaces={"xsi": XSI_NIL[1:].partition("}")[0]})) for each in found}
    assert {"", "true"} == nil
    assert {"X"} == {each.findtext("{urn:t}B") for each in found}
    assert {True, False} == {bool(each.text) for each in found}


def test_derived_types_by_xsi_type(tmp_path: Path) -> None:
    """An abstract type stands only as one derived from it; another one as itself or as a derived one."""
    extension = (
        '<xsd:complexContent><xsd:extension base="t:{}"><xsd:sequence>{}</xsd:sequence></xsd:extension>'
        "</xsd:complexContent>"
    )
    more = (
        '<xsd:complexType name="P" abstract="true"><xsd:sequence><xsd:element name="N" type="xsd:string"/>'
        "</xsd:sequence></xsd:complexType>"
        f'<xsd:complexType name="Q">{extension.format("P", "<xsd:element name=chr type=xsd:int/>")}</xsd:complexType>'
        f'<xsd:complexType name="R">{extension.format("Q", "")}</xsd:complexType>'
    ).replace("name=chr type=xsd:int", 'name="M" type="xsd:int"')
    content = '<xsd:sequence><xsd:element name="X" type="t:P"/><xsd:element name="Y" type="t:Q"/></xsd:sequence>'
    found = messages(tmp_path, inside(content, more))
    assert {"Q", "R"} == {str(each[0].get(XSI_TYPE)).rpartition(":")[2] for each in found}
    assert {None, "R"} == {(each[1].get(XSI_TYPE) or "").rpartition(":")[2] or None for each in found}


def test_wildcards_and_any_type(tmp_path: Path) -> None:
    """A lax wildcard takes an element that nobody declares, a strict one takes one of the contract."""
    content = (
        '<xsd:sequence><xsd:any processContents="lax" namespace="##other"/><xsd:any namespace="##targetNamespace"/>'
        '<xsd:element name="T" type="xsd:anyType"/></xsd:sequence>'
    )
    tree = contract(tmp_path, inside(content).replace("##targetNamespace", "urn:t"))
    made = Instances(Ground.of(tree), random.Random(0)).element(tree.elements["{urn:t}In"])
    assert ["{urn:x:elsewhere}note", "{urn:t}Out", "{urn:t}T"] == [each.tag for each in made]
    assert "string" == str(made[2].get(XSI_TYPE)).rpartition(":")[2]


def test_a_type_that_contains_itself_ends(tmp_path: Path) -> None:
    """Recursion ends below the depth, since only required parts are made there."""
    more = (
        '<xsd:complexType name="Node"><xsd:choice><xsd:sequence><xsd:element name="L" type="t:Node"/>'
        '<xsd:element name="R" type="t:Node" maxOccurs="9"/></xsd:sequence><xsd:element name="V" type="xsd:int"/>'
        "</xsd:choice></xsd:complexType>"
    )
    found = messages(tmp_path, f'<xsd:element name="In" type="t:Node"/>{more}', deep=8)
    assert {True, False} == {each.find(".//{urn:t}L/{urn:t}L") is not None for each in found}
    assert 9 >= max(max(len(list(leaf.iterancestors())) for leaf in each.iter()) for each in found)


def test_a_type_that_cannot_end_is_named(tmp_path: Path) -> None:
    """A type that always contains itself has no instance; the error names it."""
    more = (
        '<xsd:complexType name="Node"><xsd:sequence><xsd:element name="L" type="t:Node"/></xsd:sequence>'
        "</xsd:complexType>"
    )
    tree = contract(tmp_path, f'<xsd:element name="In" type="t:Node"/>{more}')
    with pytest.raises(NoValue, match="cannot end.*Node"):
        Instances(Ground.of(tree), random.Random(0)).element(tree.elements["{urn:t}In"])


def test_ids_are_unique_and_referred_to(tmp_path: Path) -> None:
    """Every ID of a message is another one, and an IDREF names one of them."""
    content = (
        '<xsd:sequence><xsd:element name="I" minOccurs="3" maxOccurs="9"><xsd:complexType>'
        '<xsd:attribute name="id" type="xsd:ID" use="required"/><xsd:attribute name="of" type="xsd:IDREF"/>'
        "</xsd:complexType></xsd:element></xsd:sequence>"
    )
    for each in messages(tmp_path, inside(content)):
        ids = each.xpath("*/@id")
        assert len(ids) == len(set(ids))
        assert set(each.xpath("*/@of")) <= set(ids)


def test_qnames_have_a_declared_prefix(tmp_path: Path) -> None:
    """The prefix of a QName is declared where it stands."""
    content = '<xsd:sequence><xsd:element name="Q" type="xsd:QName"/></xsd:sequence>'
    for each in messages(tmp_path, inside(content)):
        assert str(each[0].text).partition(":")[0] in each.nsmap


def test_encoded_style_names_every_type(tmp_path: Path) -> None:
    """SOAP encoding: every element says its type, and an array how many items of which type it has."""
    more = (
        '<xsd:complexType name="List"><xsd:complexContent><xsd:restriction base="enc:Array">'
        '<xsd:attribute ref="enc:arrayType" wsdl:arrayType="xsd:int[]"/></xsd:restriction></xsd:complexContent>'
        "</xsd:complexType>"
    ).replace('<xsd:complexType name="List">', f'<xsd:complexType name="List" xmlns:enc="{SOAP11_ENCODING}">')
    content = inside('<xsd:sequence><xsd:element name="L" type="t:List"/></xsd:sequence>', more)
    tree = contract(tmp_path, content)
    for seed in SEEDS:
        made = Instances(Ground.of(tree), random.Random(seed), encoded=True).element(tree.elements["{urn:t}In"])
        array = made[0]
        assert f"int[{len(array)}]" == str(array.get(f"{{{SOAP11_ENCODING}}}arrayType")).rpartition(":")[2]
        assert {"int"} >= {str(item.get(XSI_TYPE)).rpartition(":")[2] for item in array}
        assert "List" == str(array.get(XSI_TYPE)).rpartition(":")[2]


def test_given_texts_come_first(tmp_path: Path) -> None:
    """A text that is given for a name is used, once, where the type takes it."""
    content = inside('<xsd:sequence><xsd:element name="Id" type="xsd:int" minOccurs="2" maxOccurs="2"/></xsd:sequence>')
    tree = contract(tmp_path, content)
    given = {"id": "4711"}
    made = Instances(Ground.of(tree), random.Random(3), given=given).element(tree.elements["{urn:t}In"])
    assert ["4711"] == [each.text for each in made if each.text == "4711"]
