"""A small contract of an ERP that asks who we are inside its messages: header blocks, a login operation, a session.

``project`` writes a project on it; ``said`` makes what its operations answer.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from adapter.app import create_app
from adapter.mapping.blocks import BLOCKS, Block
from adapter.wsdl.load import load
from adapter.wsdl.lock import write_lock
from tests.everyone import EVERYONE
from tests.unit.logins import SOAP11, sent
from tests.unit.loopback import Peer, answer

_SCHEMA = """<xsd:schema targetNamespace="urn:t" elementFormDefault="qualified">
  <xsd:complexType name="T"><xsd:sequence><xsd:element name="Name" type="xsd:string"/></xsd:sequence></xsd:complexType>
  <xsd:simpleType name="Short"><xsd:restriction base="xsd:string"><xsd:maxLength value="40"/></xsd:restriction>
  </xsd:simpleType>
  {elements}
</xsd:schema>"""
# Each element and what it holds; "?" marks what may be left out.
_ELEMENTS: Mapping[str, str] = {
    "Sitzung": "Id:string Sprache?:string",
    "Passport": "email:string password:t:Short account?:string",
    "InvalidSessionFault": "Code:string",
    "In": "X:t:T SitzungsId?:string Benutzer?:string Kennwort?:string",
    "Out": "X?:t:T Erfolg?:boolean Grund?:string",
    "Plain": "X:t:T",
    "Anmelden": "Benutzer:string Kennwort:t:Short Mandant:string",
    "AnmeldenAntwort": "Ergebnis?:t:Ergebnis Erfolg?:boolean Grund?:string",
}
_TYPES = """<xsd:complexType name="Ergebnis"><xsd:sequence>
    <xsd:element name="SitzungsId" type="xsd:string" minOccurs="0"/></xsd:sequence></xsd:complexType>
  <xsd:element name="tokenPassport"><xsd:complexType><xsd:sequence>
    <xsd:element name="account" type="xsd:string"/><xsd:element name="consumerKey" type="xsd:string"/>
    <xsd:element name="token" type="xsd:string"/><xsd:element name="nonce" type="xsd:string"/>
    <xsd:element name="timestamp" type="xsd:long"/>
    <xsd:element name="signature"><xsd:complexType><xsd:simpleContent><xsd:extension base="xsd:string">
      <xsd:attribute name="algorithm" type="xsd:string"/></xsd:extension></xsd:simpleContent></xsd:complexType>
    </xsd:element></xsd:sequence></xsd:complexType></xsd:element>"""
_OPERATIONS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "Do": ("In", "Out", ("Sitzung", "Passport", "tokenPassport")),
    "Bare": ("Plain", "Out", ()),
    "Anmelden": ("Anmelden", "AnmeldenAntwort", ()),
}


def _element(name: str, content: str) -> str:
    parts = []
    for each in content.split():
        what, _, kind = each.partition(":")
        least = ' minOccurs="0"' * what.endswith("?")
        kind = kind if ":" in kind else f"xsd:{kind}"
        parts.append(f'<xsd:element name="{what.rstrip("?")}" type="{kind}"{least}/>')
    inside = f"<xsd:complexType><xsd:sequence>{''.join(parts)}</xsd:sequence></xsd:complexType>"
    return f'<xsd:element name="{name}">{inside}</xsd:element>'


def wsdl() -> str:
    """Return the contract: service Erp with the port Main, and service Login with the port Door for logging in."""
    elements = "".join(_element(name, content) for name, content in _ELEMENTS.items()) + _TYPES
    named = [*_ELEMENTS, "tokenPassport"]
    messages = "".join(f'<w:message name="{name}"><w:part name="p" element="t:{name}"/></w:message>' for name in named)
    operations, bound = "", ""
    for name, (into, out, headers) in _OPERATIONS.items():
        fault = '<w:fault name="invalid" message="t:InvalidSessionFault"/>' if name == "Do" else ""
        detail = '<w:fault name="invalid"><s:fault name="invalid" use="literal"/></w:fault>' if fault else ""
        operations += (
            f'<w:operation name="{name}"><w:input message="t:{into}"/><w:output message="t:{out}"/>{fault}'
            "</w:operation>"
        )
        blocks = "".join(f'<s:header message="t:{each}" part="p" use="literal"/>' for each in headers)
        bound += (
            f'<w:operation name="{name}"><s:operation soapAction="{name}"/><w:input><s:body use="literal"/>{blocks}'
            f'</w:input><w:output><s:body use="literal"/></w:output>{detail}</w:operation>'
        )
    services = "".join(
        f'<w:service name="{service}"><w:port name="{port}" binding="t:B"><s:address location="http://localhost/"/>'
        "</w:port></w:service>"
        for service, port in (("Erp", "Main"), ("Login", "Door"))
    )
    return (
        '<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:t="urn:t" targetNamespace="urn:t" '
        'xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        f"<w:types>{_SCHEMA.format(elements=elements)}</w:types>{messages}"
        f'<w:portType name="PT">{operations}</w:portType><w:binding name="B" type="t:PT">'
        f'<s:binding transport="http://schemas.xmlsoap.org/soap/http"/>{bound}</w:binding>{services}</w:definitions>'
    )


def mapping(soap: Mapping[str, Any], resource: str = "things", **operation: Any) -> str:
    """Return a mapping with one operation ``create``. ``soap`` and ``operation`` are more keys of those sections."""
    create = {
        "request": "POST /",
        "call": "Do",
        "body": {"one": "T", "into": "X"},
        "reply": {"one": "T", "from": "X", "status": 200},
        "faults": [{"text": "No", "status": 409, "problem": "said-no", "message": True}],
        **operation,
    }
    document = {
        "version": 1,
        "resource": resource,
        "path": f"/v1/{resource}",
        "soap": {"wsdl": "t.wsdl", "service": "Erp", "port": "Main", **soap},
        "types": {"T": {"fields": {"name": "Name"}}},
        "operations": {"create": create},
    }
    return json.dumps(document)


def project(folder: Path, *mappings: str) -> Path:
    """Write a project on the contract."""
    for name in ("wsdl", "mappings"):
        (folder / name).mkdir(exist_ok=True)
    (folder / "wsdl/t.wsdl").write_text(wsdl(), "utf-8")
    for number, text in enumerate(mappings):
        (folder / f"mappings/m{number}.yaml").write_text(text, "utf-8")
    write_lock(folder / "wsdl", [load(folder / "wsdl", "t.wsdl")])
    return folder


def environ(url: str, timeout: float = 20, **credential: object) -> dict[str, str]:
    """Return settings: where the ERP is, and ``credential`` as parts of credentials such as ``ERP_USER``."""
    parts = {f"ADAPTER_CREDENTIAL_{part}": str(text) for part, text in credential.items()}
    return {**EVERYONE, "ADAPTER_ENDPOINT_ERP": url, "ADAPTER_TIMEOUT": f"{timeout:g}", **parts}


def opened(folder: Path, settings: Mapping[str, str], blocks: Mapping[str, Block] = BLOCKS) -> FlaskClient:
    """Open the adapter on a project that is written."""
    return create_app(folder, settings, blocks).test_client()


def said(body: str, status: str = "200 OK") -> bytes:
    """Return an HTTP answer with an envelope around a body; its elements are of the contract's namespace."""
    text = f'<S:Envelope xmlns:S="{SOAP11}" xmlns="urn:t"><S:Body>{body}</S:Body></S:Envelope>'
    return answer(text.encode(), status=status)


