"""The warehouse of the pretend ERP: rpc/encoded, with multiRef, href and soapenc arrays."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
import zeep
import zeep.exceptions

from adapter import virtual
from tests.unit.virtual_calls import Erp, Reply, dialled, envelope, fields, post

PARTS = "<artikelNr>A-00001</artikelNr><lagerort/>"
MOVEMENT = "<artikelNr>A-00001</artikelNr><lagerort>WIEN</lagerort><art>ZU</art><menge>1.5</menge>"
PREFIXES = (
    'xmlns:l="urn:muster-lager" xmlns:lt="urn:muster-lager:typen" xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
    'xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/"'
)


@pytest.fixture
def lager(erp: virtual.Server) -> Iterator[Erp]:
    """A zeep client of the warehouse."""
    with dialled(erp, "/lager", "LagerPort") as client:
        yield client


def send(erp: virtual.Server, operation: str, parts: str, beside: str = "") -> Reply:
    """Send a message of the warehouse."""
    body = f"<l:{operation} {PREFIXES}>{parts}</l:{operation}>{beside}"
    return post(erp, "/lager", envelope("/lager", body, ""), fields("/lager", operation))


def stock(erp: virtual.Server, place: str) -> str:
    """Return the quantity of A-00001 in one place."""
    reply = send(erp, "LeseBestand", f"<artikelNr>A-00001</artikelNr><lagerort>{place}</lagerort>")
    return reply.root.findtext(".//menge") or ""


def test_array_is_written_as_axis_does(erp: virtual.Server) -> None:
    """The reply is a soapenc array whose items refer to multiRef elements beside the answer."""
    root = send(erp, "LeseBestand", PARTS).root
    answer, *apart = root[-1]
    assert "{urn:muster-lager}LeseBestandResponse" == answer.tag
    array = answer[0]
    assert "ns1:Bestand[2]" == array.get("{http://schemas.xmlsoap.org/soap/encoding/}arrayType")
    assert [f"#{each.get('id')}" for each in apart] == [each.get("href") for each in array]
    assert ["BERLIN", "HAMBURG"] == [each.findtext("lagerort") for each in apart]


def test_struct_refers_to_a_struct(erp: virtual.Server) -> None:
    """A booking stands apart, and so does the stock inside of it."""
    movement = f"<bewegung>{MOVEMENT.replace('WIEN', 'BERLIN')}</bewegung>"
    answer, *apart = send(erp, "BucheBewegung", movement).root[-1]
    by_id = {f"#{each.get('id')}": each for each in apart}
    booking = by_id[answer[0].get("href", "")]
    assert "9007199254740993" == booking.findtext("buchungNr")
    inner = booking.find("bestand")
    assert inner is not None
    assert "13.501" == by_id[inner.get("href", "")].findtext("menge")


def test_zeep_reads_a_booking(lager: Erp) -> None:
    """A client that knows multiRef gets plain values."""
    movement = {"artikelNr": "A-00001", "lagerort": "BERLIN", "art": "AB", "menge": Decimal(2)}
    booked = lager.plain("BucheBewegung", bewegung=movement | {"belegRef": zeep.xsd.Nil, "chargen": zeep.xsd.Nil})
    assert Decimal("10.001") == booked.bestand.menge
    assert 9_007_199_254_740_993 == booked.buchungNr


def test_stock_moves(erp: virtual.Server) -> None:
    """Goods come in and go out; more than there is does not go out, and then nothing moved."""
    assert "12.001" == stock(erp, "BERLIN")
    movement = "<bewegung>" + MOVEMENT.replace("WIEN", "BERLIN") + "</bewegung>"
    send(erp, "BucheBewegung", movement)
    assert "13.501" == stock(erp, "BERLIN")
    refused = send(erp, "BucheBewegung", movement.replace("ZU", "AB").replace("1.5", "14"))
    assert (500, "Server", "LG-409") == (refused.status, refused.code, refused.root.findtext(".//detail/fehler/code"))
    assert "13.501" == stock(erp, "BERLIN")


def test_values_may_stand_apart(erp: virtual.Server) -> None:
    """A request may refer to its values by href, nest such references, and carry arrays and types."""
    beside = (
        f'<multiRef id="a" {PREFIXES} xsi:type="lt:Bewegung">{MOVEMENT}<chargen href="#b"/></multiRef>'
        f'<multiRef id="b" {PREFIXES} soapenc:arrayType="xsd:string[2]" xsi:type="soapenc:Array">'
        '<item xsi:type="soapenc:string">C1</item><item>C2</item></multiRef>'
    )
    assert 200 == send(erp, "BucheBewegung", '<bewegung href="#a"/>', beside).status


@pytest.mark.parametrize(
    ("operation", "parts", "said"),
    [
        ("LeseBestand", PARTS + "<farbe>rot</farbe>", "farbe"),
        ("LeseBestand", PARTS + "<lagerort/>", "twice"),
        ("LeseBestand", '<artikelNr xsi:type="xsd:int">1</artikelNr>', "xsd:int"),
        ("LeseBestand", '<artikelNr href="#x"/>', "#x"),
        ("LeseBestand", "<artikelNr><x/></artikelNr>", "artikelNr"),
        ("BucheBewegung", f"<bewegung>{MOVEMENT.replace('ZU', 'QUER')}</bewegung>", "art"),
        ("BucheBewegung", f"<bewegung>{MOVEMENT.replace('1.5', '1,5')}</bewegung>", "menge"),
        ("BucheBewegung", "<bewegung><artikelNr>A-00001</artikelNr></bewegung>", "lagerort"),
        ("BucheBewegung", f"<bewegung>{MOVEMENT}<chargen><item/></chargen></bewegung>", "arrayType"),
        (
            "BucheBewegung",
            f'<bewegung>{MOVEMENT}<chargen soapenc:arrayType="xsd:string[3]"><item/></chargen></bewegung>',
            "3 items",
        ),
        (
            "BucheBewegung",
            f'<bewegung>{MOVEMENT}<chargen soapenc:arrayType="xsd:int[1]"><item/></chargen></bewegung>',
            "xsd:int",
        ),
        ("LoescheBestand", "", "LoescheBestand"),
    ],
)
def test_invalid_message(erp: virtual.Server, operation: str, parts: str, said: str) -> None:
    """What the types of the WSDL do not allow is the sender's fault, and the text names it."""
    reply = send(erp, operation, parts)
    assert (500, "Client") == (reply.status, reply.code)
    assert said in reply.text


def test_references_in_a_circle(erp: virtual.Server) -> None:
    """A value that refers to itself is refused."""
    reply = send(erp, "BucheBewegung", '<bewegung href="#a"/>', '<multiRef id="a" href="#a"/>')
    assert "Client" == reply.code


def test_unknown_item_and_place(lager: Erp) -> None:
    """An item or a place that the warehouse does not know is a fault."""
    for values, said in (
        ({"artikelNr": "A-00002", "lagerort": ""}, "A-00002"),
        ({"artikelNr": "A-00001", "lagerort": "MARS"}, "MARS"),
    ):
        with pytest.raises(zeep.exceptions.Fault, match=said):
            lager.plain("LeseBestand", **values)
