"""Substitution groups in the contract tree: who may stand where, and what becomes of a message that is a head."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from adapter.errors import BackendReplyInvalid
from adapter.translate.writer import writer
from adapter.wsdl.load import load
from adapter.wsdl.types import Element, Group, Record
from tests.unit.mapped import WSDL, build, check, echo, errors, mistakes, schema, sent, typed
from tests.unit.twins import reader

ROOT = (
    '<xsd:complexType name="Base"><xsd:sequence><xsd:element name="a" type="xsd:int"/></xsd:sequence></xsd:complexType>'
    '<xsd:complexType name="More"><xsd:complexContent><xsd:extension base="t:Base"><xsd:sequence>'
    '<xsd:element name="b" type="xsd:int"/></xsd:sequence></xsd:extension></xsd:complexContent></xsd:complexType>'
    '<xsd:element name="In" type="t:Base"/><xsd:element name="Out" type="t:Base"{abstract}/>'
    '<xsd:element name="One" type="t:More" substitutionGroup="t:Out"/>'
    '<xsd:element name="Two" type="t:Base" substitutionGroup="t:One"/>'
)
BASE = {"fields": {"a": "a"}}


def heads(head: str, member: str = "", types: str = "", base: str = "") -> list[str]:
    """Build a type with a reference to a head H; return the elements that may stand there."""
    declared = (
        f'<xsd:complexType name="HT" {base}><xsd:sequence/></xsd:complexType>{types}'
        f'<xsd:element name="H" type="t:HT" {head}/><xsd:element name="M" substitutionGroup="t:H" {member}/>'
    )
    content = (
        '<xsd:sequence><xsd:element name="z" type="xsd:int"/><xsd:element ref="t:H" minOccurs="0"/></xsd:sequence>'
    )
    xsd = typed(content).replace("</xsd:schema>", f"{declared}</xsd:schema>")
    kind = echo(xsd, {"z": "z"}).contract.types["{urn:t}T"]
    assert isinstance(kind, Record)
    assert kind.content is not None
    last = kind.content.items[-1]
    return [each.name for each in (last.items if isinstance(last, Group) else (last,)) if not isinstance(each, Group)]


EXTENDED = (
    '<xsd:complexType name="MT"><xsd:complexContent><xsd:extension base="t:HT"/></xsd:complexContent></xsd:complexType>'
)
RESTRICTED = EXTENDED.replace("extension", "restriction")


@pytest.mark.parametrize(
    ("expected", "head", "types"),
    [
        (["H", "M"], "", ""),
        (["M"], 'abstract="true"', ""),
        (["H"], 'block="substitution"', ""),
        (["H"], 'block="#all"', ""),
        (["H"], 'block="extension"', EXTENDED),
        (["H", "M"], 'block="restriction"', EXTENDED),
        (["H"], 'block="restriction"', RESTRICTED),
        (["H"], 'final="extension"', EXTENDED),
        (["H"], 'final="#all"', EXTENDED),
        (["H", "M"], 'final="#all"', ""),
    ],
)
def test_block_and_final_keep_members_out(expected: list[str], head: str, types: str) -> None:
    """XML Schema part 1, section 3.3.6: a head may refuse members, all or by how their types are derived."""
    assert expected == heads(head, 'type="t:MT"' if types else "", types)


def test_the_block_of_the_heads_type_counts() -> None:
    """Section 3.3.6, substitution group OK: what the type prohibits is prohibited for the head too."""
    assert ["H"] == heads("", 'type="t:MT"', EXTENDED, 'block="extension"')
    assert ["H", "M"] == heads("", 'type="t:MT"', EXTENDED, 'block="restriction"')


def test_a_message_that_is_a_head_is_read_as_any_of_its_members() -> None:
    """What the head's type has is read from whoever stands there; anything else is no answer."""
    endpoint = build(
        schema(ROOT.format(abstract="")), {"Base": BASE}, {"body": {"one": "Base"}, "reply": {"one": "Base"}}
    )
    for name in ("Out", "One", "Two"):
        reply = etree.fromstring(f'<{name} xmlns="urn:t"><a>1</a><b>2</b></{name}>')
        assert {"a": 1} == reader(endpoint)(reply).document
    with pytest.raises(BackendReplyInvalid):
        reader(endpoint)(etree.fromstring('<In xmlns="urn:t"><a>1</a></In>'))


