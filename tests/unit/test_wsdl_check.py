"""Our own check of XML against the contract tree, beside that of libxml2: on valid messages, and on spoiled ones."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from lxml import etree

from adapter.wsdl.check import Checker, Objection
from adapter.wsdl.ground import Ground
from adapter.wsdl.instances import Instances
from adapter.wsdl.load import load
from adapter.wsdl.types import XSI, Contract
from tests.unit.mapped import WSDL, schema

CONTENT = """<xsd:element name="In"><xsd:complexType><xsd:sequence>
    <xsd:element name="A" type="xsd:int" minOccurs="0"/>
    <xsd:choice minOccurs="0" maxOccurs="2"><xsd:element name="B" type="xsd:date" maxOccurs="2"/>
      <xsd:sequence><xsd:element name="C" type="xsd:string"/><xsd:element name="D" type="t:D" nillable="true"/>
      </xsd:sequence></xsd:choice>
    <xsd:element name="E" maxOccurs="3"><xsd:complexType><xsd:all><xsd:element name="X" type="xsd:boolean"/>
      <xsd:element name="Y" type="xsd:string" minOccurs="0"/></xsd:all>
      <xsd:attribute name="k" type="xsd:int" use="required"/>
    </xsd:complexType></xsd:element>
    <xsd:any namespace="##other" processContents="lax" minOccurs="0"/></xsd:sequence></xsd:complexType></xsd:element>
  <xsd:element name="Out" type="xsd:string"/>
  <xsd:simpleType name="D"><xsd:restriction base="xsd:string"><xsd:pattern value="[A-Z]\\d+"/><xsd:maxLength value="4"/>
  </xsd:restriction></xsd:simpleType>"""
TAGS = ("A", "B", "C", "D", "E", "X", "Z")


def contract(folder: Path) -> Contract:
    """The contract."""
    (folder / "t.wsdl").write_text(WSDL.format(schema=schema(CONTENT)), encoding="utf-8")
    return load(folder, "t.wsdl")


def spoil(message: etree._Element, source: random.Random) -> None:
    """Change something: leave out, repeat, move or rename an element, change a text, an attribute or nil."""
    nodes = [each for each in message.iter(etree.Element) if each is not message]
    node = source.choice(nodes)
    parent = node.getparent()
    assert parent is not None
    kind = source.randrange(7)
    if kind == 0:
        parent.remove(node)
    elif kind == 1:
        parent.insert(source.randrange(len(parent) + 1), etree.fromstring(etree.tostring(node)))
    elif kind == 2:
        parent.insert(source.randrange(len(parent)), node)
    elif kind == 3:
        node.tag = f"{{urn:t}}{source.choice(TAGS)}"
    elif kind == 4:
        node.text = source.choice(("", "7", "x", "A1", "A12345", "2024-01-01", "true", " 7 "))
    elif kind == 5:
        node.set("k", source.choice(("1", "x")))
    else:
        node.set(f"{{{XSI}}}nil", source.choice(("true", "false")))


def test_the_verdict_is_that_of_libxml2(tmp_path: Path) -> None:
    """Whatever is done to a message, both take it or both refuse it."""
    tree = contract(tmp_path)
    ground, declared = Ground.of(tree), tree.elements["{urn:t}In"]
    checker = Checker(tree.types, tree.elements, tree.substitutes)
    judge = etree.XMLSchema(etree.fromstring(schema(CONTENT)))
    verdicts = []
    for seed in range(800):
        source = random.Random(seed)
        message = etree.fromstring(etree.tostring(Instances(ground, source).element(declared)))
        for _ in range(seed % 3):
            if len(message):
                spoil(message, source)
        try:
            checker.check(declared, message)
            ours = ""
        except Objection as no:
            ours = str(no)
        theirs = judge.validate(message)
        assert theirs == (not ours), f"{ours or judge.error_log}\n{etree.tostring(message).decode()}"
        verdicts.append(theirs)
    assert 200 < sum(verdicts) < 700


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<In xmlns='urn:t'/>", "/In: something is missing at the end: A or B or C or E"),
        ("<In xmlns='urn:t'><E k='1'><Y/></E></In>", "/In/E: something is missing at the end: X"),
        ("<In xmlns='urn:t'><Z/></In>", "Z (number 1) does not stand there in the contract; expected A or B or C or E"),
        ("<In xmlns='urn:t'><E><X>1</X></E></In>", "/In/E lacks the attribute k"),
        ("<In xmlns='urn:t'><E k='x'><X>1</X></E></In>", "/In/E/@k: 'x' is not a value of"),
        ("<In xmlns='urn:t'>text<E k='1'><X>1</X></E></In>", "/In must hold elements, not a text"),
        ("<In xmlns='urn:t'><A><b/></A></In>", "/In/A must hold a text, not elements"),
    ],
)
def test_an_objection_says_where_and_why(tmp_path: Path, text: str, said: str) -> None:
    """The way to the element, and what is wrong there."""
    tree = contract(tmp_path)
    message = etree.fromstring(text)
    if message.find("{urn:t}A") is not None:
        message.append(etree.fromstring("<E xmlns='urn:t' k='1'><X>1</X></E>"))
    with pytest.raises(Objection) as caught:
        Checker(tree.types, tree.elements, tree.substitutes).check(tree.elements["{urn:t}In"], message)
    assert said in str(caught.value)
