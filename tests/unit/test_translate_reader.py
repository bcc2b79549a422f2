"""The reader on literal replies: what is odd is noted, what breaks the contract is refused without a word of it."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from adapter.errors import BackendReplyInvalid, RequestError
from adapter.mapping.bound import Endpoint
from adapter.translate.reader import Result
from tests.unit.mapped import build, calls, echo, erp, typed
from tests.unit.twins import reader

SECRET = "geheim-4711"
INSIDE = """<xsd:sequence>
  <xsd:element name="Nr" type="xsd:int"/>
  <xsd:element name="Text" type="xsd:string" minOccurs="0" nillable="true"/>
  <xsd:element name="Plain" type="xsd:string" minOccurs="0"/>
  <xsd:element name="Tag" type="xsd:date" minOccurs="0"/>
  <xsd:element name="Wert" minOccurs="0"><xsd:complexType><xsd:simpleContent><xsd:extension base="xsd:decimal">
    <xsd:attribute name="w" type="xsd:int"/></xsd:extension></xsd:simpleContent></xsd:complexType></xsd:element>
  <xsd:element name="Liste" minOccurs="0" nillable="true" type="t:Punkte"/>
  <xsd:element name="Feste" minOccurs="0" type="t:Punkte"/>
  <xsd:element name="Norm" type="xsd:NMTOKENS" minOccurs="0"/>
  <xsd:element name="item" type="xsd:string" minOccurs="0"/>
