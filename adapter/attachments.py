"""Binary values beside the envelope: MTOM (XOP) and SOAP with Attachments, out of a finished envelope and back into it.

Rule 1: signatures are made before and checked after: XOP and attachments change how values travel, not what they are.
Rule 2: an answer in parts is always understood. Requests go in parts where the mapping or the contract says so.
Rule 3: a value that may be large is sent from where it stands, in pieces; nothing is joined.
"""

from __future__ import annotations

import binascii
import uuid
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from lxml import etree

from adapter import pieces
from adapter.exchange import Reply, reply_invalid
from adapter.exchange.multipart import MEDIA_TYPE, Parts, Related, Sending, content_id, parameters
from adapter.mapping.binary import UPLOADED
from adapter.messages import Upload
from adapter.wsdl.binary import SWA_REF, BinaryPlaces
from adapter.wsdl.types import Attachment, Contract, Message

XOP = "http://www.w3.org/2004/08/xop/include"
_INCLUDE = f"{{{XOP}}}Include"
_XOP_TYPE = "application/xop+xml"
CID = "cid:"
# A shorter value costs less inside the envelope than a part's header.
_SMALL = 1024
_DOMAIN = "adapter"
_ROOT = "root@adapter"


@dataclass(frozen=True, slots=True)
class Packed:
    """A request body in parts: what goes over the wire, and its Content-Type."""

    body: Related
    content_type: str


class Packing:
    """How the binary values of the messages travel that one side of an operation sends and takes.

    ``mtom``: values that are not short are sent as parts.
    """

    def __init__(self, contract: Contract, sends: Message | None, takes: Message | None, mtom: bool = False) -> None:
        self._places = BinaryPlaces(contract)
        self._sends, self._takes = sends or Message(None), takes or Message(None)
        self._mtom = mtom
        messages = (self._sends, self._takes)
        roots = [each.root.type for each in messages if each.root is not None]
        self.needed = any(each.attachments for each in messages) or any(map(self._places.any, roots))

    def packed(self, envelope: Any, media_type: str, upload: Upload | None) -> Packed | None:
        """Take binary values out of an envelope; None where all of it stays in one piece."""
        body = envelope.find(f"{{{etree.QName(envelope).namespace}}}Body")
        parts = [*self._attached(body, upload), *self._values(body, upload)]
        if not parts:
            return None
        boundary = f"=_{uuid.uuid4().hex}"
        kind, more = (_XOP_TYPE, f'; type="{media_type}"') if self._mtom else (media_type, "")
        head = {"Content-Type": f"{kind}; charset=utf-8{more}", "Content-ID": f"<{_ROOT}>"}
        head["Content-Transfer-Encoding"] = "8bit"
        root = Sending(head, etree.tostring(envelope, xml_declaration=True, encoding="utf-8"))
        says = f'{MEDIA_TYPE}; boundary="{boundary}"; type="{kind}"; start="<{_ROOT}>"'
        says += f'; start-info="{media_type}"' if self._mtom else ""
        return Packed(Related(boundary, (root, *parts)), says)

    def restore(self, body: Any, parts: Mapping[str, bytes]) -> None:
        """Put attachments back into a body: by name or in order, and into what refers to them."""
        host = _host(body, self._takes)
        left = dict(parts)
        for each in self._takes.attachments if host is not None else ():
            name = _named(each, left)
            if name is not None:
                content = left.pop(name)
                etree.SubElement(host, each.tag).text = _encoded(content) if each.binary else _text(content)
        for element, key in list(self._below(body, self._takes)):
            if key == SWA_REF and element.text:
                name = unquote(element.text.strip().removeprefix(CID))
                if name not in parts:
                    raise reply_invalid("an attachment is missing")
                element.text = _encoded(parts[name])

    def _attached(self, body: Any, upload: Upload | None) -> Iterator[Sending]:
        """Take the parts out that the binding says are attachments (WS-I Attachments Profile 1.0, section 3.8)."""
        host = _host(body, self._sends)
        for each in self._sends.attachments if host is not None else ():
            for element in host.findall(each.tag):
                host.remove(element)
                text = element.text or ""
                fields = _fields(each.media_type, f"{quote(each.tag, safe='')}={uuid.uuid4().hex}@{_DOMAIN}")
                if text == UPLOADED and upload is not None:
                    yield Sending(fields, upload, upload.size)
                else:
                    yield Sending(fields, _decoded(text) if each.binary else text.encode("utf-8"))

    def _values(self, body: Any, upload: Upload | None) -> Iterator[Sending]:
        for element, key in list(self._below(body, self._sends)):
            text = element.text or ""
            if text == UPLOADED and upload is not None:
                yield _moved(element, key, upload, upload.size)
            elif (key == SWA_REF and text) or (self._mtom and len(text) > _SMALL):
                yield _moved(element, key, _decoded(text), None)

    def _below(self, body: Any, message: Message) -> Iterator[tuple[Any, str]]:
        """Yield the binary elements of a message; none of those that travel as parts of their own."""
        root = body if message.bare else next(iter(body), None)
        if root is not None and message.root is not None:
            beside = {each.tag for each in message.attachments}
            found = self._places.below(root, message.root.type)
            yield from ((element, key) for element, key in found if element.tag not in beside)


