"""Answers that must be refused, each for one reason, and the check without which each would be believed.

An attacker has one honest, signed answer and may change everything around what was signed. Where the variant is about a
weak or wrong signature, the ERP itself signed it so.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from lxml import etree

from tests.unit.logins import SOAP11, WSSE, WSU
from tests.wsse import erp
from tests.wsse.erp import DS, FORGED, OUT, envelope, honest, party, stamp, stranger

BODY, HEADER, SECURITY = f"{{{SOAP11}}}Body", f"{{{SOAP11}}}Header", f"{{{WSSE}}}Security"
ID = f"{{{WSU}}}Id"
UNSIGNED_FAULT = (
    f'<S:Fault xmlns:S="{SOAP11}"><faultcode>S:FailedCheck</faultcode><faultstring>No</faultstring></S:Fault>'
)


@dataclass(frozen=True)
class Hostile:
    """One answer: how it is made of the request, the cause in the log, and the checks that are all in its way."""

    name: str
    cause: str
    make: Callable[[Any], Any]
    guards: tuple[str, ...]

    def bytes(self, request: Any) -> bytes:
        """Return the answer as it is sent."""
        return etree.tostring(self.make(request))


def forged(name: str | None = None) -> Any:
    """Return a Body that nobody signed."""
    body = deepcopy(envelope(OUT.format(FORGED)).find(BODY))
    del body.attrib[ID]
    if name:
        body.set(ID, name)
    return body


def with_body_moved(place: Callable[[Any, Any], None], name: str | None = None) -> Callable[[Any], Any]:
    """Return what puts the signed body somewhere else and a forged one in its place."""

    def make(request: Any) -> Any:
        root = honest()
        body = root.find(BODY)
        root.replace(body, forged(name))
        place(root, body)
        return root

    return make


def into_header(root: Any, body: Any) -> None:
    """Put it into a header block."""
    etree.SubElement(root.find(HEADER), "{urn:x}Wrapper").append(body)


def into_object(root: Any, body: Any) -> None:
    """Put it into a ds:Object of the signature, which the signature does not cover."""
    etree.SubElement(root.find(f".//{{{DS}}}Signature"), f"{{{DS}}}Object").append(body)


def beside_body(root: Any, body: Any) -> None:
    """Put it behind the forged body, in an element of its own."""
    etree.SubElement(root, "{urn:x}Wrapper").append(body)


def into_body(root: Any, body: Any) -> None:
    """Put it into the forged body, behind what is read."""
    etree.SubElement(root.find(BODY), "{urn:x}Wrapper").append(body)


def nested(request: Any) -> Any:
    """The whole honest envelope in a header block of a forged one."""
    root = envelope(OUT.format(FORGED))
    root.replace(root.find(BODY), forged())
    etree.SubElement(root.find(HEADER), "{urn:x}Wrapper").append(honest())
    return root


def two_bodies(first: bool) -> Callable[[Any], Any]:
    """A forged body with the same id before or behind the honest one."""

    def make(request: Any) -> Any:
        root = honest()
        root.insert(1 if first else 2, forged("body"))
        return root

    return make


def two_securities(request: Any) -> Any:
    """A second Security header beside the honest one, and a forged body."""
    root = honest()
    into_header(root, root.find(BODY))
    root.append(forged())
    etree.SubElement(root.find(HEADER), SECURITY).append(stamp(name=None))
    return root


def security_moved(request: Any) -> Any:
    """The Security header inside another header block."""
    root = honest()
    header = root.find(HEADER)
    etree.SubElement(header, "{urn:x}Wrapper").append(header.find(SECURITY))
    return root


def security_of_another(request: Any) -> Any:
    """A Security header for an intermediary (which is not under the signature)."""
    root = honest()
    root.find(f"{HEADER}/{SECURITY}").set(f"{{{SOAP11}}}actor", "urn:audit")
    return root


def timestamp_wrapped(request: Any) -> Any:
    """An old answer: its Timestamp in a header block, a fresh one in its place."""
    root = honest(created=-3600)
    security = root.find(f"{HEADER}/{SECURITY}")
    old = security[0]
    security.replace(old, stamp(name=None))
    etree.SubElement(root.find(HEADER), "{urn:x}Wrapper").append(old)
    return root


def second_timestamp(request: Any) -> Any:
    """An old answer with a second, fresh Timestamp."""
    root = honest(created=-3600)
    root.find(f"{HEADER}/{SECURITY}").insert(0, stamp(name=None))
    return root


def twice_the_id(request: Any) -> Any:
    """Data outside the body with the id of the Timestamp, as an attribute of another namespace."""
    root = honest()
    etree.SubElement(root.find(HEADER), "{urn:x}Wrapper", {"ID": "ts"})
    return root


def changed(path: str, text: str) -> Callable[[Any], Any]:
    """Return what changes one text of an honest answer."""

    def make(request: Any) -> Any:
        root = honest()
        root.find(path).text = text
        return root

    return make


def unsigned(inside: str) -> Callable[[Any], Any]:
    """Return what answers without any security."""
    return lambda request: envelope(inside)


def old_confirmation(request: Any) -> Any:
    """A fresh answer to somebody else's request."""
    return honest(confirm="b3RoZXI=")


