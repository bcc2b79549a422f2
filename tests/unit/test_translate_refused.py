"""Refusals and warnings in replies that are no fault: what counts as one, and what becomes of it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from adapter.errors import BackendFault, BackendReplyInvalid
from adapter.mapping.bound import Endpoint
from adapter.mapping.project import load_project
from adapter.translate.reader import Result
from adapter.wsdl.load import load
from tests.unit.mapped import ROOT, around, build, mistakes, schema
from tests.unit.twins import reader

IN = '<xsd:element name="In"><xsd:complexType><xsd:sequence/></xsd:complexType></xsd:element>'
OUT = """<xsd:element name="Out"><xsd:complexType><xsd:sequence>
  <xsd:element name="Ok" type="xsd:boolean" minOccurs="0" nillable="true"/>
  <xsd:element name="Rc" type="xsd:integer" minOccurs="0"/>
  <xsd:element name="Grund" type="xsd:string" minOccurs="0"/>
  <xsd:element name="Zeile" type="t:Zeile" minOccurs="0" maxOccurs="unbounded"/>
  <xsd:element name="X" type="t:X" minOccurs="0"/>
</xsd:sequence></xsd:complexType></xsd:element>
<xsd:complexType name="Zeile"><xsd:sequence>
  <xsd:element name="Id" type="xsd:string" minOccurs="0"/><xsd:element name="Text" type="xsd:string" minOccurs="0"/>
</xsd:sequence><xsd:attribute name="art" type="xsd:string"/></xsd:complexType>
<xsd:complexType name="X"><xsd:sequence><xsd:element name="Nr" type="xsd:int"/></xsd:sequence></xsd:complexType>"""
EMPTY = {"status": 404, "problem": "no-thing"}
FAULTS = [{"code": "7", "status": 409, "problem": "seven", "message": True}]


def endpoint(**reply: Any) -> Endpoint:
    """An operation that answers one X, or with ``refused`` or ``warnings``."""
    one = {"one": "T", "from": "X", "when_empty": EMPTY, **reply}
    return build(schema(IN + OUT), {"T": {"fields": {"number": "Nr"}}}, {"reply": one, "faults": FAULTS})


def read(bound: Endpoint, content: str, root: str = "Out") -> Result:
    """Read a reply."""
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    return reader(bound)(etree.fromstring(f'<{root} xmlns="urn:t" {xsi}>{content}</{root}>'))


def refused(bound: Endpoint, content: str) -> BackendFault:
    """The error that a reply becomes."""
    with pytest.raises(BackendFault) as caught:
        read(bound, content)
    return caught.value


FLAG = {"where": "Ok", "is": ["false"], "code": "Rc", "text": "Grund"}


@pytest.mark.parametrize("flag", ["false", "0", " false "])
def test_one_value_however_it_is_written(flag: str) -> None:
    """Values are compared as the contract's type says, and the refusal goes through the fault table."""
    error = refused(endpoint(refused=FLAG), f"<Ok>{flag}</Ok><Rc> 7 </Rc><Grund>Nicht\n heute</Grund>")
    assert ("seven", 409, "7", "yes", "Nicht heute") == (
        error.problem, error.status, error.code, error.sent, error.detail
    )  # fmt: skip


@pytest.mark.parametrize("flag", ["", "<Ok>true</Ok>", "<Ok>1</Ok>", "<Ok/>", '<Ok xsi:nil="true"/>'])
def test_absent_and_empty_refuse_nothing(flag: str) -> None:
    """A flag that says yes, or nothing, leaves the reply to be read."""
    assert {"number": 1} == read(endpoint(refused=FLAG), f"{flag}<X><Nr>1</Nr></X>").document


def test_a_flag_that_cannot_be_read_is_no_yes() -> None:
    """Where a flag is not what the contract says, nobody knows: the reply is refused as a whole."""
    with pytest.raises(BackendReplyInvalid):
        read(endpoint(refused=FLAG), "<Ok>nein</Ok><X><Nr>1</Nr></X>")


def test_an_unmapped_refusal_is_a_backend_fault() -> None:
    """A code that no line of the table knows is 502; its text goes nowhere."""
    error = refused(endpoint(refused=FLAG), "<Ok>0</Ok><Rc>8</Rc><Grund>geheim</Grund>")
    assert ("backend-fault", 502, "8") == (error.problem, error.status, error.code)
    assert "geheim" not in f"{error!r}"


def test_decided_before_the_object_and_before_empty() -> None:
    """A refused reply has no object, or half of one: neither is looked at."""
    assert 409 == refused(endpoint(refused=FLAG), "<Ok>0</Ok><Rc>7</Rc><X><Nr>keine</Nr></X>").status
    assert 409 == refused(endpoint(refused=FLAG), "<Ok>0</Ok><Rc>7</Rc>").status


