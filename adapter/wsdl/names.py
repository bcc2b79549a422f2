"""The namespaces of WSDL 1.1 and XML Schema 1.0, and the qualified names of what stands in them."""

from __future__ import annotations

from typing import Any

from lxml import etree

from adapter.wsdl.types import XSD

WSDL = "http://schemas.xmlsoap.org/wsdl/"
SOAP11_BINDING = "http://schemas.xmlsoap.org/wsdl/soap/"
SOAP12_BINDING = "http://schemas.xmlsoap.org/wsdl/soap12/"
SOAP12_ENCODING = "http://www.w3.org/2003/05/soap-encoding"
XML = "http://www.w3.org/XML/1998/namespace"
# Drafts of XML Schema, from before the recommendation of 2001; what they mean by their words differs.
DRAFTS = ("http://www.w3.org/1999/XMLSchema", "http://www.w3.org/2000/10/XMLSchema")


def xsd(local: str) -> str:
    """Return the Clark name of ``local`` in the XML Schema namespace."""
    return f"{{{XSD}}}{local}"


def wsdl(local: str) -> str:
    """Return the Clark name of ``local`` in the WSDL 1.1 namespace."""
    return f"{{{WSDL}}}{local}"


def clark(namespace: str, local: str) -> str:
    """Return ``{namespace}local``, or only ``local`` where there is no namespace."""
    return f"{{{namespace}}}{local}" if namespace else local


def schemas(root: etree._Element) -> list[etree._Element]:
    """Return the ``xsd:schema`` elements of a document: itself, or those below ``wsdl:types``."""
    return [root] if root.tag == xsd("schema") else root.findall(f"{wsdl('types')}/{xsd('schema')}")


def documentation(node: etree._Element) -> str:
    """Return the ``xsd:documentation`` or ``wsdl:documentation`` of a declaration, white space collapsed."""
    annotation = node.find(xsd("annotation"))
    texts = node.findall(wsdl("documentation")) if annotation is None else annotation.findall(xsd("documentation"))
    return "\n".join(filter(None, (" ".join("".join(map(str, text.itertext())).split()) for text in texts)))


def line_of(node: etree._Element | None) -> int:
    """Return the line that a node stands on, 0 for none."""
    line: Any = None if node is None else node.sourceline
    return int(line or 0)
