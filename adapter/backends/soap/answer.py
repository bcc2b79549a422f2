"""From the bytes of an answer to the one element that counts: the root of the reply message, or a fault.

Rule 1: the body decides, not the status: a fault is a fault with 200 as well as with 500 (SOAP 1.1 section 6.2 asks
        for 500; many servers do not listen), and an error status without a fault is no answer.
Rule 2: nothing in the XML makes the parser read, expand or grow: no DTD, no entity, no network, libxml2's own limits.
Rule 3: where answers are signed, what is read is what was verified, a fault too. A status says nothing then.
Rule 4: what is odd but clear is read and noted. Notes are fixed words, so that they can be counted.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from lxml import etree

from adapter import pieces
from adapter.attachments import inline
from adapter.backends.soap.addressing import NAMESPACES as NAMESPACES_OF_ADDRESSING
from adapter.backends.soap.addressing import relates
from adapter.backends.soap.fed import check, fed
from adapter.errors import BackendFault, BackendReplyInvalid
from adapter.exchange import Reply, reply_invalid
from adapter.translate.fault import FaultParts
from adapter.wsdl.types import SOAP11_ENVELOPE, SOAP12_ENVELOPE, Message
from adapter.wsse.names import SECURITY
from adapter.wsse.refused import Unverified, unverified

NAMESPACES = {"1.1": SOAP11_ENVELOPE, "1.2": SOAP12_ENVELOPE}
MEDIA_TYPES = {"1.1": "text/xml", "1.2": "application/soap+xml"}
_ROOTS = {f"{{{namespace}}}Envelope": version for version, namespace in NAMESPACES.items()}
_HEADERS, _BODIES, _FAULTS = (
    {version: f"{{{namespace}}}{name}" for version, namespace in NAMESPACES.items()}
    for name in ("Header", "Body", "Fault")
)
_REFUSALS = (401, 403)
# Whose fault it is. Versions and headers that are not understood are ours: SOAP 1.1, section 4.4.1; 1.2 part 1, 5.4.6.
_SIDES = {"Client": "client", "Sender": "client", "Server": "server", "Receiver": "server",
          "VersionMismatch": "client", "MustUnderstand": "client", "DataEncodingUnknown": "client"}  # fmt: skip
_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DECLARED = re.compile(rb"<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z][A-Za-z0-9._-]*)")
_LARGE = 100_000
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,60}")
PARSING: Mapping[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "attribute_defaults": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
"""How every answer is parsed; see rule 2."""
Verify = Callable[[Any], Any]
_CHARSET = re.compile(r"charset\s*=\s*\"?([A-Za-z][A-Za-z0-9._:-]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """An opened envelope: the root of the reply message or the fault, and what was odd.

    ``child`` is the body's first element (None for an empty body), or the body itself where the message is ``bare`` or
    empty.
    """

    child: Any
    fault: FaultParts | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """What becomes of the parts beside an envelope. ``awaited``: some have not arrived yet."""

    restore: Callable[[Any, Mapping[str, bytes]], None] = lambda body, parts: None
    awaited: bool = False


NOTHING = Beside()


def open_answer(
    reply: Reply,
    version: str,
    output: Message | None,
    *,
    verify: Verify | None = None,
    message_id: str = "",
    strict: bool = False,
    beside: Beside = NOTHING,
) -> Answer:
    """Open the envelope of an answer from a port of SOAP ``version`` that should hold the message ``output``.

    A one-way call (None) is content with any success, and one whose reply message is empty with nothing at all.
    ``verify`` returns the Body of an envelope that is shown to be the ERP's, or raises Unverified. ``message_id`` is
    that of WS-Addressing, to which the answer may say that it relates; "" where the call had none. ``strict``
    refuses an envelope of the other version.

    Raises BackendReplyInvalid for what is no SOAP answer, and BackendFault with problem ``backend-refused-us`` where
    the endpoint refuses us by status alone.
    """
    succeeded = reply.status < 300
    try:
        answer = _opened(reply, version, verify, is_body(output), message_id, beside)
    except Unverified:
        raise
    except BackendReplyInvalid as error:
        said = bool(reply.body.strip())
        if succeeded and (output is None or (output.root is None and not said)):
            return Answer(None, notes=("body-after-one-way",) if said else ())
        if verify is not None:
            raise unverified(f"status {reply.status}: {error.cause}") from None
        _check_refusal(reply)
        raise
    if strict and "soap-version-differs" in answer.notes:
        raise reply_invalid("soap.strict: soap-version-differs")
    if answer.fault is None and not succeeded:
        if verify is None:
            _check_refusal(reply)
        raise reply_invalid(f"status {reply.status} without a fault")
    return answer


def is_body(output: Message | None) -> bool:
    """Tell whether the root of a message is the SOAP body itself."""
    return output is not None and (output.bare or output.root is None)


def _check_refusal(reply: Reply) -> None:
    if reply.status in _REFUSALS:
        code = f"http-{reply.status}"
        raise BackendFault("backend-refused-us", 502, cause=f"status {reply.status}", sent="yes", code=code) from None


def _opened(reply: Reply, version: str, verify: Verify | None, bare: bool, message_id: str, beside: Beside) -> Answer:
    notes: list[str] = []
    root = _parsed(reply, notes)
    inline(root, reply.parts, beside.awaited)
    return looked_into(root, reply, notes, version, verify, bare, message_id, beside)


def looked_into(
    root: Any,
    reply: Reply,
    notes: list[str],
    version: str,
    verify: Verify | None,
    bare: bool,
    message_id: str,
    beside: Beside,
) -> Answer:
    """Open a parsed envelope, or the beginning of one, as ``open_answer`` says. Raises BackendReplyInvalid."""
    found = _ROOTS.get(root.tag)
    if found is None:
        raise reply_invalid("the root is no SOAP envelope")
    if found != version:
        notes.append("soap-version-differs")
    if reply.media_type != MEDIA_TYPES[found]:
        notes.append("media-type-differs")
    bodies = [child for child in root if child.tag == _BODIES[found]]
    if len(bodies) != 1:
        raise reply_invalid(f"an envelope with {len(bodies)} bodies")
    body = bodies[0] if verify is None else _verified(verify, root, bodies[0])
    if root[-1] is not body:
        notes.append("elements-after-body")
    if len(root) > 1:
        notes.extend(_heard(root, found, message_id, verify is not None))
    if message_id and not relates(root, message_id):
        notes.append("relates-to-differs")
    if verify is not None:
        # What nobody signed is not there for anybody to read.
        for header in root.findall(_HEADERS[found]):
            root.remove(header)
    children = list(body)
    if children and children[0].tag == _FAULTS[found]:
        return Answer(None, _fault(children[0]), tuple(notes))
    beside.restore(body, reply.parts)
    if bare:
        return Answer(body, notes=tuple(notes))
    if len(children) > 1:
        notes.append("several-body-elements")
    return Answer(children[0] if children else None, notes=tuple(notes))


def _heard(root: Any, version: str, message_id: str, verified: bool) -> Iterator[str]:
    """Yield what is odd about the header blocks of an answer."""
    understood = {*(NAMESPACES_OF_ADDRESSING if message_id else ()), *([SECURITY] if verified else [])}
    blocks = [block for block in root.iterfind("{*}Header/*") if not {block.tag, _namespace(block)} & understood]
    if any(block.get(f"{{{NAMESPACES[version]}}}mustUnderstand") in ("1", "true") for block in blocks):
        yield "header-must-understand"


def _namespace(block: Any) -> str | None:
    return etree.QName(block).namespace


def _verified(verify: Verify, root: Any, body: Any) -> Any:
    """Return the verified body. A fault that nobody signed is no answer, but its code helps who looks for a mistake."""
    try:
        return verify(root)
    except Unverified as error:
        fault = body.find(f"{{{etree.QName(body).namespace}}}Fault")
        code = "" if fault is None else _fault(fault).code
        if _CODE.fullmatch(code):
            raise replace(error, cause=f"{error.cause}; unverified fault {code}") from None
        raise


def _parsed(reply: Reply, notes: list[str]) -> Any:
    """Parse the body. Its own byte order mark or declaration names the encoding, else the media type's charset."""
    data = reply.body.lstrip(b" \t\r\n")
    if not data:
        raise reply_invalid(f"status {reply.status} with an empty body")
    if len(data) != len(reply.body):
        notes.append("space-before-xml")
    encoding = encoding_of(data, reply.headers, notes)
    try:
        root = _root(data, encoding)
    except (etree.XMLSyntaxError, LookupError) as error:
        raise reply_invalid(f"no well-formed XML: {type(error).__name__}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise reply_invalid("XML with a DOCTYPE")
    return root


def encoding_of(data: bytes, headers: Mapping[str, str], notes: list[str]) -> str | None:
    """Return the encoding that the media type alone says; None where the XML does, or nobody. ``data`` begins it."""
    charset = _charset(headers.get("content-type", ""))
    declared = _DECLARED.match(data) if charset else None
    if charset and declared and not _same(charset, declared[1].decode("ascii")):
        notes.append("charset-differs")
    elif charset and not declared and not data.startswith(_BOMS):
        return charset
    return None


def _root(data: bytes, encoding: str | None) -> Any:
    if (pace := pieces.current()) is not None:
        return fed(data, _new_parser(encoding), pace)
    if len(data) > _LARGE:
        check(data)
    return etree.fromstring(data, _parser(encoding))


@lru_cache(maxsize=64)
def _charset(content_type: str) -> str:
    found = _CHARSET.search(content_type)
    return found[1] if found else ""


def _new_parser(encoding: str | None) -> etree.XMLParser:
    return etree.XMLParser(encoding=encoding, **PARSING)


# One parser serves all answers of an encoding that are parsed at once: each begins it anew, and it is locked meanwhile.
_parser = lru_cache(maxsize=16)(_new_parser)


def _same(one: str, other: str) -> bool:
    try:
        return codecs.lookup(one).name == codecs.lookup(other).name
    except LookupError:
        return False


def _fault(fault: Any) -> FaultParts:
    """Take a fault apart by local names: some servers qualify the children of a SOAP 1.1 fault, which has them bare."""
    code = fault.findtext("{*}faultcode")
    first = code or fault.findtext("{*}Code/{*}Value") or ""
    if code is None:
        code, level = "", fault.find("{*}Code")
        while level is not None:  # SOAP 1.2 part 1, section 5.4.1: each subcode is more precise
            code, level = level.findtext("{*}Value") or code, level.find("{*}Subcode")
    text = fault.findtext("{*}faultstring") or fault.findtext("{*}Reason/{*}Text") or ""
    detail = fault.find("{*}detail")
    return FaultParts(
        code=code.strip().rpartition(":")[2],
        text=text.strip(),
        detail=detail if detail is not None else fault.find("{*}Detail"),
        side=_SIDES.get(first.strip().rpartition(":")[2].partition(".")[0], "other"),
    )
