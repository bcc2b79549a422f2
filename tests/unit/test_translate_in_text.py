"""The writer to text: the same message as the writer to elements, whatever the values are."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from adapter.backends.soap.ready import Content, ReadyInput, envelope_bytes, parted
from adapter.mapping.bound import Endpoint
from adapter.messages import Call, Checked
from adapter.translate.in_text import ROWS
from adapter.translate.node import escaped
from adapter.translate.text_writer import rows_writer, text_writer
from adapter.translate.writer import writer
from adapter.translate.written import Written, carried
from tests.twins import sent
from tests.unit.mapped import build, check, echo, erp, schema, typed

ORDERS = erp()["orders.create"]
XML_TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\ufffe\uffff").filter(
    lambda each: each >= " " or each in "\t\n\r"
))  # fmt: skip
# Characters that mean something in XML, or in what joins texts, one or two at a time.
MARKUP = st.text(st.sampled_from("&<>\r\n\"'%{}a"), max_size=2)
LEAF = '<xsd:element name="{0}" type="xsd:{1}" minOccurs="0" nillable="true"/>'
WITH_ATTRIBUTES = typed(
    "<xsd:sequence>"
    + LEAF.format("A", "string")
    + '<xsd:element name="B" minOccurs="0"><xsd:complexType><xsd:simpleContent><xsd:extension base="xsd:string">'
    '<xsd:attribute name="u"/><xsd:attribute name="f" fixed="&lt;1&quot;" use="required"/></xsd:extension>'
    "</xsd:simpleContent></xsd:complexType></xsd:element>"
    '<xsd:element name="C" minOccurs="0" nillable="true"><xsd:complexType><xsd:sequence>'
    '<xsd:element name="D" type="xsd:string" minOccurs="0" maxOccurs="3"/></xsd:sequence></xsd:complexType>'
    "</xsd:element></xsd:sequence>"
    '<xsd:attribute name="id"/><xsd:attribute ref="t:far"/>'
) .replace('<xsd:complexType name="T">', '<xsd:attribute name="far"/><xsd:complexType name="T">')  # fmt: skip
FIELDS = {"a": "A", "b": "B", "u": "B.@u", "d": "C.D", "id": "@id", "far": "@far"}


@cache
def with_attributes() -> Endpoint:
    """An object with attributes: its own, of another namespace, and fixed ones."""
    return echo(WITH_ATTRIBUTES, FIELDS)


def twins(endpoint: Endpoint, checked: Checked) -> tuple[str, str]:
    """What the two writers make of the same values."""
    return sent(writer(endpoint)(checked)), sent(text_writer(endpoint)(checked))


@given(text=XML_TEXT, value=XML_TEXT)
def test_any_text_arrives(text: str, value: str) -> None:
    """Whatever XML can carry stands in the text so that a parser reads it back, in elements and in attributes."""
    message = text_writer(with_attributes())(Checked(body={"a": text, "id": value, "b": "", "u": value, "far": value}))

    x = message.element()[0]

    assert (text, value) == (x[0].text or "", x.get("id"))
    assert (value, '<1"') == (x[1].get("u"), x[1].get("f"))
    assert value == x.get("{urn:t}far")


@pytest.mark.parametrize("text", ["&", "<", ">", "\r", "%", "%s", "", None])
def test_a_row_with_one_odd_text(text: str | None) -> None:
    """One text that is not plain is enough for a row to be written text by text."""
    checked = Checked(body={"lines": [{"item_id": "A", "description": "b"}, {"item_id": text, "description": "b"}]})

    assert etree.tostring(writer(ORDERS)(checked), encoding="unicode") == text_writer(ORDERS)(checked).whole()


@given(
    rows=st.lists(st.dictionaries(st.sampled_from(["item_id", "description", "unit"]), st.none() | MARKUP | XML_TEXT))
)
def test_any_row_arrives(rows: list[dict[str, str | None]]) -> None:
    """So does each text of a row, whichever of them are given or null, and whatever rows came before."""
    message = text_writer(ORDERS)(Checked(body={"lines": rows}))

    order = message.element()[0]
    found = [[child.text or "" for child in row] for row in (order[0] if len(order) else ())]
    assert [[row[name] or "" for name in ("item_id", "description", "unit") if name in row] for row in rows] == found


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"a": None},
        {"a": ""},
        {"a": "x", "b": "y", "d": []},
        {"d": None},
        {"u": "only an attribute"},
        {"b": None},
        {"d": ["", "1", "2 & 3"], "id": "<"},
        {"far": "away", "a": "]]>\r\n"},
    ],
)
def test_absent_null_and_empty(body: dict[str, Any]) -> None:
    """What is absent, null or empty is written alike by both writers."""
    one, other = twins(with_attributes(), Checked(body=body))

    assert one == other


def test_text_is_as_lxml_serialises_it() -> None:
    """The bytes are those of lxml's own serialiser, so that nothing changes for who reads them."""
    body = {"customer_id": "0000000042", "note": "a & b\r\n<c>", "lines": [{"item_id": "A", "quantity": "1"}, {}]}
    checked = Checked(body={**body, "payment": {"invoice": {"days": "30"}}, "tags": ["", "x"], "reference": None})

    assert etree.tostring(writer(ORDERS)(checked), encoding="unicode") == text_writer(ORDERS)(checked).whole()


