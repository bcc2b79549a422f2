"""Messages in parts: what travels beside an envelope is put into it, and taken out of an answer with attachments."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from email.message import Message
from typing import Any

from lxml import etree

from adapter.attachments import Packing, inline, unpacked
from adapter.errors import BackendReplyInvalid
from adapter.exchange import Reply
from adapter.virtual.any.ports import Served
from adapter.virtual.envelope import MEDIA_TYPES, Answer
from adapter.virtual.faults import ProtocolFault
from adapter.wsdl.types import Contract

_MOST = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Beside:
    """Puts together and takes apart the messages of one contract."""

    contract: Contract
    packings: dict[str, Packing] = field(default_factory=dict)

    def restore(self, call: Served, root: Any, reply: Reply) -> None:
        """Put the parts of a request into its body. Raise ProtocolFault where one is missing."""
        try:
            if reply.parts:  # else it is no package, and a reference is only an element (XOP, section 3.1)
                inline(root, reply.parts)
            self._packing(call).restore(root[-1], reply.parts)
        except BackendReplyInvalid as error:
            raise ProtocolFault("Client", error.cause) from error

    def packed(self, call: Served, envelope: str, answer: Answer) -> Answer:
        """Return an answer with its attachments beside the envelope, where it has some."""
        packing = self._packing(call)
        if not packing.needed or not answer.body:
            return answer
        packed = packing.packed(etree.fromstring(answer.body), MEDIA_TYPES[envelope], None)
        if packed is None:
            return answer
        return replace(answer, content_type=packed.content_type, body=b"".join(packed.body))

    def _packing(self, call: Served) -> Packing:
        if call.name not in self.packings:
            self.packings[call.name] = Packing(self.contract, call.operation.output, call.operation.input)
        return self.packings[call.name]


def request(headers: Message, data: bytes) -> Reply:
    """Return the envelope of a request with its media type, and the parts beside it. Raise ProtocolFault for none."""
    try:
        return unpacked(Reply(200, {"content-type": headers.get("Content-Type", "")}, data), _MOST)
    except BackendReplyInvalid as error:
        raise ProtocolFault("Client", error.cause, 400) from error
