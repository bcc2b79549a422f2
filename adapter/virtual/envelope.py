"""SOAP envelopes in and out: SOAP 1.1 sections 4 and 6; SOAP 1.2 part 1 section 5, part 2 section 7."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message
from typing import Protocol

from lxml import etree

from adapter.virtual.contract import Operation, Port
from adapter.virtual.faults import ProtocolFault
from adapter.wsdl.types import SOAP11_ENVELOPE, SOAP12_ENVELOPE, XSI

MEDIA_TYPES = {SOAP11_ENVELOPE: "text/xml", SOAP12_ENVELOPE: "application/soap+xml"}
CODES12 = {"Client": "Sender", "Server": "Receiver"}
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer, whole."""

    status: int
    content_type: str
    body: bytes


class Speaking(Protocol):
    """A port, as far as an envelope needs it: the namespace of its envelopes."""

    @property
    def envelope(self) -> str:
        """The envelope's namespace."""


@dataclass(frozen=True, slots=True)
class Call:
    """A message that names an operation of its port and carries the headers it demands. ``root`` is the envelope."""

    port: Port
    operation: Operation
    root: etree._Element
    body: etree._Element


def action(headers: Message) -> str | None:
    """Return what SOAPAction (1.1) or the media type's ``action`` (1.2) says, unquoted; None when neither is there."""
    said = headers.get("SOAPAction")
    if said is None:
        parameter = headers.get_param("action")
        return parameter if isinstance(parameter, str) else None
    return said.strip().strip('"')


def read(port: Port, headers: Message, data: bytes) -> Call:
    """Read a message sent to a port. Raise ProtocolFault when it is not one of the port's."""
    wanted = MEDIA_TYPES[port.envelope]
    if headers.get_content_type() != wanted:
        raise ProtocolFault("Client", f"Content-Type has to be {wanted}, not {headers.get_content_type()}", 415)
    root = parsed(port, data, headers.get_param("charset"))
    body = root[-1]
    payload = next(body.iterchildren(etree.Element), None)
    if payload is None:
        raise ProtocolFault("Client", "the Body is empty")
    operation = port.operations.get(str(payload.tag))
    if operation is None:
        raise ProtocolFault("Client", f"{payload.tag} is not an operation of {port.path}")
    _check_action(port, operation, headers)
    _check_headers(port, operation, root)
    return Call(port, operation, root, body)


def parsed(port: Speaking, data: bytes, charset: object) -> etree._Element:
    """Return the envelope that the data are. Raise ProtocolFault where they are none of the port's."""
    encoding = charset if isinstance(charset, str) else None
    try:
        parser = etree.XMLParser(
            encoding=encoding, resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
        )
        root = etree.fromstring(data, parser)
    except LookupError as error:
        raise ProtocolFault("Client", f"charset {encoding!r} is not known") from error
    except etree.XMLSyntaxError as error:
        raise ProtocolFault("Client", f"not well-formed XML: {error.msg}") from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]  # lxml-stubs 0.5.1 knows no DocInfo
        raise ProtocolFault("Client", "a SOAP message must not carry a document type declaration")
    _check_envelope(port, root)
    return root


def _check_envelope(port: Speaking, root: etree._Element) -> None:
    qualified = etree.QName(root)
    if qualified.localname != "Envelope":
        raise ProtocolFault("Client", f"{root.tag} is not a SOAP envelope")
    if qualified.namespace != port.envelope:
        raise ProtocolFault("VersionMismatch", f"the envelope's namespace has to be {port.envelope}")
    if not len(root) or root[-1].tag != f"{{{port.envelope}}}Body":
        raise ProtocolFault("Client", "the envelope has no Body at its end")


def _check_action(port: Port, operation: Operation, headers: Message) -> None:
    said = action(headers)
    if said is None:
        if port.envelope == SOAP11_ENVELOPE:
            raise ProtocolFault("Client", "the header field SOAPAction is missing")
        return
    if said != operation.action:
        raise ProtocolFault("Client", f"SOAPAction {said!r} does not belong to {operation.name}")


def _check_headers(port: Port, operation: Operation, root: etree._Element) -> None:
    """Check that what is demanded is there, and nothing demands more; drop the attributes that SOAP adds."""
    header = root[0] if root[0].tag == f"{{{port.envelope}}}Header" else None
    blocks = [] if header is None else list(header)
    for block in blocks:
        must = block.get(f"{{{port.envelope}}}mustUnderstand", "").strip() in ("1", "true")
        if must and block.tag not in operation.headers:
            raise ProtocolFault("MustUnderstand", f"the header block {block.tag} is not understood")
        for attribute in [str(each) for each in block.attrib if str(each).startswith(f"{{{port.envelope}}}")]:
            del block.attrib[attribute]
    for demanded in operation.headers:
        if demanded not in [block.tag for block in blocks]:
            raise ProtocolFault("Client", f"the header block {demanded} is missing")


def reply(port: Speaking, children: Sequence[etree._Element]) -> etree._Element:
    """Return an envelope whose body holds ``children``."""
    envelope = etree.Element(f"{{{port.envelope}}}Envelope", nsmap={"soapenv": port.envelope, "xsi": XSI})
    etree.SubElement(envelope, f"{{{port.envelope}}}Body").extend(children)
    return envelope


def fault(port: Speaking, code: str, text: str, detail: etree._Element | None, language: str) -> etree._Element:
    """Return an envelope with a fault. ``code`` is the SOAP 1.1 name (Client, Server …)."""
    namespace = port.envelope
    element = etree.Element(f"{{{namespace}}}Fault", nsmap={"soapenv": namespace})
    if namespace == SOAP11_ENVELOPE:
        etree.SubElement(element, "faultcode").text = f"soapenv:{code}"
        etree.SubElement(element, "faultstring").text = text
        holder = "detail"
    else:
        value = etree.SubElement(etree.SubElement(element, f"{{{namespace}}}Code"), f"{{{namespace}}}Value")
        value.text = f"soapenv:{CODES12.get(code, code)}"
        reason = etree.SubElement(etree.SubElement(element, f"{{{namespace}}}Reason"), f"{{{namespace}}}Text")
        reason.text = text
        reason.set(XML_LANG, language.lower())
        holder = f"{{{namespace}}}Detail"
    if detail is not None:
        etree.SubElement(element, holder).append(detail)
    return reply(port, [element])


def fault_status(port: Speaking, code: str) -> int:
    """Return the HTTP status of a fault: always 500 with SOAP 1.1; 400 with SOAP 1.2 when the sender is to blame."""
    return 400 if code == "Client" and port.envelope == SOAP12_ENVELOPE else 500


def answer(port: Speaking, status: int, envelope: etree._Element) -> Answer:
    """Return an envelope as an HTTP answer."""
    data = etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")
    return Answer(status, f"{MEDIA_TYPES[port.envelope]}; charset=utf-8", data)