</xsd:sequence>"""
FIELDS = {
    "number": "Nr", "text": "Text", "plain": "Plain", "day": "Tag", "value": "Wert", "currency": "Wert.@w",
    "list": "Liste.Punkt", "fixed": "Feste.Punkt", "norms": "Norm",
}  # fmt: skip


@pytest.fixture(scope="module")
def thing() -> Endpoint:
    """An endpoint over INSIDE."""
    points = """<xsd:complexType name="Punkte"><xsd:sequence>
      <xsd:element name="Punkt" type="xsd:string" minOccurs="0" maxOccurs="unbounded"/></xsd:sequence></xsd:complexType>
    </xsd:schema>"""
    return echo(typed(INSIDE).replace("</xsd:schema>", points), FIELDS)


def read(endpoint: Endpoint, content: str, root: str = "Out") -> Result:
    """Read one reply whose X holds ``content``."""
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    return reader(endpoint)(
        etree.fromstring(f'<{root} xmlns="urn:t" xmlns:o="urn:other" {xsi}><X>{content}</X></{root}>')
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("<Nr>1</Nr>", {}),
        ("<Nr> 1\n</Nr>", {}),
        ("<Nr><!-- c -->1<?pi x?></Nr>", {}),
        ("<Nr>1</Nr><Text><![CDATA[a <b> & c]]></Text>", {"text": "a <b> & c"}),
        ("<Nr>1</Nr><Text>a<!-- c -->b<?pi?>c</Text>", {"text": "abc"}),
        ("<Nr>1</Nr><Text/>", {"text": ""}),
        ('<Nr>1</Nr><Text xsi:nil="true"/>', {"text": None}),
        ('<Nr>1</Nr><Text xsi:nil=" 1 "/>', {"text": None}),
        ('<Nr>1</Nr><Text xsi:nil="false">x</Text>', {"text": "x"}),
        ('<Nr>1</Nr><Wert w="7"> 1.50 </Wert>', {"value": "1.50", "currency": 7}),
        ("<Nr>1</Nr><Liste/>", {"list": []}),
        ('<Nr>1</Nr><Liste xsi:nil="true"/>', {"list": None}),
        ("<Nr>1</Nr><Liste><Punkt>a</Punkt><!-- c --><o:Punkt>other</o:Punkt><Punkt/></Liste>", {"list": ["a", ""]}),
        ("<Nr>1</Nr><Norm> a  b\n</Norm>", {"norms": ["a", "b"]}),
        ("<Nr>1</Nr><Norm/>", {"norms": []}),
        ("<o:Nr>9</o:Nr><Neu>1</Neu><Nr>1</Nr><Neu/>", {}),
        ("<!-- c --><?pi?><Nr>1</Nr><item>not mapped</item>", {}),
        ("<Text>x</Text><Nr>1</Nr>", {"text": "x"}),
    ],
)
def test_values(thing: Endpoint, content: str, expected: dict[str, Any]) -> None:
    """Values, nil, empty, comments, CDATA, other namespaces and what nobody mapped, in any order."""
    result = read(thing, content)
    assert {"number": 1, **expected} == result.document
    assert () == result.notes


@pytest.mark.parametrize(
    ("content", "expected", "note"),
    [
        (f"<Nr>1</Nr><Tag>{SECRET}</Tag>", {"day": SECRET}, "T.day: not a date such as 2024-12-31"),
        ("<Nr>1</Nr><Nr>2</Nr>", {}, "T.number stands there twice"),
        ('<Nr>1</Nr><Plain xsi:nil="true"/>', {}, "T.plain is nil"),
        ('<Nr>1</Nr><Feste xsi:nil="true"/>', {}, "T.fixed is nil"),
    ],
)
def test_oddities_are_noted(thing: Endpoint, content: str, expected: dict[str, Any], note: str) -> None:
    """A bad date, a second value and a nil that the contract forbids cost nothing but a note without the value."""
    result = read(thing, content)
    assert {"number": 1, **expected} == result.document
    assert (note,) == result.notes


def test_array_that_is_nil_and_then_there_again_is_read(thing: Endpoint) -> None:
    """Wrappers that contradict each other never break the reader."""
    result = read(thing, '<Nr>1</Nr><Liste xsi:nil="true"/><Liste><Punkt>a</Punkt></Liste><Liste xsi:nil="1"/>')
    assert {"number": 1, "list": ["a"]} == result.document


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        ("", "T.number is missing"),
        ('<Nr xsi:nil="true"/>', "T.number is nil"),
        (f"<Nr>{SECRET}</Nr>", "T.number: not a whole number"),
        ("<Nr/>", "T.number: not a whole number"),
        (f"<Nr>1<x>{SECRET}</x></Nr>", "T.number holds elements"),
        (f"<Nr>1</Nr><Text><b>{SECRET}</b></Text>", "T.text holds elements"),
        (f"<Nr>1</Nr><Wert>{SECRET}</Wert>", "T.value: not a decimal number"),
        (f'<Nr>1</Nr><Wert w="{SECRET}">1</Wert>', "T.currency: not a whole number"),
        ('<Nr>1</Nr><Liste><Punkt xsi:nil="true"/></Liste>', "an item of T.list is nil"),
    ],
)
def test_what_breaks_the_contract_is_refused(thing: Endpoint, content: str, cause: str) -> None:
    """The whole answer is refused; the cause names the field and never a value."""
    with pytest.raises(BackendReplyInvalid) as caught:
        read(thing, content)
    error = caught.value
    assert ("backend-reply-invalid", 502, "yes") == (error.problem, error.status, error.sent)
    assert cause in error.cause
    assert error.cause.startswith("things.create: ")
    assert not error.detail
    assert SECRET not in f"{error} {error.cause} {error.fields}"


@pytest.mark.parametrize("root", ["In", "out", "Fault"])
def test_other_root_is_refused(thing: Endpoint, root: str) -> None:
    """A body whose child is another element than the contract says is no answer."""
    with pytest.raises(BackendReplyInvalid, match="another element"):
        read(thing, "<Nr>1</Nr>", root)


def test_empty_body_is_refused(thing: Endpoint) -> None:
    """Nothing at all is no answer where the contract promises one."""
    with pytest.raises(BackendReplyInvalid, match="another element"):
        reader(thing)(None)


def test_notes_are_bounded() -> None:
    """A reply full of oddities leaves a few notes, not one for each."""
    inside = '<xsd:sequence><xsd:element name="D" type="xsd:date" minOccurs="0" maxOccurs="unbounded"/></xsd:sequence>'
    result = read(echo(typed(inside), {"days": "D"}), "<D>x</D>" * 1000)
    assert 1000 == len(result.document["days"])
    assert 20 == len(result.notes)


def test_element_called_item_or_an_attribute_called_href_means_nothing_in_a_literal_reply() -> None:
    """Only SOAP encoding knows items of any name and references."""
    inside = """<xsd:sequence><xsd:element name="item" maxOccurs="unbounded"><xsd:complexType><xsd:sequence>
      <xsd:element name="a" type="xsd:string"/></xsd:sequence><xsd:attribute name="href" type="xsd:string"/>
      <xsd:attribute name="id" type="xsd:string"/></xsd:complexType></xsd:element>
      <xsd:element name="count" type="xsd:int" minOccurs="0"/></xsd:sequence>"""
    kind = {"I": {"fields": {"a": "a", "link": "@href"}}}
    content = '<item href="#x"><a>1</a></item><!-- c --><item id="x"><a>2</a></item><count>2</count>'
    expected = [{"a": "1", "link": "#x"}, {"a": "2"}]
    inner = echo(typed(inside), {"items": {"soap": "item", "each": "I"}}, **kind)
    assert {"items": expected} == read(inner, content).document
    optional = typed(inside).replace('name="X" ', 'name="X" minOccurs="0" ')
    listed = build(optional, kind, {"request": "GET /", "reply": {"each": "I", "from": "X.item"}}, verb="list")
    assert expected == read(listed, content).document


ERP = erp()


def answer(name: str, content: str) -> Result:
    """Read a reply of the example ERP."""
    endpoint = ERP[name]
    assert endpoint.operation.output is not None
    root = endpoint.operation.output.root
    assert root is not None
    spaces = {"d": "dienst", "p": "partner", "t": "typen"}
    declared = " ".join(f'xmlns:{prefix}="urn:muster-erp:{space}"' for prefix, space in spaces.items())
    declared += ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    return reader(endpoint)(etree.fromstring(f"<d:{root.name} {declared}>{content}</d:{root.name}>"))


@pytest.mark.parametrize(
    ("partner", "cause"),
    [
        ('<d:Partner xsi:type="p:GeheimTyp"/>', "a type that the mapping does not know"),
        ("<d:Partner><p:Name1>x</p:Name1></d:Partner>", "a type that the mapping does not know"),
        ('<d:Partner xsi:type="x:PrivatPartnerTyp"/>', "a type that the mapping does not know"),
        ('<d:Partner xsi:type="p:PrivatPartnerTyp"/>', "Customer.name is missing"),
        ('<d:Partner xsi:nil="true"/>', "the reply holds no Partner"),
        ("", "the reply holds no Partner"),
        ("<d:Other/>", "the reply holds no Partner"),
        ('<d:Partner xsi:type="p:FirmenPartnerTyp"><p:Name1>x</p:Name1><p:Rechtsform>GmbH</p:Rechtsform></d:Partner>',
         "Customer.legal_form: a code that the mapping does not know"),
    ],
)  # fmt: skip
def test_object_that_cannot_be_told_is_refused(partner: str, cause: str) -> None:
    """An unknown or missing xsi:type, a nil or missing object, an unknown code."""
    with pytest.raises(BackendReplyInvalid) as caught:
        answer("customers.read", partner)
    assert cause in caught.value.cause


@pytest.mark.parametrize("partner", ["", "<d:Rechnung/>", '<d:Rechnung xsi:nil="1"/>', "<d:Rechnung> </d:Rechnung>"])
def test_empty_reply_is_the_declared_problem(partner: str) -> None:
    """Where the mapping says what an empty reply means, that is what the caller is told."""
    with pytest.raises(RequestError) as caught:
        answer("invoices.read", partner)
    assert ("invoice-not-found", 404) == (caught.value.problem, caught.value.status)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_list_is_a_list_whatever_a_message_holds(count: int) -> None:
    """None, one and many entries are an array, with the ERP's count of all."""
    one = '<p:Partner xsi:type="p:PrivatPartnerTyp"><p:Name1>M</p:Name1><p:Vorname>E</p:Vorname></p:Partner>'
    result = answer("customers.list", f"<d:GesamtAnz>7</d:GesamtAnz><d:Partner>{one * count}</d:Partner>")
    assert [{"kind": "person", "name": "M", "first_name": "E"}] * count == result.document
    assert 7 == result.total