DONE = said("<Out><X><Name>a</Name></X></Out>")


def fault(code: str, text: str = "No", detail: str = "") -> bytes:
    """Return a SOAP fault."""
    inside = f"<faultcode>S:{code}</faultcode><faultstring>{text}</faultstring>"
    details = f"<detail><{detail}><Code>x</Code></{detail}></detail>" if detail else ""
    return said(f'<S:Fault xmlns="">{inside}</S:Fault>'.replace("</S:Fault>", f"{details}</S:Fault>"), "500 Oops")


class SessionErp:
    """An ERP with sessions. ``shows`` finds the token in a request; ``grants`` makes the answer to the nth login.

    Calls with the token of the last login are carried out, others get ``refuses``.
    """

    def __init__(
        self,
        shows: Callable[[bytes], str | None],
        refuses: bytes = b"",
        grants: Callable[[int], bytes] | None = None,
    ) -> None:
        self._shows = shows
        self._refuses = refuses or fault("Client", "No such session", "InvalidSessionFault")
        self._grants = grants or (lambda number: logged_in(f"ticket-{number}"))
        self._turn = threading.Lock()
        self.logins: list[bytes] = []
        self.calls: list[str | None] = []
        self.valid = ""

    def expire(self) -> None:
        """Know no token any more."""
        self.valid = ""

    def script(self, peer: Peer) -> None:
        """Answer what comes on one connection."""
        while request := peer.request():
            if sent(request).find("{*}Body/{*}Anmelden") is not None:
                peer.send(self._login(request))
            else:
                token = self._shows(request)
                with self._turn:
                    self.calls.append(token)
                peer.send(DONE if token and token == self.valid else self._refuses)

    def _login(self, request: bytes) -> bytes:
        with self._turn:
            self.logins.append(request)
            self.valid = f"ticket-{len(self.logins)}"
            return self._grants(len(self.logins))


def logged_in(token: str) -> bytes:
    """Answer a login with a token."""
    return said(f"<AnmeldenAntwort><Ergebnis><SitzungsId>{token}</SitzungsId></Ergebnis></AnmeldenAntwort>")


def in_header(request: bytes) -> str | None:
    """Return the token in the header block Sitzung of a request."""
    found: str | None = sent(request).findtext("{*}Header/{*}Sitzung/{*}Id")
    return found


def session(**more: Any) -> dict[str, Any]:
    """Return the section ``session:`` of an identity; ``more`` replaces keys, None removes one."""
    user, password = ({"credential": "erp", "part": part} for part in ("USER", "PASSWORD"))
    section = {
        "call": "Anmelden",
        "set": {"Benutzer": user, "Kennwort": password, "Mandant": "100"},
        "token": "Ergebnis.SitzungsId",
        "place": {"header": "Sitzung.Id"},
        "expired": [{"detail": "InvalidSessionFault"}],
        **more,
    }
    return {"session": {key: value for key, value in section.items() if value is not None}}
