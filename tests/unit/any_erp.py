"""A contract of ours that has what the pretend ERP of any contract has to cope with, and ways to call it."""

from __future__ import annotations

import http.client
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from lxml import etree

from adapter.virtual import Server, answering
from adapter.virtual.any import AnyErp
from adapter.virtual.any.examples import read_examples
from adapter.virtual.engine import Engine
from adapter.wsdl.documents import read_documents
from adapter.wsdl.load import contract
from adapter.wsdl.types import SOAP11_ENVELOPE, SOAP12_ENVELOPE
from tests.unit.wsdl_texts import HTTP, NAMESPACES, definitions, folder

NS = {"t": "urn:t", "s11": SOAP11_ENVELOPE, "s12": SOAP12_ENVELOPE}
SCHEMA = f"""<xs:schema {NAMESPACES} targetNamespace="urn:t" elementFormDefault="qualified">
  <xs:complexType name="Order"><xs:sequence>
    <xs:element name="Id" type="xs:int"/>
    <xs:element name="State" minOccurs="0"><xs:simpleType><xs:restriction base="xs:string">
      <xs:enumeration value="open"/><xs:enumeration value="closed"/></xs:restriction></xs:simpleType></xs:element>
    <xs:element name="Due" type="xs:date" minOccurs="0"/>
    <xs:choice><xs:element name="Person" type="xs:string"/><xs:element name="Firm" type="t:Firm"/></xs:choice>
    <xs:element name="Line" type="t:Line" minOccurs="0" maxOccurs="3"/>
  </xs:sequence><xs:attribute name="rev" type="xs:int" use="required"/></xs:complexType>
  <xs:complexType name="Firm"><xs:sequence><xs:element name="Name" type="xs:string" nillable="true"/></xs:sequence>
  </xs:complexType>
  <xs:complexType name="BigFirm"><xs:complexContent><xs:extension base="t:Firm"><xs:sequence>
    <xs:element name="Staff" type="xs:int"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>
  <xs:complexType name="Line"><xs:sequence><xs:element name="Sku" type="xs:string"/>
    <xs:element name="Price" type="xs:decimal"/></xs:sequence></xs:complexType>
  <xs:complexType name="Ints" xmlns:enc="http://schemas.xmlsoap.org/soap/encoding/"><xs:complexContent>
    <xs:restriction base="enc:Array"><xs:attribute ref="enc:arrayType" wsdl:arrayType="xs:int[]"/></xs:restriction>
  </xs:complexContent></xs:complexType>
  <xs:element name="GetOrder"><xs:complexType><xs:sequence><xs:element name="id" type="xs:int"/>
    <xs:element name="password" type="xs:string" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="GetOrderResponse"><xs:complexType><xs:sequence><xs:element name="Order" type="t:Order"/>
  </xs:sequence></xs:complexType></xs:element>
  <xs:element name="Note" type="xs:string"/>
  <xs:element name="Ticket"><xs:complexType><xs:sequence><xs:element name="Number" type="xs:int"/></xs:sequence>
  </xs:complexType></xs:element>
  <xs:element name="NoSuchOrder"><xs:complexType><xs:sequence><xs:element name="Id" type="xs:int"/></xs:sequence>
  </xs:complexType></xs:element>
</xs:schema>"""


def _binding(kind: str, version: str) -> str:
    soap = "soap12" if version == "12" else "soap"
    return f"""<wsdl:binding name="{kind}{version}" type="t:Orders"><{soap}:binding {HTTP}/>
      <wsdl:operation name="GetOrder"><{soap}:operation soapAction="urn:get"/>
        <wsdl:input><{soap}:body use="literal"/></wsdl:input>
        <wsdl:output><{soap}:header message="t:TicketHeader" part="p" use="literal"/>
        <{soap}:body use="literal" parts="p"/></wsdl:output>
        <wsdl:fault name="NoSuchOrder"><{soap}:fault name="NoSuchOrder" use="literal"/></wsdl:fault></wsdl:operation>
      <wsdl:operation name="Tell"><{soap}:operation soapAction="urn:tell"/>
        <wsdl:input><{soap}:body use="literal"/></wsdl:input></wsdl:operation>
    </wsdl:binding>"""


