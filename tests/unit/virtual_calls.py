"""Ways for tests to talk to the pretend ERP: zeep, whole HTTP requests, and bytes at a socket."""

from __future__ import annotations

import http.client
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
import zeep
from lxml import etree

from adapter.virtual import Server
from adapter.wsdl.types import SOAP11_ENCODING, SOAP11_ENVELOPE, SOAP12_ENVELOPE

ROOT = Path(__file__).resolve().parents[2]
ENVELOPES = {"/erp/soap11": SOAP11_ENVELOPE, "/erp/soap12": SOAP12_ENVELOPE, "/lager": SOAP11_ENVELOPE}
CONTEXT = (
    '<k:Aufrufkontext xmlns:k="urn:muster-erp:kontext"><k:Mandant>100</k:Mandant><k:Sprache>DE</k:Sprache>'
    "</k:Aufrufkontext>"
)
NAMESPACES = {
    "s11": SOAP11_ENVELOPE, "s12": SOAP12_ENVELOPE, "d": "urn:muster-erp:dienst", "f": "urn:muster-erp:fehler",
    "p": "urn:muster-erp:partner", "t": "urn:muster-erp:typen", "o": "urn:muster-erp:auftrag",
    "u": "urn:muster-erp:aenderung", "r": "urn:muster-erp:rechnung",
}  # fmt: skip
DECLARED = " ".join(f'xmlns:{prefix}="{namespace}"' for prefix, namespace in NAMESPACES.items())
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
ENCODING_SCHEMA = f"""
<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:e="{SOAP11_ENCODING}"
            targetNamespace="{SOAP11_ENCODING}">
  <xsd:attribute name="arrayType" type="xsd:string"/>
  <xsd:complexType name="Array">
    <xsd:sequence><xsd:any minOccurs="0" maxOccurs="unbounded" processContents="lax"/></xsd:sequence>
    <xsd:attribute ref="e:arrayType"/>
  </xsd:complexType>
</xsd:schema>
"""


class _Transport(zeep.Transport):
    """Loads the one standard schema that zeep asks for by URL from this file."""

    def load(self, url: str) -> bytes:
        if url == SOAP11_ENCODING:
            return ENCODING_SCHEMA.encode()
        loaded: bytes = super().load(url)
        return loaded


@dataclass(frozen=True, slots=True)
class Erp:
    """A zeep client of one port."""

    client: zeep.Client

    def call(self, operation: str, **values: Any) -> Any:
        """Call an operation of the ERP with its header."""
        headers = {"Aufrufkontext": {"Mandant": "100", "Sprache": "DE"}}
        return self.client.service[operation](**values, _soapheaders=headers)

    def plain(self, operation: str, **values: Any) -> Any:
        """Call an operation without any header."""
        return self.client.service[operation](**values)

    def make(self, type_: str, **values: Any) -> Any:
        """Make a value of a type: ``partner.FirmenPartnerTyp``."""
        namespace, _, local = type_.partition(".")
        return self.client.get_type(f"{{urn:muster-erp:{namespace}}}{local}")(**values)


@contextmanager
def dialled(server: Server, path: str, port: str) -> Iterator[Erp]:
    """Open a zeep client that reads the contract from the server itself."""
    with requests.Session() as session:
        transport = _Transport(session=session)
        service = "LagerService" if path == "/lager" else "ErpService"
        yield Erp(zeep.Client(server.url(f"{path}?wsdl"), transport=transport, service_name=service, port_name=port))


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer. ``root`` parses the body."""

    status: int
    content_type: str
    body: bytes

    @property
    def root(self) -> etree._Element:
        """The envelope."""
        return etree.fromstring(self.body)

    @property
    def text(self) -> str:
        """What a fault says."""
        return self.root.findtext(".//faultstring") or self.root.findtext(".//{*}Text") or ""

    @property
    def code(self) -> str:
        """The fault code without its prefix."""
        said = self.root.findtext(".//faultcode") or self.root.findtext(".//{*}Value") or ""
        return said.rpartition(":")[2]

    @property
    def detail(self) -> str:
        """The ERP's own code in the detail."""
        return self.root.findtext(".//{urn:muster-erp:fehler}Code") or ""


def envelope(path: str, body: str, header: str = CONTEXT) -> bytes:
    """Return an envelope of the version that a path takes; the prefixes of NAMESPACES are declared."""
    head = f"<s:Header>{header}</s:Header>" if header else ""
    start = f'<s:Envelope xmlns:s="{ENVELOPES[path]}" {DECLARED} {XSI}>'
    return f"{start}{head}<s:Body>{body}</s:Body></s:Envelope>".encode()


def fields(path: str, operation: str) -> dict[str, str]:
    """Return the HTTP fields that go with an operation at a path."""
    action = "" if path == "/lager" else f"urn:muster-erp:dienst#{operation}"
    if ENVELOPES[path] == SOAP12_ENVELOPE:
        return {"Content-Type": f'application/soap+xml; charset=utf-8; action="{action}"'}
    return {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"'}


def post(server: Server, path: str, data: bytes, headers: dict[str, str], method: str = "POST") -> Reply:
    """Send one HTTP request on a connection of its own."""
    host, port = server.server_address[:2]
    with closing(http.client.HTTPConnection(str(host), port, timeout=10)) as connection:
        connection.request(method, path, data, headers)
        answer = connection.getresponse()
        return Reply(answer.status, answer.headers.get("Content-Type", ""), answer.read())


def say(server: Server, path: str, operation: str, body: str, header: str = CONTEXT) -> Reply:
    """Send the message whose body holds ``body`` (XML)."""
    return post(server, path, envelope(path, body, header), fields(path, operation))


def get(server: Server, path: str) -> bytes:
    """Fetch a URL of the server."""
    with urllib.request.urlopen(server.url(path), timeout=10) as answer:
        content: bytes = answer.read()
        return content


def wire(path: str, operation: str, body: str) -> bytes:
    """Return a whole HTTP request as bytes."""
    data = envelope(path, body)
    lines = [f"POST {path} HTTP/1.1", "Host: erp", f"Content-Length: {len(data)}"]
    lines += [f"{name}: {value}" for name, value in fields(path, operation).items()]
    return "\r\n".join([*lines, "", ""]).encode() + data


def heard(server: Server, request: bytes) -> tuple[bytes, str]:
    """Send bytes, and return all that comes back and how the connection ended: ``end`` or ``reset``."""
    host, port = server.server_address[:2]
    received = bytearray()
    with socket.create_connection((str(host), port), timeout=10) as connection:
        try:
            connection.sendall(request)
            while piece := connection.recv(65536):
                received += piece
        except (ConnectionResetError, BrokenPipeError):
            return bytes(received), "reset"
    return bytes(received), "end"