def test_a_message_that_is_an_abstract_head_has_its_members_in_the_body() -> None:
    """The paths of the message begin at the body, and name the member."""
    xsd = schema(
        ROOT.format(abstract=' abstract="true"')
        .replace('name="In" type="t:Base"', 'name="In" type="t:Base" abstract="true"')
        .replace("</xsd:schema>", "")
        + '<xsd:element name="Ask" type="t:More" substitutionGroup="t:In"/>'
        + '<xsd:element name="Tell" type="t:Base" substitutionGroup="t:In"/>'
    )
    more = {"fields": {"a": "a", "b": "b"}}
    types = {"T": {"fields": {"ask": {"soap": "Ask", "one": "More"}, "tell": {"soap": "Tell", "one": "Base"}}}}
    answer = {"U": {"fields": {"one": {"soap": "One", "one": "More"}, "two": {"soap": "Two", "one": "Base"}}}}
    endpoint = build(
        xsd, {**types, **answer, "More": more, "Base": BASE}, {"body": {"one": "T"}, "reply": {"one": "U"}}
    )
    assert endpoint.operation.input.bare

    def written(body: Any) -> list[str]:
        return [child.tag for child in sent(writer(endpoint)(check(endpoint, body)))]

    assert ["{urn:t}Ask"] == written({"ask": {"a": 1, "b": 2}})
    assert ["{urn:t}Tell"] == written({"tell": {"a": 1}})
    assert {"": "must have one of ask, tell"} == errors(endpoint, {})
    assert {"": "must have only one of ask, tell"} == errors(endpoint, {"ask": {"a": 1, "b": 2}, "tell": {"a": 1}})
    body = etree.fromstring('<Body><Two xmlns="urn:t"><a>1</a></Two></Body>')
    assert {"two": {"a": 1}} == reader(endpoint)(body).document


def test_an_abstract_element_without_members_cannot_be_named() -> None:
    """Nothing may stand there, and the build says so."""
    xsd = typed('<xsd:sequence><xsd:element ref="t:H" minOccurs="0"/></xsd:sequence>')
    xsd = xsd.replace("</xsd:schema>", '<xsd:element name="H" abstract="true" type="xsd:int"/></xsd:schema>')
    found = mistakes(lambda: echo(xsd, {"h": "H"}))
    assert {"h: H is abstract: only members of its substitution group are in messages"} == {each.text for each in found}


def test_a_part_that_is_a_head_is_any_of_its_members(tmp_path: Path) -> None:
    """Of several parts in the body, one that names a head may be any of the group."""
    first = '<wsdl:message name="In"><wsdl:part name="p" element="t:In"/>'
    text = WSDL.format(schema=schema(ROOT.format(abstract=""))).replace(
        first, f'{first}<wsdl:part name="q" element="t:Out"/>'
    )
    (tmp_path / "t.wsdl").write_text(text, "utf-8")
    contract = load(tmp_path, "t.wsdl")
    root = contract.operation("S", "P", "Do").input.root
    assert root is not None
    body = contract.types[root.type]
    assert isinstance(body, Record)
    assert body.content is not None
    one, other = body.content.items
    assert isinstance(one, Element)
    assert isinstance(other, Group)
    assert ("In", "choice", ["Out", "One", "Two"]) == (
        one.name, other.kind, [each.name for each in other.items if isinstance(each, Element)]
    )  # fmt: skip