def test_nil_entry_of_a_list_is_refused() -> None:
    """A list has objects only."""
    with pytest.raises(BackendReplyInvalid, match="an item of Partner.Partner is nil"):
        answer("customers.list", '<d:GesamtAnz>1</d:GesamtAnz><d:Partner><p:Partner xsi:nil="true"/></d:Partner>')


def test_derived_type_that_nobody_mapped_is_read_as_the_nearest_one() -> None:
    """An ERP may send a type derived from one of the variants: it is read as that variant."""
    base = """<xsd:complexType name="{}"><xsd:complexContent><xsd:extension base="t:{}"/></xsd:complexContent>
      </xsd:complexType>"""
    xsd = typed('<xsd:sequence><xsd:element name="a" type="xsd:string"/></xsd:sequence>').replace(
        "</xsd:schema>", base.format("Special", "T") + base.format("VerySpecial", "Special") + "</xsd:schema>"
    )
    variants = {"by": "kind", "of": {"plain": {"soap_type": "T"}, "special": {"soap_type": "Special"}}}
    from_xml = {kind: read_variant(xsd, variants, kind) for kind in ("T", "Special", "VerySpecial", "")}
    assert {"T": "plain", "Special": "special", "VerySpecial": "special", "": "plain"} == from_xml


def read_variant(xsd: str, variants: dict[str, Any], kind: str) -> str:
    """The discriminator of a reply with an xsi:type."""
    section = {"T": {"fields": {"a": "a"}, "variants": variants}}
    endpoint = echo(xsd, {}, **section)
    given = f'xsi:type="o:{kind}"' if kind else ""
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:o="urn:t"'
    text = f'<Out xmlns="urn:t" {xsi}><X {given}><a>1</a></X></Out>'
    return str(reader(endpoint)(etree.fromstring(text)).document["kind"])


