"""What we sign: the parts that were asked for, so that others can verify them with what the message holds."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from lxml import etree
from signxml import DigestAlgorithm, SignatureConfiguration, SignatureMethod, XMLVerifier

from tests.unit.logins import OK, SECRET, SOAP11, WSSE, WSU, call, sent
from tests.unit.loopback import replying, serving
from tests.wsse.erp import DS, Party, party, trusting

ALL = ["timestamp", "body", "username_token", "certificate", "headers"]
UNCHECKED = {"signature": "erp", "unsigned_answers": True}


def requested(folder: Path, identity: dict[str, Any], who: Party | None = None, **parts: object) -> bytes:
    """Return the request of one call."""
    with serving(replying(OK)) as erp:
        opened = trusting(folder, erp.url, {**UNCHECKED, **identity}, us=who, **parts)
        assert (200, {"name": "a"}) == call(opened)
    return erp.requests[0].partition(b"\r\n\r\n")[2]


def signed_parts(message: bytes, method: SignatureMethod) -> list[str]:
    """Verify a message by signxml with the certificate that it carries; return the names of what is signed."""
    root = etree.fromstring(message)
    token = root.find(f".//{{{WSSE}}}BinarySecurityToken")
    reference = root.find(f".//{{{DS}}}KeyInfo/{{{WSSE}}}SecurityTokenReference/{{{WSSE}}}Reference")
    assert f"#{token.get(f'{{{WSU}}}Id')}" == reference.get("URI")
    count = len(root.findall(f".//{{{DS}}}Reference"))
    certificate = x509.load_der_x509_certificate(base64.b64decode(token.text))
    pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
    asked = SignatureConfiguration(
        expect_references=count, signature_methods=frozenset({method}),
        digest_algorithms=frozenset({DigestAlgorithm.SHA256}),
    )  # fmt: skip
    found: Any = XMLVerifier().verify(root, x509_cert=pem, expect_config=asked)
    return sorted(etree.QName(each.signed_xml).localname for each in (found if count > 1 else [found]))


def test_body_and_timestamp_are_signed(tmp_path: Path) -> None:
    """Without more words these two; the header block must be understood, and its parts stand in the usual order."""
    message = requested(tmp_path, {})
    assert ["Body", "Timestamp"] == signed_parts(message, SignatureMethod.RSA_SHA256)
    security = etree.fromstring(message).find(f"{{*}}Header/{{{WSSE}}}Security")
    assert "1" == security.get(f"{{{SOAP11}}}mustUnderstand")
    assert ["Timestamp", "BinarySecurityToken", "Signature"] == [etree.QName(each).localname for each in security]


def test_everything_is_signed(tmp_path: Path) -> None:
    """The token with user and password, and our certificate, can be under the signature too."""
    rule = {"username_token": "erp", "digest": True, "signed": ALL}
    message = requested(tmp_path, rule, USER="u", PASSWORD=SECRET)
    expected = ["BinarySecurityToken", "Body", "Timestamp", "UsernameToken"]
    assert expected == signed_parts(message, SignatureMethod.RSA_SHA256)
    names = [etree.QName(each).localname for each in etree.fromstring(message).find(f".//{{{WSSE}}}Security")]
    assert ["Timestamp", "BinarySecurityToken", "UsernameToken", "Signature"] == names


def test_only_the_timestamp(tmp_path: Path) -> None:
    """As some ask for over TLS."""
    assert ["Timestamp"] == signed_parts(requested(tmp_path, {"signed": ["timestamp"]}), SignatureMethod.RSA_SHA256)


def test_a_key_of_an_elliptic_curve(tmp_path: Path) -> None:
    """It signs by ECDSA with SHA-256."""
    message = requested(tmp_path, {}, party("curve.example", kind="ECDSA"))
    assert ["Body", "Timestamp"] == signed_parts(message, SignatureMethod.ECDSA_SHA256)


def test_each_request_is_its_own(tmp_path: Path) -> None:
    """Two calls have two signatures and no id in common."""
    with serving(replying(OK)) as erp:
        opened = trusting(tmp_path, erp.url, UNCHECKED)
        call(opened)
        call(opened)
    one, other = (
        {each.get(f"{{{WSU}}}Id") for each in sent(request).iter("*") if each.get(f"{{{WSU}}}Id")}
        for request in erp.requests
    )
    assert 3 == len(one)
    assert set() == one & other


def changed_name(root: Any) -> None:
    """Change the one value of the request."""
    root.find(".//{urn:t}Name").text = "b"


def changed_prefix(root: Any) -> None:
    """Bind a prefix of the body anew."""
    body = root.find("{*}Body")
    text = etree.tostring(root).replace(b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"', b'xmlns:xsi="urn:x"')
    root.replace(body, etree.fromstring(text).find("{*}Body"))


@pytest.mark.parametrize("change", [changed_name, changed_prefix])
def test_a_changed_request_does_not_verify(tmp_path: Path, change: Callable[[Any], None]) -> None:
    """Neither a value nor what a prefix in a value means can be changed on the way."""
    root = etree.fromstring(requested(tmp_path, {}))
    change(root)
    with pytest.raises(Exception, match="[Dd]igest"):
        signed_parts(etree.tostring(root), SignatureMethod.RSA_SHA256)


def test_xmlsec_verifies_ours(tmp_path: Path) -> None:
    """The C library verifies what we sign, where it can be installed."""
    xmlsec = pytest.importorskip("xmlsec", exc_type=Exception)
    root = etree.fromstring(requested(tmp_path, {"signed": ["timestamp", "body", "certificate"]}))
    context = xmlsec.SignatureContext()
    for element in root.iter("*"):
        if element.get(f"{{{WSU}}}Id"):
            context.register_id(element, "Id", WSU)
    context.key = xmlsec.Key.from_memory(party("adapter.example").certificate, xmlsec.constants.KeyDataFormatCertPem)
    context.verify(root.find(f".//{{{DS}}}Signature"))
