"""The contract's own files over HTTP: the WSDL with this server's address in it, and the schemas it imports."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from lxml import etree

from adapter.virtual.contract import BINDINGS, Port, parser


def contract_file(ports: Iterable[Port], target: str, origin: str) -> bytes | None:
    """Return the file behind a request target, or None.

    ``?wsdl`` at a port's path is its WSDL, with addresses below ``origin`` (``http://host:port``). A schema lies where
    the WSDL's relative imports lead a client: beside the port's path.
    """
    parts = urlsplit(target)
    path = unquote(parts.path)
    for port in ports:
        if path == port.path and parts.query.lower() == "wsdl":
            return _wsdl(port, origin)
        beside = PurePosixPath(port.path).parent
        if path.endswith(".xsd") and PurePosixPath(path).is_relative_to(beside):
            folder = port.wsdl.parent.resolve()
            file = (folder / PurePosixPath(path).relative_to(beside)).resolve()
            if file.is_relative_to(folder) and file.is_file():
                return file.read_bytes()
    return None


def _wsdl(port: Port, origin: str) -> bytes:
    tree = etree.parse(str(port.wsdl), parser())
    for namespace in BINDINGS:
        for address in tree.iter(f"{{{namespace}}}address"):
            address.set("location", origin + urlsplit(address.get("location", "")).path)
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8")
