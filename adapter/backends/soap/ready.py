"""zeep's input message, replaced: what goes into the body is XML already."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from lxml import etree
from zeep.wsdl.messages.base import SerializedMessage

from adapter.backends.soap.answer import NAMESPACES
from adapter.translate.markup import placed


@dataclass(frozen=True, slots=True)
class Content:
    """The children of ``soap:Body``, and the prefixes that their values (xsi:type) need declared above them."""

    children: list[Any]
    prefixes: Any = None

    @staticmethod
    def of(root: Any, bare: bool) -> Content:
        """Return what a message's root makes of the body."""
        if root is None:
            return Content([])
        return Content(list(root), root.nsmap) if bare else Content([root])


class ReadyInput:
    """Stands for zeep's input message of an operation, which would make XML of Python values: ours is XML already."""

    def __init__(self, version: str, action: str) -> None:
        self._namespace = NAMESPACES[version]
        self._http_headers = {"SOAPAction": f'"{action}"'} if version == "1.1" else {}

    def serialize(self, body: Content, headers: Sequence[Any]) -> SerializedMessage:
        """Return the envelope around what stands in its body, and header blocks."""
        envelope = etree.Element(f"{{{self._namespace}}}Envelope", nsmap={"soap": self._namespace})
        if headers:
            etree.SubElement(envelope, f"{{{self._namespace}}}Header").extend(headers)
        child = etree.SubElement(envelope, f"{{{self._namespace}}}Body", nsmap=body.prefixes)
        for each in body.children:
            placed(child, each)
        return SerializedMessage(path=None, headers=dict(self._http_headers), content=envelope)


def with_ready_input(operation: Any, version: str) -> Any:
    """Return zeep's operation with such an input message."""
    ours = copy(operation)
    ours.input = ReadyInput(version, operation.soapaction or "")
    return ours
