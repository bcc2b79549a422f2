"""Services, ports and operations of WSDL 1.1 with SOAP 1.1 and SOAP 1.2 bindings over HTTP.

An operation that cannot be resolved is left out with the reason, so that one bad message does not cost the contract.
A WSDL without any service (such as ONVIF's) offers each SOAP binding as a port and a service of the binding's name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from lxml import etree

from adapter.errors import BuildError
from adapter.wsdl.addressing import action_of, addressing_of, policies_of
from adapter.wsdl.documents import Documents
from adapter.wsdl.names import SOAP11_BINDING, SOAP12_BINDING, clark, documentation, line_of, wsdl, xsd
from adapter.wsdl.overloads import abstract_of, words
from adapter.wsdl.parts import Binding, Declared, Definitions, fault, message, soap_child
from adapter.wsdl.reasons import REASONS, Reason, Unresolved
from adapter.wsdl.schema import SchemaSet
from adapter.wsdl.types import Contract, Fault, Operation, Port, Service

_HTTP = ("http://schemas.xmlsoap.org/soap/http", "http://www.w3.org/2003/05/soap/bindings/HTTP/")
_KINDS = ("message", "portType", "binding", "service")


def read_services(documents: Documents, schemas: SchemaSet) -> Contract:
    """Return the contract of a set of documents. Raises BuildError where the root is neither WSDL 1.1 nor XSD."""
    root = documents.files[documents.root].root
    if root.tag not in (wsdl("definitions"), xsd("schema")):
        remedy = "export the contract as WSDL 1.1 (root element wsdl:definitions)"
        raise BuildError([documents.mistake(documents.root, root, "is not a WSDL 1.1 document", remedy)])
    definitions = Definitions(
        _declared(documents), schemas, dict(schemas.types), _paths(documents), policies_of(documents)
    )
    omitted: dict[str, Reason] = {}
    return Contract(
        file=documents.root,
        target_namespace=root.get("targetNamespace", ""),
        services=_services(definitions, omitted),
        types=definitions.types,
        elements=schemas.elements,
        substitutes=schemas.substitutes,
        omitted=omitted,
        attributes=schemas.attributes,
        flawed={key: reason for (kind, key), reason in schemas.flawed.reasons.items() if kind == "type"},
    )


def _paths(documents: Documents) -> dict[etree._Element, str]:
    """Return where the documents stand, by their roots."""
    return {found.root: f"{documents.folder}/{path}" for path, found in documents.files.items()}


def _declared(documents: Documents) -> dict[str, dict[str, Declared]]:
    """Return what all WSDL documents declare, by kind and key. ``wsdl:import`` is taken as transitive."""
    declared: dict[str, dict[str, Declared]] = {kind: {} for kind in _KINDS}
    for document in documents.files.values():
        if document.root.tag != wsdl("definitions"):
            continue
        for kind in _KINDS:
            for node in document.root.findall(wsdl(kind)):
                key = clark(document.root.get("targetNamespace", ""), (node.get("name") or "").strip())
                declared[kind].setdefault(key, Declared(key, node, document.path))
    return declared


def _services(definitions: Definitions, omitted: dict[str, Reason]) -> dict[str, Service]:
    """Return the services by name, with their SOAP ports only."""
    services: dict[str, Service] = {}
    for service in definitions.declared["service"].values():
        ports = {}
        for node in service.node.findall(wsdl("port")):
            name = node.get("name", "")
            try:
                binding = definitions.find("binding", node, node.get("binding") or "", service.namespace)
            except Unresolved as error:
                omitted[name] = error.at(definitions.path(node), line_of(node))
                continue
            address = soap_child(node, "address")
            location = address.get("location", "") if address is not None else ""
            if port := _port(definitions, name, binding, location, omitted):
                said = addressing_of((node, binding.node), definitions.policies)
                port = replace(port, addressing=said)
                ports[name] = port
        services.setdefault(service.node.get("name", ""), Service(service.node.get("name", ""), ports))
    if not services:
        for binding in definitions.declared["binding"].values():
            name = binding.node.get("name", "")
            if port := _port(definitions, name, binding, "", omitted):
                port = replace(port, addressing=addressing_of((binding.node,), definitions.policies))
                services[name] = Service(name, {name: port})
    return services


def _port(
    definitions: Definitions, name: str, binding: Declared, address: str, omitted: dict[str, Reason]
) -> Port | None:
    """Return a port with the operations of its binding, None where it does not speak SOAP over HTTP."""
    soap = next(binding.node.iterchildren(f"{{{SOAP11_BINDING}}}binding", f"{{{SOAP12_BINDING}}}binding"), None)
    operations = binding.node.findall(wsdl("operation"))
    if soap is None or soap.get("transport", _HTTP[0]) not in _HTTP:
        code = "not-soap" if soap is None else "not-http"
        reason = Reason(code, REASONS[code], definitions.path(binding.node), line_of(binding.node))
        omitted.update({f"{name}.{node.get('name')}": reason for node in operations})
        return None
    abstract = [_abstract(definitions, binding, node) for node in operations]
    known = [None if isinstance(each, Unresolved) else each for each in abstract]
    found: dict[str, Operation] = {}
    for node, meant, word in zip(operations, abstract, words(operations, known), strict=True):
        key = node.get("name", "") + (f"({word})" if word else "")
        try:
            if isinstance(meant, Unresolved):
                raise meant
            found[key] = _operation(definitions, name, binding, soap, node, meant, word)
        except Unresolved as error:
            omitted[f"{name}.{key}"] = error.at(definitions.path(node), line_of(node))
    version: Literal["1.1", "1.2"] = "1.2" if soap.tag == f"{{{SOAP12_BINDING}}}binding" else "1.1"
    return Port(name, version, address, found, binding.key)


def _operation(
    definitions: Definitions,
    port: str,
    binding: Declared,
    soap: etree._Element,
    node: etree._Element,
    abstract: etree._Element,
    overload: str,
) -> Operation:
    """Return one operation of a binding, joined with what its port type says. Raises Unresolved with the reason."""
    if not node.get("name", "").strip():
        raise Unresolved("binding-missing", "an operation has no name")
    bound = soap_child(node, "operation")
    style = (bound.get("style") if bound is not None else None) or soap.get("style") or "document"
    soap_namespace = str(soap.tag)[1:].rpartition("}")[0]
    name = node.get("name", "")
    kind: Literal["document", "rpc"] = "rpc" if style == "rpc" else "document"
    context = Binding(definitions, name, soap_namespace, kind, binding.namespace, port, overload)
    asked, answered = abstract.find(wsdl("input")), abstract.find(wsdl("output"))
    if asked is None:
        raise Unresolved("no-input", REASONS["no-input"])
    body = soap_child(node.find(wsdl("input")), "body")
    action = bound.get("soapAction", "") if bound is not None else ""
    return Operation(
        name=name,
        style=context.style,
        use="encoded" if body is not None and body.get("use") == "encoded" else "literal",
        soap_action=action,
        input=message(context, node.find(wsdl("input")), asked),
        output=message(context, node.find(wsdl("output")), answered) if answered is not None else None,
        faults=tuple(_faults(context, abstract)),
        doc=documentation(abstract) or documentation(node),
        overload=overload,
        action=action_of(abstract, action),
    )


def _faults(context: Binding, abstract: etree._Element) -> Iterator[Fault]:
    """Yield the declared faults; one whose element is unknown keeps its name, since the call works without it."""
    for node in abstract.findall(wsdl("fault")):
        try:
            yield fault(context, node)
        except Unresolved:
            yield Fault(node.get("name", ""), None)


def _abstract(definitions: Definitions, binding: Declared, node: etree._Element) -> etree._Element | Unresolved:
    """Return the port type's operation that an operation of a binding means, or the reason why there is none."""
    try:
        port_type = definitions.find("portType", binding.node, binding.node.get("type") or "", binding.namespace)
        return abstract_of(port_type.node, binding.node, node)
    except Unresolved as error:
        return error
