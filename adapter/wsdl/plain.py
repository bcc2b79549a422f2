"""A plain WSDL of what the contract tree says of calls: names, SOAP versions, actions; no types, no parts.

zeep makes the call from it (decision 0012). So nothing that zeep refuses or drops in the contract that somebody wrote
can stand in the way of an operation that the tree has. Operations are called by their keys, which are unique. The style
is left out: the body is ours, and for rpc zeep would make an element's name of the key.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from adapter.wsdl.documents import LOCAL, Document, Documents, catalog_key
from adapter.wsdl.names import SOAP11_BINDING, SOAP12_BINDING, WSDL, wsdl
from adapter.wsdl.types import Contract, Operation, Port

_OURS = f"{LOCAL}plain"
_NOTHING = "p:nothing"
_TRANSPORT = "http://schemas.xmlsoap.org/soap/http"


def plain_documents(contract: Contract) -> Documents:
    """Return the closed set whose one document is the plain WSDL of a contract."""
    root = _definitions(contract)
    path = "plain.wsdl"
    url = f"{LOCAL}{path}"
    document = Document(path, etree.tostring(root), root)
    return Documents(contract.file, path, url, {path: document}, {catalog_key(url): path}, {})


def _definitions(contract: Contract) -> Any:
    root = etree.Element(wsdl("definitions"), targetNamespace=_OURS, nsmap={"wsdl": WSDL, "p": _OURS})
    etree.SubElement(root, wsdl("message"), name="nothing")
    ports = [(service, port) for service in contract.services.values() for port in service.ports.values()]
    names = [f"port-{number}" for number in range(len(ports))]
    for name, (_, port) in zip(names, ports, strict=True):
        _port_type(root, name, port)
    for name, (_, port) in zip(names, ports, strict=True):
        _binding(root, name, port)
    waiting = iter(names)
    for service in contract.services.values():
        node = etree.SubElement(root, wsdl("service"), name=service.name)
        for port in service.ports.values():
            inner = etree.SubElement(node, wsdl("port"), name=port.name, binding=f"p:{next(waiting)}")
            etree.SubElement(inner, f"{{{_soap(port)}}}address", location=port.address)
    return root


def _port_type(root: Any, name: str, port: Port) -> None:
    node = etree.SubElement(root, wsdl("portType"), name=name)
    for key, operation in port.operations.items():
        inner = etree.SubElement(node, wsdl("operation"), name=key)
        for direction in _directions(operation):
            etree.SubElement(inner, wsdl(direction), message=_NOTHING)


def _binding(root: Any, name: str, port: Port) -> None:
    soap = _soap(port)
    node = etree.SubElement(root, wsdl("binding"), name=name, type=f"p:{name}")
    etree.SubElement(node, f"{{{soap}}}binding", transport=_TRANSPORT)
    for key, operation in port.operations.items():
        inner = etree.SubElement(node, wsdl("operation"), name=key)
        etree.SubElement(inner, f"{{{soap}}}operation", soapAction=operation.soap_action)
        for direction in _directions(operation):
            body = etree.SubElement(inner, wsdl(direction))
            etree.SubElement(body, f"{{{soap}}}body", use="literal")


def _directions(operation: Operation) -> tuple[str, ...]:
    return ("input",) if operation.output is None else ("input", "output")


def _soap(port: Port) -> str:
    return SOAP12_BINDING if port.soap_version == "1.2" else SOAP11_BINDING