def test_a_character_that_xml_has_no_place_for() -> None:
    """A text that XML cannot carry never leaves, even if no check stood before the writer."""
    message = text_writer(ORDERS)(Checked(body={"note": "\x01"}))

    with pytest.raises(ValueError, match="cannot carry"):
        carried(message.whole())


@pytest.mark.parametrize("text", ["\x00", "a\x1f", "\ufffe", "\uffff", "\ud800"])
def test_what_is_not_carried(text: str) -> None:
    """Controls, noncharacters and lone surrogates are refused (XML 1.0, section 2.2)."""
    with pytest.raises(ValueError, match=r"carry|surrogates"):
        carried(text)


@given(text=XML_TEXT)
def test_what_is_carried(text: str) -> None:
    """Everything else is what it was."""
    assert text == carried(text).decode()


def test_escaped_leaves_plain_text_alone() -> None:
    """Only what XML would read otherwise is escaped; a carriage return would be read as a line feed."""
    assert ("plain 'x' \"y\"", "&amp;&lt;&gt;&#13;\n") == (escaped("plain 'x' \"y\""), escaped("&<>\r\n"))


def test_the_envelope_keeps_a_place() -> None:
    """Text is put into zeep's envelope where the envelope keeps a place for it, whatever stands in the header."""
    message = text_writer(ORDERS)(check(ORDERS, {"customer_id": "42", "note": "<?content ?>"}))
    block = etree.Element("block")
    block.text = "<?content ?>"
    made = ReadyInput("1.1", "").serialize(Content.of(message, False), [block]).content

    whole = etree.fromstring(envelope_bytes(made, message.whole()))

    assert ["block"] == [each.tag for each in whole[0]]
    assert sent(message) == sent(whole[1][0])


def test_a_bare_message_is_the_body() -> None:
    """The children of a bare message are those of the body, which declares their prefixes."""
    message = Written("n0:In", '<n0:In xmlns:n0="urn:t"', "<n0:X/>", {"n0": "urn:t"})
    content = Content.of(message, True)
    made = ReadyInput("1.1", "").serialize(content, []).content

    body = etree.fromstring(envelope_bytes(made, content.text))[0]

    assert ["{urn:t}X"] == [child.tag for child in body]


def test_two_places_are_no_envelope() -> None:
    """An envelope with two places cannot be parted: nothing is sent rather than something else."""
    with pytest.raises(ValueError, match="unpack"):
        parted(b"<?content ?><?content ?>")


ROWS_XSD = schema(
    '<xsd:element name="In"><xsd:complexType><xsd:sequence><xsd:element name="List"><xsd:complexType><xsd:sequence>'
    '<xsd:element name="Row" maxOccurs="unbounded"><xsd:complexType><xsd:sequence>'
    + LEAF.format("A", "string")
    + LEAF.format("B", "int")
    + LEAF.format("Z", "string")
    + '</xsd:sequence><xsd:attribute name="n"/></xsd:complexType></xsd:element></xsd:sequence></xsd:complexType>'
    '</xsd:element><xsd:element name="End" type="xsd:string" minOccurs="0"/></xsd:sequence></xsd:complexType>'
    '</xsd:element><xsd:element name="Out"/>'
)


def test_rows_one_by_one() -> None:
    """A message whose rows are written one by one is the message that is written at once."""
    row = {"fields": {"a": "A", "b": "B", "n": "@n"}, "set": {"Z": {"compute": "request_id"}}}
    rows = {"fields": {"rows": {"soap": "List.Row", "each": "Row"}}}
    operation = {"body": {"one": "Rows"}, "set": {"End": "<end>"}, "reply": {}}
    endpoint = build(ROWS_XSD, {"Row": row, "Rows": rows}, operation)
    (key,) = (key for key, bound in endpoint.types.items() if bound.name == "Row")
    items = [{"a": "<", "b": None}, {}, {"n": '"'}]
    by_rows, call = rows_writer(endpoint, "body.rows", key), Call("1")

    frame = by_rows.frame(Checked(body={}, call=call)).whole()
    whole = frame.replace(ROWS, "".join(by_rows.row(each, call) for each in items))

    checked = Checked(body={"rows": items}, call=call)
    assert 1 == frame.count(ROWS)
    assert text_writer(endpoint)(checked).whole() == whole
    assert sent(writer(endpoint)(checked)) == sent(etree.fromstring(whole))
