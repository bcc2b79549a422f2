"""The contract's own files over HTTP: the WSDL with this server's addresses, and all it imports, by absolute URLs."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from urllib.parse import parse_qs, quote, urlsplit

from lxml import etree

from adapter.virtual.any.ports import Place, address
from adapter.wsdl.documents import Documents
from adapter.wsdl.names import SOAP11_BINDING, SOAP12_BINDING, WSDL
from adapter.wsdl.types import XSD

_REFERENCES = {
    f"{{{WSDL}}}import": "location",
    f"{{{XSD}}}import": "schemaLocation",
    f"{{{XSD}}}include": "schemaLocation",
    f"{{{XSD}}}redefine": "schemaLocation",
}


def contract_file(documents: Documents, places: Iterable[Place], target: str, origin: str) -> bytes | None:
    """Return the file behind a request target: ``?wsdl`` at a port's path, ``/_contract?file=…`` for any file."""
    parts = urlsplit(target)
    served = list(places)
    if parts.path == "/_contract":
        path = parse_qs(parts.query).get("file", [""])[0]
        return _file(documents, served, path, origin) if path in documents.files else None
    if parts.query.lower() == "wsdl" and any(quote(place.path) == parts.path for place in served):
        return _file(documents, served, documents.root, origin)
    return None


def _file(documents: Documents, places: list[Place], path: str, origin: str) -> bytes:
    root = deepcopy(documents.files[path].root)
    for node in root.iter(*_REFERENCES):
        name = _REFERENCES[str(node.tag)]
        location = (node.get(name) or "").strip()
        if location and (found := documents.target(path, location)) is not None:
            node.set(name, f"{origin}/_contract?file={quote(found.path)}")
    addresses = {(place.service, place.port): address(origin, place) for place in places}
    for service in root.iter(f"{{{WSDL}}}service"):
        for port in service.iter(f"{{{WSDL}}}port"):
            served = addresses.get((service.get("name", ""), port.get("name", "")))
            for node in port.iter(f"{{{SOAP11_BINDING}}}address", f"{{{SOAP12_BINDING}}}address"):
                if served is not None:
                    node.set("location", served)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
