"""zeep's input message, replaced: what goes into the body is XML already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree
from zeep.wsdl.messages.base import SerializedMessage

from adapter import pieces
from adapter.backends.soap.answer import NAMESPACES
from adapter.translate.markup import placed
from adapter.translate.poured import Poured
from adapter.translate.written import Written, carried

# Stands in the body for text that is put there once the envelope is text too. Nothing else of an envelope can be a
# processing instruction (SOAP 1.1, section 3: a message must not contain one).
_PLACE = "content"
_MARK: bytes = etree.tostring(etree.ProcessingInstruction(_PLACE))


@dataclass(frozen=True, slots=True)
class Content:
    """The children of ``soap:Body``, and the prefixes that their values (xsi:type) need declared above them.

    ``text``: they are text, for which the envelope keeps a place. ``rows`` are what that text keeps a place for.
    """

    children: list[Any]
    prefixes: Any = None
    text: str | None = None
    rows: Iterator[bytes] | None = None

    @staticmethod
    def of(root: Any, bare: bool) -> Content:
        """Return what a message's root (``Written``, ``Poured`` or an element) makes of the body."""
        if root is None:
            return Content([])
        if isinstance(root, Poured):
            return replace(Content.of(root.frame, bare), rows=root.rows)
        if isinstance(root, Written):
            return Content([], root.nsmap if bare else None, root.content if bare else root.whole())
        return Content(list(root), root.nsmap) if bare else Content([root])


def envelope_bytes(envelope: Any, text: str | None) -> bytes:
    """Return an envelope in UTF-8, with the text that it keeps a place for. Raise ValueError as ``carried`` does."""
    data: bytes = etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
    if text is None:
        return data
    head, tail = parted(data)
    whole = head + carried(text) + tail
    pieces.turn()
    return whole


def parted(envelope: bytes) -> tuple[bytes, bytes]:
    """Return what stands in an envelope before and after the place that it keeps for text."""
    head, tail = envelope.split(_MARK)
    return head, tail


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
        if body.text is not None:
            child.append(etree.ProcessingInstruction(_PLACE))
        return SerializedMessage(path=None, headers=dict(self._http_headers), content=envelope)


def with_ready_input(operation: Any, version: str) -> Any:
    """Return zeep's operation with such an input message."""
    ours = copy(operation)
    ours.input = ReadyInput(version, operation.soapaction or "")
    return ours
