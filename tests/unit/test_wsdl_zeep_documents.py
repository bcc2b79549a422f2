"""zeep works on the closed set of documents and on nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import zeep.exceptions

from adapter.errors import BuildError
from adapter.wsdl.documents import read_documents
from adapter.wsdl.load import load
from adapter.wsdl.zeep_documents import ClosedTransport, zeep_client
from tests.unit.wsdl_texts import HTTP, ROOT, definitions, folder, schema

CONTRACTS = sorted(path.relative_to(ROOT / "wsdl").as_posix() for path in (ROOT / "wsdl").rglob("*.wsdl"))


@pytest.mark.parametrize("file", CONTRACTS)
def test_zeep_knows_the_operations_of_the_carried_contracts(file: str) -> None:
    """For every contract of the carried project zeep and the contract tree have the same operations."""
    client = zeep_client(read_documents(ROOT / "wsdl", file))
    theirs = {
        (service.name, port.name, operation)
        for service in client.wsdl.services.values()
        for port in service.ports.values()
        for operation in port.binding._operations
    }
    contract = load(ROOT / "wsdl", file)
    assert theirs == {
        (service.name, port.name, operation)
        for service in contract.services.values()
        for port in service.ports.values()
        for operation in port.operations
    }
    assert {} == contract.omitted


def test_zeep_gets_relative_and_catalogued_documents(tmp_path: Path) -> None:
    """Imports are found by zeep by path, by URL, and relative to a URL, in the same files as our reader."""
    wsdl_dir = folder(
        tmp_path,
        erp___a__wsdl=definitions(
            "<wsdl:types>" + schema("<xs:include schemaLocation='../c%20d.xsd'/>"
            "<xs:import namespace='urn:u' schemaLocation='https://h.example/s/u.xsd'/>") + "</wsdl:types>"
        ),
        u__xsd=schema("<xs:include schemaLocation='v.xsd'/>", 'targetNamespace="urn:u"'),
        v__xsd=schema("<xs:element name='v' type='xs:int'/>", 'targetNamespace="urn:u"'),
        catalog__json=json.dumps({"http://h.example/s/u.xsd": "u.xsd", "http://h.example/s/v.xsd": "v.xsd"}),
    )  # fmt: skip
    (wsdl_dir / "c d.xsd").write_text(schema("<xs:element name='c' type='xs:int'/>"))
    client = zeep_client(read_documents(wsdl_dir, "erp/a.wsdl"))
    assert {"c", "v"} <= {element.name for element in client.wsdl.types.elements}


def test_zeep_gets_the_soap_encoding_unasked(tmp_path: Path) -> None:
    """A contract that uses the SOAP encoding without importing it works without a network."""
    array = (
        "<xs:complexType name='L'><xs:complexContent><xs:restriction base='soapenc:Array'>"
        "<xs:attribute ref='soapenc:arrayType' wsdl:arrayType='xs:int[]'/></xs:restriction></xs:complexContent>"
        "</xs:complexType>"
        "<xs:complexType name='M'><xs:sequence><xs:element name='a' type='soapenc:string'/></xs:sequence>"
        "<xs:attribute ref='xml:lang'/></xs:complexType>"
        "<xs:import namespace='http://www.w3.org/XML/1998/namespace'/>"
    )
    text = definitions(f"<wsdl:types>{schema(array)}</wsdl:types>")
    client = zeep_client(read_documents(folder(tmp_path, a__wsdl=text), "a.wsdl"))
    assert "L" == client.wsdl.types.get_type("{urn:t}L").name


def test_the_transport_makes_no_calls(tmp_path: Path) -> None:
    """A closed transport refuses every address that is not in the set, and every call."""
    transport = ClosedTransport(read_documents(folder(tmp_path, a__xsd=schema("")), "a.xsd"))
    assert transport.load("http://wsdl.invalid/a.xsd").startswith(b"<xs:schema")
    for url in ("/etc/passwd", "http://127.0.0.1:9/", "file:///etc/passwd", "http://wsdl.invalid/b.xsd"):
        with pytest.raises(zeep.exceptions.TransportError):
            transport.load(url)
    with pytest.raises(zeep.exceptions.TransportError):
        transport.get("http://127.0.0.1:9/", {}, {})
    with pytest.raises(zeep.exceptions.TransportError):
        transport.post("http://127.0.0.1:9/", b"", {})
    with pytest.raises(zeep.exceptions.TransportError):
        transport.post_xml("http://127.0.0.1:9/", None, {})


def test_what_zeep_cannot_use_is_a_mistake(tmp_path: Path) -> None:
    """A contract that our reader accepts but zeep does not is a mistake of the build, without zeep's own text."""
    text = definitions(
        "<wsdl:message name='m'><wsdl:part name='p' type='xs:int'/></wsdl:message><wsdl:portType name='T'>"
        "<wsdl:operation name='Do'><wsdl:input message='t:m'/></wsdl:operation></wsdl:portType>"
        f"<wsdl:binding name='B' type='t:T'><soap:binding {HTTP}/><wsdl:operation name='Do'><wsdl:input><soap:body/>"
        "<soap:header message='t:m' part='p'/></wsdl:input></wsdl:operation></wsdl:binding>"
        "<wsdl:service name='S'><wsdl:port name='P' binding='t:B'/></wsdl:service>"
    )
    documents = read_documents(folder(tmp_path, a__wsdl=text), "a.wsdl")
    with pytest.raises(BuildError, match=r"^wsdl/a.wsdl: zeep cannot use this contract \(WsdlSyntaxError\) -> "):
        zeep_client(documents)


class Recording(ClosedTransport):
    """What a backend does: a transport with its own ``post_xml``."""

    def post_xml(self, address: str, envelope: object, headers: object) -> str:
        """Return the address instead of calling it."""
        return f"posted to {address}"


def test_a_backend_brings_its_own_post(tmp_path: Path) -> None:
    """A subclass makes the calls; with raw_response a call returns what its transport returned."""
    text = definitions(
        "<wsdl:types>" + schema("<xs:element name='Ask' type='xs:int'/>") + "</wsdl:types>"
        "<wsdl:message name='m'><wsdl:part name='p' element='t:Ask'/></wsdl:message><wsdl:portType name='T'>"
        "<wsdl:operation name='Do'><wsdl:input message='t:m'/><wsdl:output message='t:m'/></wsdl:operation>"
        "</wsdl:portType>"
        f"<wsdl:binding name='B' type='t:T'><soap:binding {HTTP}/><wsdl:operation name='Do'><wsdl:input>"
        f"<soap:body use='literal'/>"
        "</wsdl:input><wsdl:output><soap:body use='literal'/></wsdl:output></wsdl:operation></wsdl:binding>"
    )
    documents = read_documents(folder(tmp_path, a__wsdl=text), "a.wsdl")
    client = zeep_client(documents, Recording(documents), raw_response=True)
    service = client.create_service("{urn:t}B", "http://pinned.example/")
    assert "posted to http://pinned.example/" == service.Do(1)
