"""WS-Addressing 1.0 of a call: what is sent, who answers where, and which message an answer belongs to.

zeep has a plugin for this. Ours says where the answer goes, marks what must be understood, knows the form of 2004, and
takes the action that the contract tree settled (``wsdl.addressing``); it is called by zeep like that one.

Sources: WS-Addressing 1.0 Core (sections 3.2 and 3.4) and SOAP Binding (section 5.1), and the submission of 2004.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from lxml import etree
from zeep.plugins import Plugin

from adapter.wsdl.addressing import WSA10, WSA2004
from adapter.wsdl.types import Operation

NAMESPACES = (WSA10, WSA2004)
_ANONYMOUS: Mapping[str, str] = {WSA10: f"{WSA10}/anonymous", WSA2004: f"{WSA2004}/role/anonymous"}
_REPLY = ("", f"{WSA10}/reply", "Reply")


class WsAddressing(Plugin):
    """What zeep applies to the envelope of one call. ``message_id`` is what the answer must relate to."""

    def __init__(self, namespace: str, operation: Operation) -> None:
        """``namespace`` is that of the header blocks."""
        self.namespace, self.action = namespace, operation.action
        # Somebody waits for the answer, in the connection that asked.
        self.answered = operation.output is not None
        self.message_id = f"urn:uuid:{uuid.uuid4()}"

    def egress(self, envelope: Any, http_headers: Any, operation: Any, binding_options: Mapping[str, str]) -> Any:
        """Put the header blocks in front of those that are there."""
        soap = etree.QName(envelope).namespace
        header = envelope.find(f"{{{soap}}}Header")
        if header is None:
            header = etree.Element(f"{{{soap}}}Header")
            envelope.insert(0, header)
        texts = {"Action": self.action, "MessageID": self.message_id, "To": binding_options["address"]}
        for index, (name, text) in enumerate(texts.items()):
            block = etree.Element(f"{{{self.namespace}}}{name}", nsmap={"wsa": self.namespace})
            block.text = text
            if name != "MessageID":
                block.set(f"{{{soap}}}mustUnderstand", "1")
            header.insert(index, block)
        if self.answered:
            to = etree.Element(f"{{{self.namespace}}}ReplyTo", nsmap={"wsa": self.namespace})
            etree.SubElement(to, f"{{{self.namespace}}}Address").text = _ANONYMOUS[self.namespace]
            header.insert(len(texts), to)
        return envelope, http_headers


def relates(root: Any, message_id: str) -> bool:
    """Whether an answer, where it says what it is an answer to, says our message."""
    found = [
        (block.text or "").strip()
        for namespace in NAMESPACES
        for block in root.iterfind(f"{{*}}Header/{{{namespace}}}RelatesTo")
        if (block.get("RelationshipType") or "").rpartition(":")[2] in _REPLY
        or block.get("RelationshipType") == _REPLY[1]
    ]
    return not found or message_id in found
