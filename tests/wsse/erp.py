"""A signing ERP on loopback: its keys, its own signer, and a project whose adapter trusts it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import trustme
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hmac import HMAC
from flask.testing import FlaskClient
from lxml import etree

from tests.unit.logins import SOAP11, WSSE, WSU, client, sent
from tests.unit.loopback import Peer, Script, answer

DS = "http://www.w3.org/2000/09/xmldsig#"
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
RSA_SHA1 = f"{DS}rsa-sha1"
HMAC_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
SHA1 = f"{DS}sha1"
_TOKENS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
HONEST, FORGED = "honest", "forged"
OUT = '<Out xmlns="urn:t"><X><Name>{}</Name></X></Out>'


@dataclass(frozen=True)
class Party:
    """Somebody with a key: the certificate and the key as PEM."""

    certificate: bytes
    key: bytes

    def private(self) -> Any:
        """Return the key."""
        return serialization.load_pem_private_key(self.key, None)

    def der(self) -> str:
        """Return the certificate as base64."""
        return "".join(self.certificate.decode().split("-----")[2].split())

    def public_pem(self) -> bytes:
        """Return the public key as PEM."""
        pem = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        return bytes(self.private().public_key().public_bytes(*pem))


@cache
def authority() -> trustme.CA:
    """Return the authority of the ERP's landscape."""
    return trustme.CA(key_type=trustme.KeyType.RSA)


@cache
def party(name: str, days: int = 30, kind: str = "RSA") -> Party:
    """Return somebody with a certificate of the authority. Negative ``days``: it expired so long ago."""
    now = datetime.now(UTC)
    end = now + timedelta(days=days)
    issued = authority().issue_cert(
        name, not_before=min(now, end) - timedelta(days=1), not_after=end, key_type=trustme.KeyType[kind]
    )
    return Party(issued.cert_chain_pems[0].bytes(), issued.private_key_pem.bytes())


@cache
def stranger() -> Party:
    """Return somebody whom nobody here knows, with the ERP's name."""
    issued = trustme.CA(key_type=trustme.KeyType.RSA).issue_cert("erp.example", key_type=trustme.KeyType.RSA)
    return Party(issued.cert_chain_pems[0].bytes(), issued.private_key_pem.bytes())


@dataclass(frozen=True)
class Signer:
    """How an answer is signed. The defaults are right."""

    who: Party = field(default_factory=lambda: party("erp.example"))
    method: str = RSA_SHA256
    digest: str = SHA256
    canonicalization: str = EXC
    transforms: tuple[str, ...] = (EXC,)
    uris: tuple[str, ...] = ("#body", "#ts")
    created: float = 0
    life: float | None = 300
    confirm: str | None = None
    key_info: str = "token"

    def sign(self, root: Any) -> Any:
        """Put a Security header into an envelope (whose Body has the id ``body``) and sign."""
        header = root.find(f"{{{SOAP11}}}Header")
        security = etree.SubElement(header, f"{{{WSSE}}}Security", nsmap={"wsse": WSSE, "wsu": WSU})
        security.append(stamp(self.created, self.life))
        if self.confirm is not None:
            wsse11 = "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd"
            etree.SubElement(
                security, f"{{{wsse11}}}SignatureConfirmation", {"Value": self.confirm, f"{{{WSU}}}Id": "sc"}
            )
        token = etree.SubElement(security, f"{{{WSSE}}}BinarySecurityToken", {f"{{{WSU}}}Id": "token"})
        token.set("EncodingType", f"{_TOKENS}soap-message-security-1.0#Base64Binary")
        token.set("ValueType", f"{_TOKENS}x509-token-profile-1.0#X509v3")
        token.text = self.who.der()
        signature = etree.SubElement(security, f"{{{DS}}}Signature", nsmap={"ds": DS})
        info = etree.SubElement(signature, f"{{{DS}}}SignedInfo")
        etree.SubElement(info, f"{{{DS}}}CanonicalizationMethod", Algorithm=self.canonicalization)
        etree.SubElement(info, f"{{{DS}}}SignatureMethod", Algorithm=self.method)
        for uri in (*self.uris, *(["#sc"] if self.confirm is not None else [])):
            self._refer(info, uri, root)
        value = etree.SubElement(signature, f"{{{DS}}}SignatureValue")
        value.text = base64.b64encode(self._value(canonical(info, self.canonicalization))).decode()
        self._key_info(signature, token)
        return root

    def _refer(self, info: Any, uri: str, root: Any) -> None:
        reference = etree.SubElement(info, f"{{{DS}}}Reference", URI=uri)
        transforms = etree.SubElement(reference, f"{{{DS}}}Transforms")
        for transform in self.transforms:
            etree.SubElement(transforms, f"{{{DS}}}Transform", Algorithm=transform)
        etree.SubElement(reference, f"{{{DS}}}DigestMethod", Algorithm=self.digest)
        found = [each for each in root.iter("*") if each.get(f"{{{WSU}}}Id") == uri[1:]]
        digest = hashlib.sha1 if self.digest == SHA1 else hashlib.sha256
        data = canonical(found[0] if found else root)
        etree.SubElement(reference, f"{{{DS}}}DigestValue").text = base64.b64encode(digest(data).digest()).decode()

    def _value(self, data: bytes) -> bytes:
        if self.method == HMAC_SHA256:
            # The key is what everybody knows: the certificate's public key.
            code = HMAC(self.who.public_pem(), hashes.SHA256())
            code.update(data)
            return code.finalize()
        algorithm = hashes.SHA1() if self.method == RSA_SHA1 else hashes.SHA256()
        return bytes(self.who.private().sign(data, padding.PKCS1v15(), algorithm))

    def _key_info(self, signature: Any, token: Any) -> None:
        info = etree.SubElement(signature, f"{{{DS}}}KeyInfo")
        if self.key_info == "x509":
            data = etree.SubElement(info, f"{{{DS}}}X509Data")
            etree.SubElement(data, f"{{{DS}}}X509Certificate").text = token.text
        where = etree.SubElement(info, f"{{{WSSE}}}SecurityTokenReference")
        if self.key_info == "token":
            etree.SubElement(where, f"{{{WSSE}}}Reference", URI="#token")
        else:
            token.getparent().remove(token)


