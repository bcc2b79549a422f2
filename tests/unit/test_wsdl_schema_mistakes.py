"""XML Schema to the contract tree: what is wrong with a schema, and bounds on what it may cost."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapter.errors import BuildError
from adapter.wsdl import building
from adapter.wsdl.load import load
from tests.unit.wsdl_texts import (
    folder,
    of_type,
    schema,
    simple,
    wrong,
)


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
