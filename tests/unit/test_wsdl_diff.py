"""What changed between two contracts, and whom it breaks."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapter.wsdl.diff import diff
from adapter.wsdl.load import load
from adapter.wsdl.types import Contract
from tests.unit.wsdl_texts import CORPUS, HTTP, definitions, folder, schema

FIELDS = "<xs:element name='a' type='xs:int'/><xs:element name='b' type='xs:int' minOccurs='0'/>"
CODES = "<xs:enumeration value='N'/><xs:enumeration value='S'/>"


def contract(tmp_path: Path, fields: str = FIELDS, facets: str = "<xs:maxLength value='9'/>", **more: str) -> Contract:
    """A contract whose request and reply have the same record, and the same simple type as an attribute."""
    types = "".join(
        f"<xs:element name='{way}' type='t:{way}T'/><xs:complexType name='{way}T'><xs:sequence>{fields}</xs:sequence>"
        f"<xs:attribute name='s' type='t:{way}S'/>{more.get('attributes', '')}</xs:complexType>"
        f"<xs:simpleType name='{way}S'>"
        f"<xs:restriction base='{more.get('base', 'xs:string')}'>{facets}</xs:restriction></xs:simpleType>"
        for way in ("Ask", "Answer")
    )  # fmt: skip
    text = definitions(
        f"<wsdl:types>{schema(types + more.get('types', ''))}</wsdl:types>"
        "<wsdl:message name='q'><wsdl:part name='p' element='t:Ask'/></wsdl:message>"
        "<wsdl:message name='r'><wsdl:part name='p' element='t:Answer'/></wsdl:message>"
        f"<wsdl:portType name='T'>"
        f"{more.get('abstract', operation('Do', more.get('faults', '')))}</wsdl:portType>"
        f"<wsdl:binding name='B' type='t:T'><soap:binding {HTTP}/>{more.get('bound', bound('Do'))}</wsdl:binding>"
        "<wsdl:service name='S'><wsdl:port name='P' binding='t:B'/></wsdl:service>"
    )
    return load(folder(tmp_path, a__wsdl=text), "a.wsdl")


def operation(name: str, faults: str = "", output: str = "<wsdl:output message='t:r'/>") -> str:
    """An operation of a port type."""
    return f"<wsdl:operation name='{name}'><wsdl:input message='t:q'/>{output}{faults}</wsdl:operation>"


def bound(name: str, action: str = "", header: str = "") -> str:
    """An operation of a binding."""
    return (
        f"<wsdl:operation name='{name}'><soap:operation soapAction='{action}'/><wsdl:input>"
        f"<soap:body parts='p'/>{header}"
        "</wsdl:input></wsdl:operation>"
    )


def changes(tmp_path: Path, old: dict[str, str], new: dict[str, str]) -> list[tuple[str, str, str]]:
    """Return the changes between two variations, as tuples with short places."""
    found = diff(contract(tmp_path / "old", **old), contract(tmp_path / "new", **new))
    return [(change.kind, change.place.replace("{urn:t}", ""), change.text.replace("{urn:t}", "")) for change in found]


def test_nothing_changed(tmp_path: Path) -> None:
    """A contract does not differ from itself."""
    assert [] == changes(tmp_path, {}, {})


B, C = "breaking", "compatible"


@pytest.mark.parametrize(
    ("fields", "asked", "answered", "text"),
    [
        (FIELDS.replace(" minOccurs='0'", ""), B, C, "minOccurs 0 became 1"),
        (FIELDS.replace("name='a'", "name='a' minOccurs='0'"), C, B, "minOccurs 1 became 0"),
        (FIELDS.replace("name='a'", "name='a' maxOccurs='4'"), B, B, "may now repeat"),
        (FIELDS.replace("name='a'", "name='a' nillable='true'"), C, B, "may now be nil"),
        (FIELDS.replace("'xs:int'/>", "'xs:long'/>"), B, B, "type {http://www.w3.org/2001/XMLSchema}int became "
         "{http://www.w3.org/2001/XMLSchema}long"),
        (FIELDS.replace("name='a'", "name='a' default='1'"), B, B, "default None became '1'"),
        (FIELDS + "<xs:element name='c'/>", B, C, "is new and required"),
        (FIELDS + "<xs:element name='c' minOccurs='0'/>", C, C, "is new and optional"),
        (FIELDS.partition("/>")[2], B, B, "is gone"),
        (f"<xs:choice>{FIELDS}</xs:choice>", C, B, "minOccurs 1 became 0"),
        (f"<xs:sequence maxOccurs='2'>{FIELDS}</xs:sequence>", B, B, "may now repeat"),
        (FIELDS.partition("/>")[2] + "<xs:element name='a' type='xs:int'/>", B, B, "the order of its elements changed"),
        (FIELDS + "<xs:any/>", B, B, "its groups or wildcards changed"),
    ],
)  # fmt: skip
def test_elements(tmp_path: Path, fields: str, asked: str, answered: str, text: str) -> None:
    """A narrower element breaks requests, a wider one replies; what changes the shape of JSON breaks both."""
    found = {
        (kind, place.split("/")[0]) for kind, place, said in changes(tmp_path, {}, {"fields": fields}) if said == text
    }
    assert {(asked, "type AskT"), (answered, "type AnswerT")} == found


@pytest.mark.parametrize(
    ("old", "new", "wider", "text"),
    [
        ("<xs:maxLength value='9'/>", "<xs:maxLength value='10'/>", True, "max_length 9 became 10"),
        ("<xs:maxLength value='9'/>", "", True, "max_length 9 became None"),
        ("<xs:minLength value='1'/>", "<xs:minLength value='2'/>", False, "min_length 1 became 2"),
        ("", "<xs:minLength value='1'/>", False, "min_length None became 1"),
        (CODES, CODES + "<xs:enumeration value='X'/>", True, "value 'X' is new"),
        (CODES, CODES.partition("/>")[2], False, "value 'N' is gone"),
        ("", CODES, False, "is now a fixed list of values"),
        (CODES, "", True, "is no longer a fixed list of values"),
    ],
)
def test_facets(tmp_path: Path, old: str, new: str, wider: bool, text: str) -> None:
    """A facet that admits more breaks replies, one that admits less breaks requests."""
    asked, answered = (C, B) if wider else (B, C)
    assert sorted([(asked, "type AskS", text), (answered, "type AnswerS", text)]) == changes(
        tmp_path, {"facets": old}, {"facets": new}
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"facets": ""}, {"facets": "<xs:pattern value='a'/>"}),
        ({"facets": "<xs:length value='1'/>"}, {"facets": "<xs:length value='2'/>"}),
        ({"base": "xs:string", "facets": ""}, {"base": "xs:token", "facets": ""}),
        ({"base": "xs:date", "facets": "<xs:minInclusive value='2020-01-01'/>"},
         {"base": "xs:date", "facets": "<xs:minInclusive value='2021-01-01'/>"}),
    ],
)  # fmt: skip
def test_what_cannot_be_weighed_breaks(tmp_path: Path, old: dict[str, str], new: dict[str, str]) -> None:
    """Patterns, lengths, other built-in types and bounds that are no numbers are taken as breaking."""
    assert {(B, "type AskS"), (B, "type AnswerS")} == {found[:2] for found in changes(tmp_path, old, new)}


def test_attributes(tmp_path: Path) -> None:
    """Attributes are judged as elements are."""
    optional, required = "<xs:attribute name='x'/>", "<xs:attribute name='x' use='required'/>"
    assert [(B, "type AskT/@x", "is now required"), (C, "type AnswerT/@x", "is now required")] == changes(
        tmp_path, {"attributes": optional}, {"attributes": required}
    )
    assert {"is new and optional"} == {found[2] for found in changes(tmp_path, {}, {"attributes": optional})}
    assert {(B, "is gone")} == {found[::2] for found in changes(tmp_path, {"attributes": optional}, {})}


def test_derived_types(tmp_path: Path) -> None:
    """A new derived type may come in replies; one that is gone breaks whoever named it."""
    derived = "".join(
        f"<xs:complexType name='{way}D'><xs:complexContent><xs:extension base='t:{way}T'/></xs:complexContent>"
        f"</xs:complexType>"
        for way in ("Ask", "Answer")
    )
    assert {(C, "type AskT"), (B, "type AnswerT"), (C, "type AskD"), (C, "type AnswerD")} == {
        found[:2] for found in changes(tmp_path, {}, {"types": derived})
    }
    assert {(B, "type AskT"), (B, "type AnswerT"), (C, "type AskD"), (C, "type AnswerD")} == {
        found[:2] for found in changes(tmp_path, {"types": derived}, {})
    }


def test_operations(tmp_path: Path) -> None:
    """An operation that is gone, renamed in its action, or no longer answers is breaking; a new one is not."""
    more = {"abstract": operation("Do") + operation("More"), "bound": bound("Do") + bound("More")}
    assert [(C, "operation S.P.More", "is new")] == changes(tmp_path, {}, more)
    assert [(B, "operation S.P.More", "is gone")] == changes(tmp_path, more, {})
    assert [(B, "operation S.P.Do", "soap_action '' became 'urn:x'")] == changes(
        tmp_path, {}, {"bound": bound("Do", "urn:x")}
    )
    assert [(B, "operation S.P.Do", "output Answer (AnswerT) became none")] == [
        found for found in changes(tmp_path, {}, {"abstract": operation("Do", "", "")}) if "output" in found[2]
    ]


def test_headers_and_faults(tmp_path: Path) -> None:
    """A header block that must now be sent breaks; an optional one and a fault do not."""
    header = "<soap:header message='t:r' part='p' use='literal' wsdl:required='{}'/>"
    assert [(B, "operation S.P.Do input", "required header Answer is new")] == changes(
        tmp_path, {}, {"bound": bound("Do", header=header.format("true"))}
    )
    assert [(C, "operation S.P.Do input", "header Answer is new")] == changes(
        tmp_path, {}, {"bound": bound("Do", header=header.format("false"))}
    )
    assert [(C, "operation S.P.Do", "fault F is new")] == changes(
        tmp_path, {}, {"faults": "<wsdl:fault name='F' message='t:r'/>"}
    )


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not here (ADAPTER_CORPUS)")
def test_a_large_contract_does_not_differ_from_itself() -> None:
    """Two readings of a real contract do not differ."""
    assert [] == diff(load(CORPUS, "paypal/PayPalSvc.wsdl"), load(CORPUS, "paypal/PayPalSvc.wsdl"))
