"""What the pretend ERP serves, read from its own WSDL files: ports, operations, headers, SOAPActions.

Only what these two contracts use is understood (WSDL 1.1: one part per document message, types in ``wsdl:types``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import etree

from adapter.wsdl.types import SOAP11_ENVELOPE, SOAP12_ENVELOPE, XSD

WSDL = "http://schemas.xmlsoap.org/wsdl/"
BINDINGS = {
    "http://schemas.xmlsoap.org/wsdl/soap/": SOAP11_ENVELOPE,
    "http://schemas.xmlsoap.org/wsdl/soap12/": SOAP12_ENVELOPE,
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation at one port: the body's child in either direction, and the header blocks it demands.

    ``parts`` and ``results`` are pairs of name and type (Clark names) for rpc; empty for document style.
    """

    name: str
    action: str
    input: str
    output: str
    headers: tuple[str, ...]
    parts: tuple[tuple[str, str], ...] = ()
    results: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Port:
    """One port: the URL path it answers at, the namespace of its envelopes, its operations by the body's child."""

    path: str
    envelope: str
    encoded: bool
    wsdl: Path
    operations: Mapping[str, Operation]


def read_ports(wsdl: Path) -> tuple[Port, ...]:
    """Return the SOAP ports of a WSDL file."""
    root = etree.parse(str(wsdl), parser()).getroot()
    return tuple(
        _port(root, wsdl, port, namespace)
        for port in root.iterfind(f"{{{WSDL}}}service/{{{WSDL}}}port")
        for namespace in BINDINGS
        if port.find(f"{{{namespace}}}address") is not None
    )


def parser() -> etree.XMLParser:
    """Return a parser for files of the project: it opens nothing over the network and expands no entities."""
    return etree.XMLParser(no_network=True, resolve_entities=False, remove_comments=True)


def clark(element: etree._Element, qname: str) -> str:
    """Resolve a prefixed name where it stands."""
    prefix, _, local = qname.strip().rpartition(":")
    namespace = element.nsmap.get(prefix or None)
    return f"{{{namespace}}}{local}" if namespace else local


def _port(root: etree._Element, wsdl: Path, port: etree._Element, soap: str) -> Port:
    address = port.find(f"{{{soap}}}address")
    assert address is not None
    binding = _named(root, "binding", port.get("binding", ""))
    port_type = _named(root, "portType", binding.get("type", ""))
    operations = [
        _operation(root, port_type, each, soap) for each in binding.iterfind(f"{{{WSDL}}}operation")
    ]  # fmt: skip
    return Port(
        path=unquote(urlsplit(address.get("location", "")).path),
        envelope=BINDINGS[soap],
        encoded=any(body.get("use") == "encoded" for body in binding.iter(f"{{{soap}}}body")),
        wsdl=wsdl,
        operations={operation.input: operation for operation in operations},
    )


def _operation(root: etree._Element, port_type: etree._Element, bound: etree._Element, soap: str) -> Operation:
    name = bound.get("name", "")
    described = next(each for each in port_type.iterfind(f"{{{WSDL}}}operation") if each.get("name") == name)
    sent, answered = _parts(root, described, "input"), _parts(root, described, "output")
    body = bound.find(f"{{{WSDL}}}input/{{{soap}}}body")
    action = bound.find(f"{{{soap}}}operation")
    assert body is not None
    assert action is not None
    rpc = body.get("use") == "encoded"
    namespace = body.get("namespace", "")
    return Operation(
        name=name,
        action=action.get("soapAction", ""),
        input=f"{{{namespace}}}{name}" if rpc else sent[0][1],
        output=f"{{{namespace}}}{name}Response" if rpc else answered[0][1],
        headers=tuple(_header(root, each) for each in bound.iterfind(f"{{{WSDL}}}input/{{{soap}}}header")),
        parts=sent if rpc else (),
        results=answered if rpc else (),
    )


def _header(root: etree._Element, header: etree._Element) -> str:
    message = _named(root, "message", header.get("message", ""))
    part = next(each for each in message if each.get("name") == header.get("part"))
    return clark(part, part.get("element", ""))


def _parts(root: etree._Element, operation: etree._Element, direction: str) -> tuple[tuple[str, str], ...]:
    reference = operation.find(f"{{{WSDL}}}{direction}")
    assert reference is not None
    message = _named(root, "message", reference.get("message", ""))
    return tuple(
        (part.get("name", ""), clark(part, part.get("element", "") or part.get("type", "")))
        for part in message.iterfind(f"{{{WSDL}}}part")
    )


def _named(root: etree._Element, kind: str, qname: str) -> etree._Element:
    wanted = qname.rpartition(":")[2]
    return next(each for each in root.iterfind(f"{{{WSDL}}}{kind}") if each.get("name") == wanted)


def inline_schemas(wsdl: Path) -> list[etree._Element]:
    """Return the schemas that stand in a WSDL file."""
    return etree.parse(str(wsdl), parser()).getroot().findall(f"{{{WSDL}}}types/{{{XSD}}}schema")
