"""What a case is, and short ways to write the ERP's answers down, byte by byte."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.bad_answers.server import Script

SECRET = "GEHEIM"
"""Stands in what wrong answers say; no caller may see it."""

INVALID, LOST, TIMEOUT = (502, "backend-reply-invalid"), (502, "backend-lost"), (504, "backend-timeout")
READ = "/v1/customers/{n}"
LIST = "/v1/customers?name={n}"
STOCK = "/v1/stock/{n}"


@dataclass(frozen=True, slots=True)
class Case:
    """One answer of the ERP and what the caller gets.

    ``answer`` are the bytes on the wire, or a function that plays the server's end of the connection. ``problem`` is
    empty where the caller gets a document, in which ``found`` must stand. ``path`` is what is called, ``{n}`` the
    case's own number. ``note`` must begin a note in the log line. ``at_accept``: played at a connection's first byte.
    """

    name: str
    answer: bytes | Script
    status: int
    problem: str
    why: str
    found: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    path: str = READ
    slow: bool = False
    at_accept: bool = False


_SPACES = (
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:d="urn:muster-erp:dienst" '
    'xmlns:p="urn:muster-erp:partner" xmlns:t="urn:muster-erp:typen" xmlns:f="urn:muster-erp:fehler" '
    'xmlns:l="urn:muster-lager" xmlns:lt="urn:muster-lager:typen" '
    'xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
)
SOAP11, SOAP12 = "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"

PERSON = (
    '<d:Partner xsi:type="p:PrivatPartnerTyp"><p:PartnerNr>0000000002</p:PartnerNr><p:Name1>Schäfer</p:Name1>'
    "<p:Status>A</p:Status><p:SperrKz>N</p:SperrKz><p:KreditLimit>0000300000</p:KreditLimit><p:Rabatt>2.02</p:Rabatt>"
    f"<p:ZahlZiel>16</p:ZahlZiel><p:Notiz>{SECRET}</p:Notiz><p:AnlDat>20240322</p:AnlDat>"
    "<p:GeaendAm>2024-03-22T23:59:59.123Z</p:GeaendAm><p:KontoRef>9223372036854775002</p:KontoRef>"
    "<p:Vorname>Jürgen</p:Vorname><p:GebDat>1964-08-12</p:GebDat></d:Partner>"
)
GOOD = {"kind": "person", "id": "2", "name": "Schäfer", "first_name": "Jürgen", "payment_days": 16}


def envelope(body: str, *, soap: str = SOAP11, header: str = "", prolog: str = "") -> str:
    """Return an envelope around the content of its body."""
    head = f"<s:Header>{header}</s:Header>" if header else ""
    return f'{prolog}<s:Envelope xmlns:s="{soap}" {_SPACES}>{head}<s:Body>{body}</s:Body></s:Envelope>'


def customer(old: str = "", new: str = "", *, person: str = PERSON) -> str:
    """Return the body of a right answer of ``customers.read``, with ``new`` in place of ``old``."""
    assert old in person, old
    return f"<d:LesePartnerAntwort>{person.replace(old, new, 1) if old else person}</d:LesePartnerAntwort>"


def fault(code: str, text: str = SECRET, *, detail: str = "") -> str:
    """Return the body of a SOAP 1.1 fault; ``code`` is the ERP's own."""
    own = f"<f:ErpFehler><f:Code>{code}</f:Code><f:Text>{SECRET}</f:Text></f:ErpFehler>" if code else ""
    inner = f"<faultcode>s:Server</faultcode><faultstring>{text}</faultstring><detail>{own}{detail}</detail>"
    return f"<s:Fault>{inner}</s:Fault>"


def http(body: str | bytes, status: str = "200 OK", *fields: str, media: str = "text/xml; charset=utf-8") -> bytes:
    """Return a whole answer with the right length, after which the connection is closed."""
    data = body.encode() if isinstance(body, str) else body
    return head(status, *([f"Content-Type: {media}"] if media else []), f"Content-Length: {len(data)}", *fields) + data


def head(status: str, *fields: str) -> bytes:
    """Return status line and header with exactly these fields and ``Connection: close``."""
    return "\r\n".join((f"HTTP/1.1 {status}", "Connection: close", *fields, "", "")).encode("latin-1")


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    """Return an answer in chunks."""
    body = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
    return head("200 OK", "Content-Type: text/xml", "Transfer-Encoding: chunked") + body + end


RIGHT = envelope(customer())
