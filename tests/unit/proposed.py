"""Small contracts made in a test, and what is proposed for them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from adapter.errors import Mistake
from adapter.mapping import reading
from adapter.mapping.agreement.whole import agree
from adapter.mapping.bound import Endpoint
from adapter.mapping.files import Document
from adapter.wsdl.load import load
from adapter.wsdl.types import Contract
from tests.unit.mapped import WSDL, around, schema


def contract(content: str) -> Contract:
    """A contract whose schema holds these global components, beside ``In`` and ``Out`` where they are not there."""
    more = "".join(
        f'<xsd:element name="{name}" type="xsd:int"/>' for name in ("In", "Out") if f'"{name}"' not in content
    )
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "t.wsdl").write_text(WSDL.format(schema=schema(content + more)), "utf-8")
        return load(Path(folder), "t.wsdl")


def complex_type(name: str, inside: str) -> str:
    """A complex type that is a sequence of elements."""
    return f'<xsd:complexType name="{name}"><xsd:sequence>{inside}</xsd:sequence></xsd:complexType>'


def element(name: str, type_: str = "xsd:string", **attributes: str) -> str:
    """An element declaration; attributes are called as in XML Schema."""
    more = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f'<xsd:element name="{name}" type="{type_}"{more}/>'


def derived(name: str, base: str, inside: str = "") -> str:
    """A complex type that extends another."""
    content = f'<xsd:extension base="t:{base}"><xsd:sequence>{inside}</xsd:sequence></xsd:extension>'
    return f'<xsd:complexType name="{name}"><xsd:complexContent>{content}</xsd:complexContent></xsd:complexType>'


def bound(document: Document, of: Contract) -> tuple[list[Endpoint], list[Mistake]]:
    """What a proposed file is, read and bound to its contract."""
    resource, mistakes = reading.resource(document)
    if resource is None:
        return [], mistakes
    return agree([resource], {of.file: of}, around())


def service(
    operations: Mapping[str, tuple[str, str]], faults: tuple[str, ...] = (), file: str = "t.wsdl", **types: str
) -> Contract:
    """A contract of operations by name, each with the elements of its request and of its reply, and of types."""
    message = '<xsd:element name="{}"><xsd:complexType><xsd:sequence>{}</xsd:sequence></xsd:complexType></xsd:element>'
    content = "".join(complex_type(name, inside) for name, inside in types.items())
    content += "".join(f'<xsd:element name="{name}" type="xsd:string"/>' for name in faults)
    messages, abstract, bound_ones = [], [], []
    part = '<wsdl:message name="{0}"><wsdl:part name="p" element="t:{0}"/></wsdl:message>'
    messages += [part.format(name) for name in faults]
    for name, (request, reply) in operations.items():
        content += message.format(name, request) + message.format(f"{name}Response", reply)
        for each in (name, f"{name}Response"):
            messages.append(part.format(each))
        told = "".join(f'<wsdl:fault name="{each}" message="t:{each}"/>' for each in faults)
        abstract.append(
            f'<wsdl:operation name="{name}"><wsdl:input message="t:{name}"/>'
            f'<wsdl:output message="t:{name}Response"/>{told}</wsdl:operation>'
        )
        bound_ones.append(
            f'<wsdl:operation name="{name}"><soap:operation soapAction="{name}"/><wsdl:input><soap:body use="literal"/>'
            '</wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation>'
        )
    text = _SERVICE.format(
        schema=schema(content), messages="".join(messages), abstract="".join(abstract), bound="".join(bound_ones)
    )
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / file).write_text(text, "utf-8")
        return load(Path(folder), file)


_SERVICE = """<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:t="urn:t" targetNamespace="urn:t"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
  <wsdl:types>{schema}</wsdl:types>{messages}
  <wsdl:portType name="PT">{abstract}</wsdl:portType>
  <wsdl:binding name="B" type="t:PT"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>{bound}</wsdl:binding>
  <wsdl:service name="S"><wsdl:port name="P" binding="t:B"><soap:address location="http://localhost/"/></wsdl:port>
  </wsdl:service>
</wsdl:definitions>"""
