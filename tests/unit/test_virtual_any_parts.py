"""The pretend ERP of a contract whose messages have several parts, and whose operations share a name."""

from __future__ import annotations

from email.message import Message
from pathlib import Path

from lxml import etree

from adapter.virtual.any.erp import AnyErp
from adapter.virtual.any.requests import AnyCall
from adapter.virtual.faults import ProtocolFault
from adapter.wsdl.documents import read_documents
from adapter.wsdl.load import contract
from tests.cases import SHAPES
from tests.judged import schema_of

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"


def erp(shape: Path) -> AnyErp:
    """The pretend ERP of a shape's contract."""
    documents = read_documents(shape, "shape.wsdl")
    return AnyErp(documents, contract(documents))


def asked(server: AnyErp, port: str, action: str, body: str) -> AnyCall | ProtocolFault:
    """Read a message that was sent to a port."""
    place = next(each for each in server.places if each.port == port)
    headers = Message()
    headers["Content-Type"] = "text/xml; charset=utf-8"
    headers["SOAPAction"] = f'"{action}"'
    text = f'<s:Envelope xmlns:s="{ENVELOPE}"><s:Body>{body}</s:Body></s:Envelope>'
    return server.read(place, headers, text.encode())


def test_parts_are_asked_for_and_answered() -> None:
    """Every part has to be there, and the answer has every part, each valid."""
    server = erp(SHAPES / "parts")
    whole = '<Mandant xmlns="urn:auftraege">1</Mandant><Auftrag xmlns="urn:auftraege"><Menge>2</Menge></Auftrag>'
    call = asked(server, "Port11", "urn:auftraege:LegeAn", whole + '<Hinweis xmlns="urn:auftraege">x</Hinweis>')
    assert isinstance(call, AnyCall)
    body = etree.fromstring(server.answer(call).body)[-1]
    assert ["{urn:auftraege}Auftrag", "{urn:auftraege}Hinweis"] == [each.tag for each in body]
    schema = schema_of(SHAPES / "parts" / "shape.wsdl")
    assert all(schema.validate(etree.fromstring(etree.tostring(each))) for each in body)

    refused = asked(server, "Port11", "urn:auftraege:LegeAn", whole)
    assert isinstance(refused, ProtocolFault)


def test_overloads_are_told_apart_by_their_action() -> None:
    """Two operations with one element in the body are the ones that their actions name."""
    server = erp(SHAPES / "overloaded")
    for action, inside, key in (
        ("urn:kunden:nachNummer", "<nummer>1</nummer>", "suche(nachNummer)"),
        ("urn:kunden:nachName", "<name>A</name><hoechstens>3</hoechstens>", "suche(nachName)"),
    ):
        call = asked(server, "KundenPort", action, f'<k:suche xmlns:k="urn:kunden">{inside}</k:suche>')
        assert isinstance(call, AnyCall)
        assert key == call.operation.name
