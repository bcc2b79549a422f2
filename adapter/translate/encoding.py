"""What rpc/encoded adds to a message (SOAP 1.1 section 5): xsi:type on every accessor, arrayType on arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lxml import etree

from adapter.mapping.paths import children
from adapter.translate.prefixes import Prefixes
from adapter.wsdl.types import SOAP11_ENCODING, SOAP11_ENVELOPE, XSD, XSI, Contract, Record

_TYPE = f"{{{XSI}}}type"
_NIL = f"{{{XSI}}}nil"
_ARRAY_TYPE = f"{{{SOAP11_ENCODING}}}arrayType"
_STYLE = f"{{{SOAP11_ENVELOPE}}}encodingStyle"


class Encoding:
    """Marks elements of an encoded message; for literal use every mark does nothing."""

    def __init__(self, contract: Contract, prefixes: Prefixes, encoded: bool) -> None:
        self.contract, self.prefixes, self.encoded = contract, prefixes, encoded

    def mark(self, key: str) -> Callable[[Any], None]:
        """Return the function that marks a finished element of type ``key``."""
        if not self.encoded:
            return nothing
        kind = self.contract.types.get(key)
        if isinstance(kind, Record) and kind.soap_array:
            item = next(children(kind)).element.type
            return _array(self.prefixes.qname(f"{{{SOAP11_ENCODING}}}Array"), self.prefixes.qname(item))
        if "/" in key.rpartition("}")[2] or key.endswith(("#input", "#output")):
            return nothing
        return _typed(self.prefixes.qname(key))

    def root(self, key: str) -> Callable[[Any], None]:
        """Return the function that finishes the wrapper: every part is there, those without a value as xsi:nil."""
        if not self.encoded:
            return nothing
        kind = self.contract.types[key]
        self.prefixes.of(XSD)
        tags = [child.element.tag for child in children(kind)] if isinstance(kind, Record) else []

        def finish(wrapper: Any) -> None:
            wrapper.set(_STYLE, SOAP11_ENCODING)
            present = {child.tag: child for child in wrapper}
            for child in list(wrapper):
                wrapper.remove(child)
            for tag in tags:
                if tag in present:
                    wrapper.append(present[tag])
                else:
                    etree.SubElement(wrapper, tag).set(_NIL, "true")

        return finish


def nothing(element: Any) -> None:
    """Leave a literal element as it is."""


def _typed(name: str) -> Callable[[Any], None]:
    def mark(element: Any) -> None:
        if element.get(_NIL) is None and element.get(_TYPE) is None:
            element.set(_TYPE, name)

    return mark


def _array(array: str, item: str) -> Callable[[Any], None]:
    def mark(element: Any) -> None:
        if element.get(_NIL) is None:
            element.set(_TYPE, array)
            element.set(_ARRAY_TYPE, f"{item}[{len(element)}]")

    return mark
