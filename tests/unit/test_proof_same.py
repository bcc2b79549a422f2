"""What counts as the same on a round trip, in JSON and in XML."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from lxml import etree

from adapter.proof.same import same
from adapter.proof.xml_same import changes
from adapter.wsdl.load import load
from adapter.wsdl.types import Contract
from tests.unit.mapped import WSDL, typed

PARTS = (
    '<xsd:sequence><xsd:element name="S" type="xsd:string" minOccurs="0" nillable="true"/>'
    '<xsd:element name="B" type="xsd:boolean" minOccurs="0"/><xsd:element name="D" type="xsd:decimal" minOccurs="0"/>'
    '<xsd:element name="Q" type="xsd:QName" minOccurs="0"/>'
    '<xsd:element name="L" minOccurs="0"><xsd:simpleType><xsd:list itemType="xsd:int"/></xsd:simpleType></xsd:element>'
    '<xsd:element name="M" minOccurs="0" maxOccurs="9"/><xsd:any minOccurs="0" processContents="lax"/></xsd:sequence>'
    '<xsd:attribute name="a" type="xsd:date"/>'
)
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


@cache
def tree() -> Contract:
    """A contract with a type T of these parts."""
    with TemporaryDirectory() as folder:
        Path(folder, "t.wsdl").write_text(WSDL.format(schema=typed(PARTS)), "utf-8")
        return load(Path(folder), "t.wsdl")


def changed(before: str, after: str) -> list[str]:
    """What differs between two elements of type T, by the names of parts."""
    one, other = (etree.fromstring(f'<X xmlns="urn:t" {XSI} {each}</X>') for each in (before, after))
    return [each.what.replace("{urn:t}", "") for each in changes(tree(), "{urn:t}T", one, other)]


@pytest.mark.parametrize(
    ("sent", "back", "logical", "expected"),
    [
        ("a b", "a  b", "token", True),
        ("a b", "a  b", "string", False),
        ("7", "007.0", "decimal", True),
        ("7", "007.0", "string", False),
        (Decimal("1.50"), Decimal("1.5"), "decimal", True),
        (1, True, "boolean", False),
        ("1", 1, "int", False),
        (["1", "2"], ["1", "2.0"], "decimal", True),
        (["1"], ["1", "2"], "decimal", False),
        (None, "", "string", False),
    ],
)
def test_json_values(sent: Any, back: Any, logical: str, expected: bool) -> None:
    """Numbers may be written in another way, white space counts in texts only, and a type is never another."""
    assert expected is same(sent, back, logical)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("><S>a</S>", ' xmlns:z="urn:z"><S>a</S>'),
        ("><B>1</B><D>7.50</D>", "><B> true </B><D>07.5</D>"),
        (' xmlns:p="urn:q"><Q>p:n</Q>', '><Q xmlns="urn:t" xmlns:r="urn:q">r:n</Q>'),
        ("><L>1 2</L>", "><L> 01\n2 </L>"),
        ('><M xmlns:p="urn:q"><p:x a="1"/></M>', '><M><x xmlns="urn:q" a="1"/></M>'),
        (f'><S {XSI} xsi:nil="true"/>', '><S xsi:nil="1"/>'),
        (' a="2024-02-29">', ' a=" 2024-02-29 ">'),
    ],
)
def test_xml_that_says_the_same(before: str, after: str) -> None:
    """Prefixes, white space and lexical forms are no change."""
    assert [] == changed(before, after)


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ("><S>a</S>", "><S>a </S>", ["S"]),
        ("><S>a</S>", ">", ["S"]),
        (">", "><D>1</D>", ["D"]),
        ("><S/>", '><S xsi:nil="true"/>', ["S"]),
        (' xmlns:p="urn:q"><Q>p:n</Q>', ' xmlns:p="urn:r"><Q>p:n</Q>', ["Q"]),
        ("><L>1 2</L>", "><L>2 1</L>", ["L"]),
        ("><M><x>1</x></M>", "><M><x>2</x></M>", ["M"]),
        ("><M>1</M><M>2</M>", "><M>1</M>", ["M"]),
        ("><M>1</M><D>2</D>", "><D>2</D><M>1</M>", ["D", "M"]),
        (' a="2024-02-29">', ">", ["@a"]),
        ('><y xmlns="urn:y">1</y>', '><y xmlns="urn:y">2</y>', ["{urn:y}y"]),
        ("><S>a</S>", ' xsi:type="Other"><S>a</S>', []),
    ],
)
def test_xml_that_says_something_else(before: str, after: str, what: list[str]) -> None:
    """Each part that is gone, new, elsewhere or another value is named; a type that nobody declares is none."""
    assert what == changed(before, after)