WSDL = definitions(
    f"""<wsdl:types><xs:schema><xs:import namespace="urn:t" schemaLocation="parts/t.xsd"/></xs:schema></wsdl:types>
    <wsdl:message name="Get"><wsdl:part name="p" element="t:GetOrder"/></wsdl:message>
    <wsdl:message name="Got"><wsdl:part name="p" element="t:GetOrderResponse"/></wsdl:message>
    <wsdl:message name="TicketHeader"><wsdl:part name="p" element="t:Ticket"/></wsdl:message>
    <wsdl:message name="None"><wsdl:part name="p" element="t:NoSuchOrder"/></wsdl:message>
    <wsdl:message name="Told"><wsdl:part name="p" element="t:Note"/></wsdl:message>
    <wsdl:message name="Add"><wsdl:part name="numbers" type="t:Ints"/><wsdl:part name="label" type="xs:string"/>
    </wsdl:message>
    <wsdl:message name="Sum"><wsdl:part name="sum" type="xs:int"/><wsdl:part name="label" type="xs:string"/>
      <wsdl:part name="all" type="t:Ints"/></wsdl:message>
    <wsdl:portType name="Orders">
      <wsdl:operation name="GetOrder"><wsdl:input message="t:Get"/><wsdl:output message="t:Got"/>
        <wsdl:fault name="NoSuchOrder" message="t:None"/></wsdl:operation>
      <wsdl:operation name="Tell"><wsdl:input message="t:Told"/></wsdl:operation></wsdl:portType>
    <wsdl:portType name="Sums"><wsdl:operation name="add"><wsdl:input message="t:Add"/><wsdl:output message="t:Sum"/>
    </wsdl:operation></wsdl:portType>
    {_binding("B", "")}{_binding("B", "12")}
    <wsdl:binding name="R" type="t:Sums"><soap:binding style="rpc" {HTTP}/><wsdl:operation name="add">
      <soap:operation soapAction=""/>
      <wsdl:input><soap:body use="encoded" namespace="urn:sums" encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"/></wsdl:input>
      <wsdl:output><soap:body use="encoded" namespace="urn:sums" encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"/></wsdl:output>
    </wsdl:operation></wsdl:binding>
    <wsdl:service name="S"><wsdl:port name="P" binding="t:B"><soap:address location="http://erp.test/orders"/></wsdl:port>
      <wsdl:port name="P12" binding="t:B12"><soap12:address location="http://erp.test/orders"/></wsdl:port>
      <wsdl:port name="R" binding="t:R"><soap:address location="http://erp.test/"/></wsdl:port></wsdl:service>"""
)


def erp(tmp_path: Path, examples: str = "") -> AnyErp:
    """The pretend ERP of the contract, with the text of a file of examples."""
    documents = read_documents(folder(tmp_path, t__wsdl=WSDL, parts___t__xsd=SCHEMA), "t.wsdl")
    made = AnyErp(documents, contract(documents))
    if examples:
        (tmp_path / "examples.yaml").write_text(examples, encoding="utf-8")
        made.examples = read_examples(tmp_path / "examples.yaml", made.contract, made.answers.ground)
    return made


class Caller:
    """Talks to a server that runs in this process."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def raw(self, path: str, data: bytes, headers: dict[str, str], method: str = "POST") -> tuple[int, str, bytes]:
        """Send one HTTP request; return status, content type and body."""
        host, port = self.server.server_address[:2]
        with closing(http.client.HTTPConnection(str(host), int(port), timeout=10)) as connection:
            connection.request(method, path, data, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers.get_content_type(), answer.read()

    def send(
        self, body: str, path: str = "/orders", action: str = "urn:get", header: str = ""
    ) -> tuple[int, etree._Element]:
        """Send the inside of a SOAP 1.1 body; return status and envelope."""
        envelope = (
            f'<e:Envelope xmlns:e="{SOAP11_ENVELOPE}"><e:Header>{header}</e:Header><e:Body>{body}</e:Body></e:Envelope>'
        )
        fields = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"'}
        status, _, data = self.raw(path, envelope.encode(), fields)
        return status, etree.fromstring(data)

    def get_order(self, number: object = 7, more: str = "") -> tuple[int, etree._Element]:
        """Ask for an order."""
        return self.send(f'<GetOrder xmlns="urn:t"><id>{number}</id>{more}</GetOrder>')


@contextmanager
def calling(engine: Engine) -> Iterator[Caller]:
    """Serve, for as long as the block lasts."""
    with answering(engine) as server:
        yield Caller(server)


def reason(envelope: etree._Element) -> tuple[str, str]:
    """The code, without its prefix, and the text of a SOAP 1.1 fault."""
    code, text = envelope.findtext(".//faultcode") or "", envelope.findtext(".//faultstring") or ""
    return code.rpartition(":")[2], text


def texts(envelope: etree._Element, path: str) -> Sequence[str]:
    """The texts at a path."""
    return [each.text or "" for each in envelope.iterfind(path, NS)]
