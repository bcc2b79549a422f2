"""Requests of any contract: which operation they call, and whether they are what it asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.message import Message

from lxml import etree

from adapter.virtual.any.beside import Beside, request
from adapter.virtual.any.inlined import inlined
from adapter.virtual.any.ports import Place, Served, meant
from adapter.virtual.envelope import MEDIA_TYPES, action, parsed
from adapter.virtual.faults import ProtocolFault
from adapter.wsdl.check import Checker, Objection
from adapter.wsdl.types import SOAP11_ENVELOPE

# Blocks of these are understood wherever they come: the pretend ERP believes everybody, and answers where it is asked.
_UNDERSTOOD = (
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
    "http://www.w3.org/2005/08/addressing",
    "http://schemas.xmlsoap.org/ws/2004/08/addressing",
)


@dataclass(frozen=True, slots=True)
class AnyCall:
    """A message that calls an operation, and how it came (``headers``, ``data``).

    ``body`` are the body's children, ``texts`` what they hold, by name. ``others`` are operations that it can mean too.
    """

    place: Place
    operation: Served
    root: etree._Element
    body: list[etree._Element]
    texts: dict[str, str]
    headers: Message
    data: bytes
    others: tuple[Served, ...] = ()


def message(place: Place, headers: Message, data: bytes, beside: Beside) -> AnyCall:
    """Read a message sent to a port, as far as to know what it calls. Raise ProtocolFault where it is none."""
    wanted, came = MEDIA_TYPES[place.envelope], request(headers, data)
    if came.media_type != wanted:
        raise ProtocolFault("Client", f"Content-Type has to be {wanted}, not {came.media_type}", 415)
    root = parsed(place, came.body, headers.get_param("charset"))
    said = action(headers)
    if said is None and place.envelope == SOAP11_ENVELOPE:
        raise ProtocolFault("Client", "the header field SOAPAction is missing")
    body = list(root[-1].iterchildren(etree.Element))
    served, *others = meant(place, body, said)
    beside.restore(served, root, came)
    return AnyCall(place, served, root, body, {}, headers, data, tuple(others))


def checked(checkers: Mapping[str, Checker], call: AnyCall) -> AnyCall:
    """Hold a call against its operation's contract. Raise ProtocolFault, with the reason, where it is not what it says.

    ``checkers`` are by the use of messages, literal and encoded. The call that is returned has every value in its
    place, and its texts by name. Of overloaded operations it is the first whose contract holds.
    """
    problems = []
    for served in (call.operation, *call.others):
        try:
            return _held(checkers, replace(call, operation=served))
        except ProtocolFault as problem:
            problems.append(problem)
    raise problems[0]


def _held(checkers: Mapping[str, Checker], call: AnyCall) -> AnyCall:
    operation = call.operation.operation
    checker = checkers[operation.use]
    body = inlined(call.body) if operation.use == "encoded" else call.body
    _headers(checker, call)
    root, texts = operation.input.root, dict[str, str]()
    for node in _roots(call, body):
        try:
            if root is not None:
                checker.check(root, node, texts)
        except Objection as no:
            raise ProtocolFault("Client", str(no)) from no
    return replace(call, body=body, texts=texts)


def _roots(call: AnyCall, body: list[etree._Element]) -> list[etree._Element]:
    """Return the root of the message, none where its body is empty. Raise ProtocolFault where the body has another."""
    operation = call.operation.operation
    root = operation.input.root
    if root is not None and operation.input.bare:
        # Parsed again it has all prefixes that its values need; what others wrote onto it is not a matter of ours.
        whole = etree.fromstring(etree.tostring(call.root[-1]))
        whole.attrib.clear()
        return [whole]
    takes = int(root is not None)
    if len(body) != takes:
        raise ProtocolFault("Client", f"the Body has {len(body)} elements; {operation.name} takes {takes}")
    if root is not None and body[0].tag != root.tag:
        raise ProtocolFault("Client", f"the Body holds {body[0].tag} where {root.tag} belongs")
    return body


def _headers(checker: Checker, call: AnyCall) -> None:
    """Check the header blocks that the contract knows; refuse others only if they must be understood."""
    envelope = call.place.envelope
    declared = {each.element.tag: each for each in call.operation.operation.input.headers}
    first = call.root[0]
    blocks = list(first.iterchildren(etree.Element)) if first.tag == f"{{{envelope}}}Header" else []
    for block in blocks:
        must = block.get(f"{{{envelope}}}mustUnderstand", "").strip() in ("1", "true")
        for name in [str(each) for each in block.attrib if str(each).startswith(f"{{{envelope}}}")]:
            del block.attrib[name]
        known = declared.get(str(block.tag))
        if known is not None:
            try:
                checker.check(known.element, block)
            except Objection as no:
                raise ProtocolFault("Client", f"header block {no}") from no
        elif must and etree.QName(block).namespace not in _UNDERSTOOD:
            raise ProtocolFault("MustUnderstand", f"the header block {block.tag} is not understood")
    for tag, header in declared.items():
        if header.required and tag not in [str(block.tag) for block in blocks]:
            raise ProtocolFault("Client", f"the header block {tag} is missing")
