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

PARTS = ("timestamp", "body", "username_token", "certificate", "headers")
"""What can be signed. ``headers`` are all blocks beside wsse:Security."""


def sign_envelope(envelope: Any, security: Any, signer: Signer, parts: Collection[str], now: datetime) -> bytes:
    """Complete ``security``, a header block of ``envelope``, and sign. Return the value of the signature."""
    security.insert(0, timestamp(now))
    token = etree.Element(names.TOKEN, EncodingType=names.BASE64, ValueType=names.X509V3)
    token.text = signer.certificate
    security.insert(1, token)
    token_id = _identified(token)
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
    etree.SubElement(where, f"{{{WSSE}}}Reference", URI=f"#{token_id}", ValueType=names.X509V3)
    return value


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
    name = _identified(element)
    prefixes = sorted({prefix or "#default" for part in (element, *element) for prefix in part.nsmap})
    reference = etree.SubElement(info, f"{{{DS}}}Reference", URI=f"#{name}")
    transforms = etree.SubElement(reference, f"{{{DS}}}Transforms")
    transform = etree.SubElement(transforms, f"{{{DS}}}Transform", Algorithm=EXCLUSIVE)
    etree.SubElement(transform, names.INCLUSIVE, nsmap={"ec": EXCLUSIVE}, PrefixList=" ".join(prefixes))
    etree.SubElement(reference, f"{{{DS}}}DigestMethod", Algorithm=DIGEST)
    etree.SubElement(reference, f"{{{DS}}}DigestValue").text = to_base64(digest(canonical(element, prefixes)))


def _identified(element: Any) -> str:
    name = element.get(ID) or f"id-{uuid.uuid4().hex}"
    element.set(ID, name)
    return str(name)
