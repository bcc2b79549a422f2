"""Namespace prefixes of one message: handed out while compiling, so that every message declares the same few."""

from __future__ import annotations

from adapter.wsdl.types import SOAP11_ENCODING, XSD, XSI

_KNOWN = {XSI: "xsi", XSD: "xsd", SOAP11_ENCODING: "soapenc"}


class Prefixes:
    """Grows while an operation is compiled; requests only read ``nsmap``."""

    def __init__(self) -> None:
        self.nsmap: dict[str, str] = {"xsi": XSI}
        self._by_namespace: dict[str, str] = {XSI: "xsi"}

    def of(self, namespace: str) -> str:
        """Return the prefix of a namespace; the empty namespace has none."""
        if not namespace:
            return ""
        if namespace not in self._by_namespace:
            prefix = _KNOWN.get(namespace) or f"n{len(self._by_namespace) - 1}"
            self._by_namespace[namespace] = prefix
            self.nsmap[prefix] = namespace
        return self._by_namespace[namespace]

    def knows(self, namespace: str) -> bool:
        """Whether a namespace has a prefix already."""
        return namespace in self._by_namespace

    def qname(self, key: str) -> str:
        """Return a Clark name as prefix and local name, for xsi:type and soapenc:arrayType."""
        namespace, _, local = key.removeprefix("{").rpartition("}")
        prefix = self.of(namespace)
        return f"{prefix}:{local}" if prefix else local
