"""Reads ds:SignedInfo: the algorithms must be known, and each reference must name one element of the document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from adapter.wsse.names import DS, EXCLUSIVE, INCLUSIVE
from adapter.wsse.refused import unverified
from adapter.wsse.xmldsig import DIGESTS, METHODS, canonical, from_base64

MOST_REFERENCES = 50
"""More than any answer needs; each costs a pass over what it refers to."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What is said about one signed element."""

    id: str
    prefixes: tuple[str, ...]
    algorithm: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class SignedInfo:
    """What was signed, how, and the value of the signature."""

    canonical: bytes
    method: str
    value: bytes
    references: tuple[Reference, ...]


def read_signed_info(signature: Any) -> SignedInfo:
    """Read a ds:Signature. Raises Unverified for what is not known here."""
    info = only(signature, f"{{{DS}}}SignedInfo")
    form = only(info, f"{{{DS}}}CanonicalizationMethod")
    method = only(info, f"{{{DS}}}SignatureMethod").get("Algorithm")
    _check_canonicalization(form)
    _check_method(method)
    references = tuple(_references(info))
    if len({reference.id for reference in references}) != len(references):
        raise unverified("two references to one element")
    value = from_base64(only(signature, f"{{{DS}}}SignatureValue").text)
    if value is None:
        raise unverified("a signature value that is no base64")
    return SignedInfo(canonical(info, _prefixes(form)), method, value, references)


def only(parent: Any, tag: str) -> Any:
    """Return the one child with a tag."""
    found = parent.findall(tag)
    if len(found) != 1:
        raise unverified(f"{len(found) or 'no'} {tag.rpartition('}')[2]}")
    return found[0]


def _references(info: Any) -> Iterator[Reference]:
    found = info.findall(f"{{{DS}}}Reference")
    if len(found) > MOST_REFERENCES:
        raise unverified("too many references")
    for reference in found:
        uri = reference.get("URI") or ""
        transforms = reference.findall(f"{{{DS}}}Transforms/*")
        algorithm = only(reference, f"{{{DS}}}DigestMethod").get("Algorithm")
        _check_uri(uri)
        _check_transforms(transforms)
        _check_digest_method(algorithm)
        value = from_base64(only(reference, f"{{{DS}}}DigestValue").text) or b""
        yield Reference(uri[1:], _prefixes(transforms[0]), algorithm, value)


def _check_uri(uri: str) -> None:
    """No whole document, no other document, no XPointer: the id of one element."""
    if len(uri) < 2 or uri[0] != "#" or "(" in uri:
        raise unverified("a reference that is no id")


def _check_canonicalization(form: Any) -> None:
    if form.get("Algorithm") != EXCLUSIVE:
        raise unverified("a canonicalization other than exclusive")


def _check_method(method: str) -> None:
    if method not in METHODS:
        raise unverified("a signature algorithm that does not count")


def _check_transforms(transforms: list[Any]) -> None:
    """What a transform leaves out would be read, and not be signed."""
    if [each.get("Algorithm") for each in transforms] != [EXCLUSIVE]:
        raise unverified("a transform other than exclusive canonicalization")


def _check_digest_method(algorithm: str) -> None:
    if algorithm not in DIGESTS:
        raise unverified("a digest algorithm that does not count")


def _prefixes(form: Any) -> tuple[str, ...]:
    listed = form.find(INCLUSIVE)
    return tuple((listed.get("PrefixList") or "").split()) if listed is not None else ()