def _host(body: Any, message: Message) -> Any:
    """Return what attachments are children of in the tree: the body, or the one element in it."""
    return body if message.bare else next(iter(body), None)


def _moved(element: Any, key: str, content: bytes | Upload, size: int | None) -> Sending:
    """Leave a reference in place of a value."""
    name = f"{uuid.uuid4().hex}@{_DOMAIN}"
    if key == SWA_REF:
        element.text = CID + name
        return Sending(_fields("application/octet-stream", name), content, size)
    element.text = None
    etree.SubElement(element, _INCLUDE, nsmap={"xop": XOP}).set("href", CID + name)
    return Sending(_fields("application/octet-stream", name), content, size)


def _fields(media_type: str, name: str) -> dict[str, str]:
    return {"Content-Type": media_type, "Content-ID": f"<{name}>", "Content-Transfer-Encoding": "binary"}


def _encoded(content: bytes) -> str:
    return b64encode(content).decode("ascii")


def _decoded(text: str) -> bytes:
    # The writer made this text, so it is base64; a space is all that may stand in it besides.
    return binascii.a2b_base64("".join(text.split()))


def unpacked(reply: Reply, most: int) -> Reply:
    """Return the root part of an answer in parts as the answer, with the other parts by Content-ID."""
    if reply.media_type != MEDIA_TYPE:
        return reply
    parts = Parts(reply.headers.get("content-type", ""), pieces.cut(reply.body))
    found = [(part.id, part.headers, part.whole(most)) for part in parts]
    if not found:
        raise reply_invalid("multipart without parts")
    start = content_id(parts.parameters.get("start", ""))
    index = next((number for number, (name, _, _) in enumerate(found) if start and name == start), 0)
    _, headers, root = found.pop(index)
    others = {name or f"#{number}": content for number, (name, _, content) in enumerate(found)}
    return Reply(reply.status, root_headers(reply.headers, headers), root, others)


def root_headers(reply: Mapping[str, str], part: Mapping[str, str]) -> dict[str, str]:
    """Return the header fields of an answer whose envelope is one part: the envelope's own media type counts."""
    kind = part.get("content-type", "")
    if kind.partition(";")[0].strip().lower() == _XOP_TYPE:
        kind = "; ".join([parameters(kind).get("type", ""), *kind.split(";")[1:]])
    return {**reply, "content-type": kind}


def inline(root: Any, parts: Mapping[str, bytes], awaited: bool = False) -> None:
    """Put the values of XOP references back into the envelope. ``awaited``: one that is not there yet stays a cid."""
    # In an answer of one piece it is an element like others: some contracts declare it.
    for reference in list(root.iter(_INCLUDE)) if parts or awaited else ():
        name = unquote((reference.get("href") or "").removeprefix(CID))
        element = reference.getparent()
        if element is None or len(element) != 1 or (element.text or "").strip():
            raise reply_invalid("an XOP reference beside other content")
        element.remove(reference)
        if name in parts:
            element.text = _encoded(parts[name])
        elif awaited:
            element.text = CID + name
        else:
            raise reply_invalid("an attachment is missing")


def _named(each: Attachment, parts: Mapping[str, bytes]) -> str | None:
    """Return the Content-ID of the part of this name, else of the first that is left."""
    for name in parts:
        if unquote(name.partition("=")[0]) == each.tag:
            return name
    return next(iter(parts), None)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise reply_invalid("an attachment is not the text that the contract says") from None
