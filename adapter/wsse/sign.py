"""Signs our requests: a Timestamp, our certificate as BinarySecurityToken, and one Signature over what was asked for.

OASIS SOAP Message Security 1.1 (sections 5 to 10) and X.509 Certificate Token Profile 1.1.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from lxml import etree

from adapter.wsse import names
from adapter.wsse.keys import Signer
from adapter.wsse.names import DS, EXCLUSIVE, ID, WSSE
from adapter.wsse.times import timestamp
from adapter.wsse.xmldsig import DIGEST, canonical, digest, method_of, sign, to_base64


def sign_envelope(envelope: Any, signer: Signer, parts: Collection[str], now: datetime) -> tuple[Any, bytes]:
    """Return an envelope, which has a wsse:Security, with that completed and signed, and the value of the signature.

    ``parts`` are of timestamp, body, username_token, certificate, headers (all blocks beside wsse:Security).
    """
    security = _security(envelope)
    security.insert(0, timestamp(now))
    token = etree.SubElement(security, names.TOKEN, EncodingType=names.BASE64, ValueType=names.X509V3)
    token.text = signer.certificate
    security.insert(1, token)
    token.set(ID, _new_id())
    for part, element in _elements(envelope, security):
        if part in parts and element.get(ID) is None:
            element.set(ID, _new_id())
    # Sign what will arrive: lxml's canonical form knows a prefix of a prefix list only where it was parsed.
    envelope = etree.fromstring(etree.tostring(envelope), _parser())
    security = _security(envelope)
    signature = etree.SubElement(security, names.SIGNATURE, nsmap={"ds": DS})
    info = etree.SubElement(signature, f"{{{DS}}}SignedInfo")
    etree.SubElement(info, f"{{{DS}}}CanonicalizationMethod", Algorithm=EXCLUSIVE)
    etree.SubElement(info, f"{{{DS}}}SignatureMethod", Algorithm=method_of(signer.key))
    for part, element in _elements(envelope, security):
        if part in parts:
            _refer(info, element)
    value = sign(signer.key, canonical(info))
    etree.SubElement(signature, f"{{{DS}}}SignatureValue").text = to_base64(value)
    where = etree.SubElement(etree.SubElement(signature, f"{{{DS}}}KeyInfo"), names.TOKEN_REFERENCE)
    uri = f"#{security.find(names.TOKEN).get(ID)}"
    etree.SubElement(where, f"{{{WSSE}}}Reference", URI=uri, ValueType=names.X509V3)
    return envelope, value


def _parser() -> etree.XMLParser:
    # The text is ours, so libxml2's bounds for what strangers send do not have to hold.
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


def _security(envelope: Any) -> Any:
    return envelope.find(f"{{*}}Header/{names.SECURITY}")


def _elements(envelope: Any, security: Any) -> Iterator[tuple[str, Any]]:
    kinds = {names.TIMESTAMP: "timestamp", names.TOKEN: "certificate", names.USERNAME_TOKEN: "username_token"}
    yield from ((kinds[element.tag], element) for element in security if element.tag in kinds)
    yield from (("headers", block) for block in security.getparent() if block is not security)
    yield "body", envelope.find("{*}Body")


def _refer(info: Any, element: Any) -> None:
    """Add the reference to a part.

    Every prefix that is declared there is signed as well, as it may stand in a value (xsi:type), where exclusive
    canonicalization does not see it.
    """
    prefixes = sorted({prefix for each in (element, *element) for prefix in each.nsmap if prefix})
    reference = etree.SubElement(info, f"{{{DS}}}Reference", URI=f"#{element.get(ID)}")
    transforms = etree.SubElement(reference, f"{{{DS}}}Transforms")
    transform = etree.SubElement(transforms, f"{{{DS}}}Transform", Algorithm=EXCLUSIVE)
    etree.SubElement(transform, names.INCLUSIVE, nsmap={"ec": EXCLUSIVE}, PrefixList=" ".join(prefixes))
    etree.SubElement(reference, f"{{{DS}}}DigestMethod", Algorithm=DIGEST)
    etree.SubElement(reference, f"{{{DS}}}DigestValue").text = to_base64(digest(canonical(element, prefixes)))


def _new_id() -> str:
    return f"id-{uuid.uuid4().hex}"
