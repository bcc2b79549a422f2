"""Judges of XML: one schema set for every contract, and our own check where no XSD processor serves."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from adapter.proof.judge import TREE, Judge, by_tree, judge_of
from adapter.wsdl.documents import read_documents
from adapter.wsdl.ground import Ground
from adapter.wsdl.instances import Instances
from adapter.wsdl.load import contract
from adapter.wsdl.types import Contract
from tests.unit.mapped import ROOT, WSDL, schema, typed

NAMED = schema(
    '<xsd:element name="In" type="t:T"/><xsd:element name="Out" type="t:T"/><xsd:complexType name="T"><xsd:sequence>'
    '<xsd:element name="A" type="xsd:int"/><xsd:element name="B" minOccurs="0"><xsd:complexType><xsd:sequence>'
    '<xsd:element name="C" type="xsd:date" maxOccurs="2"/></xsd:sequence><xsd:attribute name="d" use="required"/>'
    "</xsd:complexType></xsd:element></xsd:sequence></xsd:complexType>"
)
ANONYMOUS = "{urn:t}T/B"


def judge(folder: Path, xsd: str) -> tuple[Judge, Contract]:
    """The judge of a small contract, and its tree."""
    (folder / "t.wsdl").write_text(WSDL.format(schema=xsd), "utf-8")
    documents = read_documents(folder, "t.wsdl")
    tree = contract(documents)
    return judge_of(documents, tree), tree


def xml(text: str) -> Any:
    """An element with ``urn:t`` as its default namespace."""
    return etree.fromstring(re.sub(r"^<\w+", r'\g<0> xmlns="urn:t"', text))


def test_lxml_judges_elements_and_types(tmp_path: Path) -> None:
    """An element is judged as the contract declares it, any other as one of a type, one without a name too."""
    made, _ = judge(tmp_path, NAMED)
    assert "lxml" == made.name
    assert "" == made.element(xml("<In><A>1</A></In>"))
    assert "not a valid value" in made.element(xml("<In><A>x</A></In>"))
    assert "" == made.typed("{urn:t}T", xml("<Any><A>1</A></Any>"))
    assert "" == made.typed(ANONYMOUS, xml('<B d=""><C>2024-02-29</C></B>'))
    assert "is required" in made.typed(ANONYMOUS, xml("<B><C>2024-02-29</C></B>"))
    assert "not a valid value" in made.typed("{http://www.w3.org/2001/XMLSchema}int", xml("<B>x</B>"))


def test_judged_elements_stay_as_they_are(tmp_path: Path) -> None:
    """Judging an element as one of a type does not rename it."""
    made, _ = judge(tmp_path, NAMED)
    element = xml("<Any><A>1</A></Any>")
    made.typed("{urn:t}T", element)
    assert "{urn:t}Any" == element.tag


def test_xmlschema_judges_ambiguous_models(tmp_path: Path) -> None:
    """A content model that lxml refuses is judged by xmlschema, in both directions."""
    twice = '<xsd:element name="A" minOccurs="0" type="xsd:int"/>'
    made, _ = judge(tmp_path, typed(f"<xsd:sequence>{twice}{twice}</xsd:sequence>"))
    assert "xmlschema" == made.name
    assert "" == made.element(xml("<In><X><A>1</A></X></In>"))
    assert "" != made.element(xml("<In><X><A>x</A></X></In>"))
    assert "" != made.element(xml("<In><X><B/></X></In>"))


def test_schemas_of_one_namespace_are_one_set(tmp_path: Path) -> None:
    """Schemas that share a namespace, and do not import what they use, are judged together."""
    first = NAMED.replace('type="xsd:int"', 'type="t:Small"')
    second = schema('<xsd:simpleType name="Small"><xsd:restriction base="xsd:byte"/></xsd:simpleType>')
    made, _ = judge(tmp_path, first + second)
    assert "lxml" == made.name
    assert "" == made.element(xml("<In><A>127</A></In>"))
    assert "" != made.element(xml("<In><A>128</A></In>"))


def test_nothing_outside_the_set_is_opened(tmp_path: Path) -> None:
    """An import that the set does not bring is not looked for."""
    (tmp_path / "secret.xsd").write_text(schema('<xsd:element name="S"/>'), "utf-8")
    made, _ = judge(tmp_path, NAMED.replace("<xsd:element", '<xsd:import namespace="urn:x"/><xsd:element', 1))
    assert "lxml" == made.name


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("<In><A>1</A></In>", ""),
        ('<In><A>1</A><B d="x"><C>2024-01-01</C><C>2024-01-02</C></B></In>', ""),
        ("<In/>", "something is missing at the end: A"),
        ("<In><A>1</A><A>1</A></In>", "does not stand there in the contract"),
        ('<In><B d="x"><C>2024-01-01</C></B><A>1</A></In>', "does not stand there in the contract"),
        ("<In><A>x</A></In>", "is not a value of"),
        ("<In><A>1</A><B><C>2024-01-01</C></B></In>", "lacks the attribute d"),
        ('<In e="1"><A>1</A></In>', "has an attribute e"),
        ("<In>text<A>1</A></In>", "must hold elements, not a text"),
        ('<In><A xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/></In>', "must not be nil"),
        ("<In><A><B/></A></In>", "must hold a text, not elements"),
    ],
)
def test_our_own_check(tmp_path: Path, text: str, wrong: str) -> None:
    """Order, number, attributes, values, text and nil are judged by the contract tree alone."""
    found = by_tree(judge(tmp_path, NAMED)[1]).element(xml(text))
    assert wrong in found
    assert ("" == wrong) == ("" == found)


DOCUMENTS = read_documents(ROOT / "wsdl", "erp/erp.wsdl")
ERP = contract(DOCUMENTS)
GROUND = Ground.of(ERP)
BOTH = judge_of(DOCUMENTS, ERP), by_tree(ERP)
ROOTS = sorted({each.input.root.tag for port in ERP.services["ErpService"].ports.values()
                for each in port.operations.values() if each.input.root})  # fmt: skip


def spoiled(element: Any, source: random.Random) -> Any:
    """An element with one thing changed somewhere in it: gone, twice, elsewhere, renamed, or with another text."""
    chosen = source.choice(list(element.iter()))
    parent = chosen.getparent()
    what = source.choice(("gone", "twice", "last", "renamed", "text", "attribute"))
    if what == "gone" and parent is not None:
        parent.remove(chosen)
    elif what == "twice" and parent is not None:
        parent.insert(parent.index(chosen), etree.fromstring(etree.tostring(chosen)))
    elif what == "last" and parent is not None:
        parent.append(chosen)
    elif what == "renamed":
        chosen.tag = f"{chosen.tag}x"
    elif what == "text":
        chosen.text = source.choice(("", "x", "-1", "2024-13-01"))
    else:
        chosen.set("strange", "1")
    return etree.fromstring(etree.tostring(element))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**9), st.booleans())
def test_our_own_check_agrees_with_lxml(seed: int, spoil: bool) -> None:
    """On messages of the example contract, right and spoiled, both judges say the same."""
    source = random.Random(seed)
    element = Instances(GROUND, source).element(ERP.elements[source.choice(ROOTS)])
    element = spoiled(element, source) if spoil else etree.fromstring(etree.tostring(element))
    by_lxml, ours = (("" == each.element(element)) for each in BOTH)
    assert by_lxml == ours
    assert spoil or by_lxml


def test_the_tree_is_named() -> None:
    """SOAP encoding allows what no schema does, so its judge is our own, and reports say so."""
    lager = contract(read_documents(ROOT / "wsdl", "warehouse/lager.wsdl"))
    operation = next(iter(next(iter(lager.services["LagerService"].ports.values())).operations.values()))
    assert TREE == by_tree(lager).of(operation)