def nested(depth: int) -> Any:
    """A bill of materials so deep, as a tree: no parser would let it in."""
    root = etree.Element("{urn:muster-erp:dienst}LeseStuecklisteAntwort")
    level = etree.SubElement(root, "{urn:muster-erp:dienst}Stueckliste")
    for _ in range(depth):
        for name, text in (("ArtikelNr", "A"), ("Position", None)):
            etree.SubElement(level, name).text = text
        place = level[-1]
        for name, text in (("PosNr", "1"), ("ArtikelNr", "B"), ("Menge", "1"), ("Einheit", "ST")):
            etree.SubElement(place, name).text = text
        level = etree.SubElement(place, "Stueckliste")
    etree.SubElement(level, "ArtikelNr").text = "A"
    return root


def test_deep_nesting_ends() -> None:
    """A reply deeper than any stack is refused like any other that cannot be read."""
    with pytest.raises(BackendReplyInvalid, match="nested too deep"):
        reader(ERP["item-parts.read"])(nested(1500))


def lines(count: int) -> Any:
    """An order of so many lines."""
    inner = "urn:muster-erp:auftrag"
    line = f'<Position xmlns="{inner}"><ArtikelNr>A</ArtikelNr><Menge>1</Menge><Charge>1</Charge></Position>'
    text = f'<PartnerNr xmlns="{inner}">0000000042</PartnerNr><Positionen xmlns="{inner}">{line * count}</Positionen>'
    return etree.fromstring(
        f'<d:LeseAuftragAntwort xmlns:d="urn:muster-erp:dienst"><d:Auftrag>{text}</d:Auftrag></d:LeseAuftragAntwort>'
    )


def test_many_lines_cost_no_more_than_their_number() -> None:
    """Ten times the lines take ten times the steps, not a hundred times."""
    read_order = reader(ERP["orders.read"])
    few, many = lines(100), lines(1000)
    assert 1000 == len(read_order(many).document["lines"])
    assert calls(lambda: read_order(many)) < 11 * calls(lambda: read_order(few))