@pytest.mark.parametrize(("code", "says_no"), [("0", False), ("00", False), ("", False), ("4", True), ("-1", True)])
def test_is_not(code: str, says_no: bool) -> None:
    """``is_not`` names what is good; every other value refuses, an empty one does not."""
    bound = endpoint(refused={"where": "Rc", "is_not": ["0"], "code": "Rc"})
    content = f"<Rc>{code}</Rc><X><Nr>1</Nr></X>"
    if says_no:
        assert code == refused(bound, content).code
    else:
        assert {"number": 1} == read(bound, content).document


LINES = {"each": "Zeile", "where": "@art", "is": ["E"], "code": ["@art", "Id"], "text": "Text"}


def test_the_first_of_several_reasons() -> None:
    """One flag can have several lines below it: code and text are those of the first, and no oddity is noted."""
    bound = endpoint(refused={"where": "Ok", "is": ["false"], "code": "Zeile.Id", "text": "Zeile.Text"})
    lines = "<Zeile><Id>7</Id><Text>eins</Text></Zeile><Zeile><Id>8</Id><Text>zwei</Text></Zeile>"
    error = refused(bound, f"<Ok>0</Ok>{lines}")
    assert ("7", "eins") == (error.code, error.detail)
    result = read(bound, f"<Ok>1</Ok>{lines}<X><Nr>1</Nr></X>")
    assert ({"number": 1}, ()) == (result.document, result.notes)


def test_the_first_line_that_fits_decides() -> None:
    """Lines are looked through in their order; parts of a code that are absent are left out."""
    lines = (
        '<Zeile art="I"><Id>1</Id></Zeile><Zeile/><Zeile art="E"><Id>2</Id></Zeile><Zeile art="E"><Id>3</Id></Zeile>'
    )
    assert "E-2" == refused(endpoint(refused=LINES), lines).code
    assert "E" == refused(endpoint(refused=LINES), '<Zeile art="E"/>').code


def test_warnings_are_noted_by_code() -> None:
    """The codes of warnings become notes, no more than a reply may have; a text is never one of them."""
    bound = endpoint(refused=LINES, warnings={**{k: v for k, v in LINES.items() if k != "text"}, "is": ["W"]})
    lines = '<Zeile art="W"><Id>1 &lt;x&gt;</Id><Text>geheim</Text></Zeile><Zeile art="I"><Id>2</Id></Zeile>'
    assert ("warning: W-1x",) == read(bound, f"{lines}<X><Nr>1</Nr></X>").notes
    assert 20 == len(read(bound, '<Zeile art="W"/>' * 50 + "<X><Nr>1</Nr></X>").notes)


def test_a_warning_that_cannot_be_read_is_noted() -> None:
    """What the ERP did is not turned into an error by a warning."""
    bound = endpoint(warnings={"where": "Ok", "is": ["false"], "code": "Rc"})
    result = read(bound, "<Ok>nein</Ok><X><Nr>1</Nr></X>")
    assert {"number": 1} == result.document
    assert ("things.create.where: not true or false",) == result.notes


def test_an_answer_without_content_can_refuse() -> None:
    """An operation whose success has no body is refused by its reply all the same; a foreign reply is no success."""
    bound = build(schema(IN + OUT), {}, {"reply": {"status": 204, "refused": FLAG}, "faults": FAULTS}, verb="cancel")
    assert None is read(bound, "<Ok>1</Ok>").document
    assert 409 == refused(bound, "<Ok>0</Ok><Rc>7</Rc>").status
    with pytest.raises(BackendReplyInvalid):
        read(bound, "", root="Other")


def test_values_are_proved_against_the_contract() -> None:
    """A value that can never stand there is a mistake, and so is a list without values."""
    assert ["refused: 'nein' not true or false"] == [
        each.text for each in mistakes(lambda: endpoint(refused={**FLAG, "is": ["nein"]}))
    ]
    assert ["is: must be a list"] == [each.text for each in mistakes(lambda: endpoint(refused={**FLAG, "is": []}))]


def test_lines_of_an_encoded_array(tmp_path: Path) -> None:
    """In an rpc/encoded reply the lines are found by reference, and whatever their elements are called."""
    shutil.copytree(ROOT / "wsdl", tmp_path / "wsdl")
    (tmp_path / "mappings").mkdir()
    text = (ROOT / "mappings" / "stock.yaml").read_text("utf-8")
    sign = 'refused: {each: bestaende.item, where: menge, is: ["-1"], code: lagerort}'
    changed = text.replace("from: bestaende.item}", f"from: bestaende.item, {sign}}}")
    (tmp_path / "mappings" / "stock.yaml").write_text(changed, "utf-8")
    (bound,), _ = load_project(tmp_path, load, around())
    body = etree.fromstring(
        '<Body xmlns:l="urn:muster-lager"><l:Antwort><bestaende href="#a"/></l:Antwort>'
        '<multiRef id="a"><any href="#b"/></multiRef>'
        '<multiRef id="b"><menge>-1.00</menge><lagerort>LG-405</lagerort></multiRef></Body>'
    )
    with pytest.raises(BackendFault) as caught:
        reader(bound)(body[0])
    assert ("warehouse-not-found", 404) == (caught.value.problem, caught.value.status)