def canonical(element: Any, algorithm: str = EXC) -> bytes:
    """Return the canonical form: exclusive, or whatever else is asked for as inclusive."""
    return etree.tostring(element, method="c14n", exclusive=algorithm == EXC)


def stamp(created: float = 0, life: float | None = 300, name: str | None = "ts") -> Any:
    """Return a Timestamp made so many seconds from now, good for ``life`` seconds."""
    element = etree.Element(f"{{{WSU}}}Timestamp", {f"{{{WSU}}}Id": name} if name else {}, nsmap={"wsu": WSU})
    now = datetime.now(UTC) + timedelta(seconds=created)
    moments = [("Created", now), *([("Expires", now + timedelta(seconds=life))] if life is not None else [])]
    for tag, moment in moments:
        etree.SubElement(element, f"{{{WSU}}}{tag}").text = moment.isoformat(timespec="milliseconds")
    return element


def envelope(inside: str = OUT.format(HONEST), before: str = "") -> Any:
    """Return an envelope whose Body can be signed."""
    return etree.fromstring(
        f'<S:Envelope xmlns:S="{SOAP11}" xmlns:wsu="{WSU}"><S:Header>{before}</S:Header>'
        f'<S:Body wsu:Id="body">{inside}</S:Body></S:Envelope>'
    )


def honest(**how: Any) -> Any:
    """Return a signed answer. ``how`` are fields of the signer."""
    return replace(Signer(), **how).sign(envelope())


def confirmed(request: Any, **how: Any) -> Any:
    """Return a signed answer that repeats the request's signature."""
    return honest(confirm=request.findtext(f".//{{{DS}}}SignatureValue"), **how)


def signing(*answers: Callable[[Any], bytes]) -> Script:
    """Answer each request with what the next function makes of its envelope (the last one from then on)."""

    def script(peer: Peer) -> None:
        number = 0
        while request := peer.request():
            peer.send(answer(answers[min(number, len(answers) - 1)](sent(request))))
            number += 1

    return script


def trusting(
    folder: Path,
    url: str,
    identity: dict[str, Any] | None = None,
    trust: Iterable[bytes] = (),
    us: Party | None = None,
    **parts: object,
) -> FlaskClient:
    """Open an adapter that signs as ``us`` and trusts the ERP's authority, or ``trust``."""
    folder.mkdir(parents=True, exist_ok=True)
    us = us or party("adapter.example")
    files = {"our.pem": us.certificate, "our.key": us.key}
    files["erp.pem"] = b"".join(trust) or authority().cert_pem.bytes()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    rule = {"signature": "erp"} if identity is None else identity
    given: dict[str, Any] = {"CERTIFICATE": "our.pem", "KEY": "our.key", **parts}
    if not rule.get("unsigned_answers"):
        given["VERIFY"] = "erp.pem"
    return client(folder, rule, url, **given)