def signed(**how: Any) -> Callable[[Any], Any]:
    """Return what signs like this."""
    return lambda request: honest(**how)


COVERED, FOUND, SEC = "_check_covered", "_found", "_security"
HOSTILE = (
    Hostile("body moved into a header block", "the body is not signed", with_body_moved(into_header), (COVERED,)),
    Hostile("body moved into a ds:Object", "the body is not signed", with_body_moved(into_object), (COVERED,)),
    Hostile("body moved beside the forged one", "the body is not signed", with_body_moved(beside_body), (COVERED,)),
    Hostile("body moved into the forged one", "the body is not signed", with_body_moved(into_body), (COVERED,)),
    Hostile("header copy and body with one id", "two elements with one id",
            with_body_moved(into_header, "body"), (FOUND, COVERED)),
    Hostile("ds:Object and body with one id", "two elements with one id",
            with_body_moved(into_object, "body"), (FOUND, COVERED)),
    Hostile("envelope in an envelope", "the security header is not in the header of the envelope", nested,
            (SEC, COVERED)),
    Hostile("security twice", "2 security headers", two_securities, (SEC, COVERED)),
    Hostile("security in another block", "the security header is not in the header of the envelope", security_moved,
            (SEC,)),
    Hostile("security for another", "the security header is for another", security_of_another, (SEC,)),
    Hostile("timestamp moved into a header block", "the timestamp is not signed", timestamp_wrapped, (COVERED,)),
    Hostile("timestamp twice", "2 Timestamp", second_timestamp, ("only", COVERED)),
    Hostile("an id twice", "two elements with one id", twice_the_id, (FOUND,)),
    Hostile("only the timestamp signed", "the body is not signed", signed(uris=("#ts",)), (COVERED,)),
    Hostile("only the body signed", "the timestamp is not signed", signed(uris=("#body",)), (COVERED,)),
    Hostile("body changed", "a signed part was changed",
            changed(f"{BODY}//{{urn:t}}Name", FORGED), ("_check_digest",)),
    Hostile("signature by SHA-1", "a signature algorithm that does not count", signed(method=erp.RSA_SHA1),
            ("_check_method",)),
    Hostile("digest by SHA-1", "a digest algorithm that does not count", signed(digest=erp.SHA1),
            ("_check_digest_method",)),
    Hostile("HMAC with the public key", "a signature algorithm that does not count", signed(method=erp.HMAC_SHA256),
            ("_check_method",)),
    Hostile("XPath transform", "a transform other than exclusive canonicalization",
            signed(transforms=("http://www.w3.org/TR/1999/REC-xpath-19991116", erp.EXC)), ("_check_transforms",)),
    Hostile("inclusive canonicalization", "a canonicalization other than exclusive",
            signed(canonicalization="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"),
            ("_check_canonicalization",)),
    Hostile("reference to the whole document", "a reference that is no id", signed(uris=("", "#ts", "#body")),
            ("_check_uri", FOUND, "_check_digest")),
    Hostile("reference to another document", "a reference that is no id",
            signed(uris=("http://127.0.0.1:9/x", "#ts", "#body")), ("_check_uri", FOUND, "_check_digest")),
    Hostile("reference to nothing", "a reference that leads nowhere", signed(uris=("#body", "#ts", "#gone")),
            (FOUND, "_check_digest")),
    Hostile("no security", "no security header", unsigned(OUT.format(FORGED)), ("body",)),
    Hostile("unsigned fault", "no security header; unverified fault FailedCheck", unsigned(UNSIGNED_FAULT), ("body",)),
    Hostile("a stranger's signature", "the certificate is not one that counts now", signed(who=stranger()),
            ("_check_signer",)),
    Hostile("an expired certificate", "the certificate is not one that counts now",
            signed(who=party("old.example", -2)), ("_check_signer",)),
    Hostile("signature value changed", "the signature is not that of the certificate",
            changed(f".//{{{DS}}}SignatureValue", "AAAA"), ("_check_signer",)),
    Hostile("timestamp expired", "the timestamp has expired", signed(created=-30, life=20), ("check_fresh",)),
    Hostile("timestamp before the request", "the timestamp is older than the request", signed(created=-90),
            ("check_fresh",)),
    Hostile("timestamp in the future", "the timestamp is in the future", signed(created=90), ("check_fresh",)),
    Hostile("timestamp without an end", "a timestamp with 0 Expires", signed(life=None), ("check_fresh",)),
    Hostile("answer to another request", "the answer to another request", old_confirmation, ("_check_confirmed",)),
)  # fmt: skip
