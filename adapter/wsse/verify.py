"""Our own check of a signed answer. What it returns is the element whose digest was compared, and nothing else is read.

A signature says only that some element somewhere in the document was signed. Signature wrapping puts that element where
nobody reads it and another in its place. So the places are fixed here and the references have to agree with them, not
the other way round.

Rule 1: one parse. What was checked and what is read are the same objects.
Rule 2: each check is one function, and says in the log which it was. None of them repeats what the message says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from lxml import etree

from adapter.wsse import names
from adapter.wsse.info import Reference, SignedInfo, only, read_signed_info
from adapter.wsse.keys import Trust
from adapter.wsse.names import DS, ID, WSSE
from adapter.wsse.refused import unverified
from adapter.wsse.times import Replays, check_fresh
from adapter.wsse.xmldsig import canonical, digest, from_base64, holds

_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
_FOR_US = ("", "http://schemas.xmlsoap.org/soap/actor/next",
           "http://www.w3.org/2003/05/soap-envelope/role/next",
           "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sent:
    """What an answer is an answer to: the value of our request's signature, and when it was made."""

    value: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Verifier:
    """Checks the answers of one port. ``replays`` lives as long as it does."""

    trust: Trust
    replays: Replays = field(default_factory=Replays)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def body(self, root: Any, sent: Sent) -> Any:
        """Return the Body of an envelope when its signature holds. Raises Unverified."""
        now = self.clock()
        security, body = _security(root), _body(root)
        timestamp, signature = only(security, names.TIMESTAMP), only(security, names.SIGNATURE)
        info = read_signed_info(signature)
        found = _found(root, info)
        _check_signer(self.trust, security, signature, info, now)
        for reference in info.references:
            _check_digest(reference, found[reference.id])
        covered = list(found.values())
        _check_covered(covered, body, "the body is not signed")
        _check_covered(covered, timestamp, "the timestamp is not signed")
        check_fresh(timestamp, sent.at, now)
        _check_confirmed(security, covered, sent.value)
        self.replays.check(digest(info.canonical), now)
        return body


def _security(root: Any) -> Any:
    """Return the one wsse:Security of the document, a block of its header that is addressed to us."""
    found = list(root.iter(names.SECURITY))
    if len(found) != 1:
        raise unverified(f"{len(found)} security headers" if found else "no security header")
    header = found[0].getparent()
    space = etree.QName(root).namespace
    if header is None or header.tag != f"{{{space}}}Header" or header.getparent() is not root:
        raise unverified("the security header is not in the header of the envelope")
    role = found[0].get(f"{{{space}}}actor") or found[0].get(f"{{{space}}}role") or ""
    if role not in _FOR_US:
        raise unverified("the security header is for another")
    return found[0]


def _body(root: Any) -> Any:
    return only(root, f"{{{etree.QName(root).namespace}}}Body")


def _found(root: Any, info: SignedInfo) -> Mapping[str, Any]:
    """Return the element of each reference: the only one in the document with that id, by whatever attribute.

    wsu:Id and xml:id must be unique anyway. An ``id`` of the ERP's own data may be anything but what is signed.
    """
    by_id: dict[str, list[Any]] = defaultdict(list)
    for element in root.iter("*"):
        for name, value in element.attrib.items():
            if name.rpartition("}")[2].lower() == "id":
                by_id[value].append(element)
                if name in (ID, _XML_ID) and _twice(by_id[value]):
                    raise unverified("two elements with one id")
    found = {}
    for reference in info.references:
        elements = by_id[reference.id]
        if not elements:
            raise unverified("a reference that leads nowhere")
        if len(elements) > 1:
            raise unverified("two elements with one id")
        found[reference.id] = elements[0]
    return found


def _twice(elements: list[Any]) -> bool:
    return sum(ID in element.attrib or _XML_ID in element.attrib for element in elements) > 1


def _check_signer(trust: Trust, security: Any, signature: Any, info: SignedInfo, now: datetime) -> None:
    """Somebody whom we trust must have signed: the certificate that the message offers, or else any that is pinned."""
    keys = list(trust.keys(_offered(security, signature), now))
    if not keys:
        raise unverified("the certificate is not one that counts now")
    if not any(holds(key, info.method, info.canonical, info.value) for key in keys):
        raise unverified("the signature is not that of the certificate")


def _offered(security: Any, signature: Any) -> x509.Certificate | None:
    """Return the certificate in the message: a token that is referred to, or X509Certificate. It proves nothing yet."""
    where = signature.find(f"{{{DS}}}KeyInfo//{{{WSSE}}}Reference")
    text = signature.findtext(f"{{{DS}}}KeyInfo//{{{DS}}}X509Certificate")
    if where is not None:
        name = (where.get("URI") or "").removeprefix("#")
        tokens = [token for token in security.iterfind(names.TOKEN) if token.get(ID) == name]
        if len(tokens) != 1 or tokens[0].get("ValueType", names.X509V3) != names.X509V3:
            raise unverified("no X.509 token for the signature")
        text = tokens[0].text
    if text is None:
        return None
    try:
        return x509.load_der_x509_certificate(from_base64(text) or b"")
    except ValueError:
        raise unverified("a certificate that cannot be read") from None


def _check_digest(reference: Reference, element: Any) -> None:
    if "#default" in reference.prefixes and element.nsmap.get(None):
        raise unverified("a prefix list with a default namespace")  # lxml leaves it out of the canonical form
    if digest(canonical(element, reference.prefixes), reference.algorithm) != reference.digest:
        raise unverified("a signed part was changed")


def _check_covered(covered: list[Any], element: Any, otherwise: str) -> None:
    """The element that will be read must be one of those whose digests were compared, not one that looks like it."""
    if not any(each is element for each in covered):
        raise unverified(otherwise)


def _check_confirmed(security: Any, covered: list[Any], value: bytes) -> None:
    """A SignatureConfirmation must be signed and repeat our request's signature (SOAP Message Security 1.1, 8.5)."""
    for confirmation in security.iterfind(names.CONFIRMATION):
        _check_covered(covered, confirmation, "the signature confirmation is not signed")
        if from_base64(confirmation.get("Value")) != value:
            raise unverified("the answer to another request")
