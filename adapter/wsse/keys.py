"""Keys and certificates from the operator's PEM files: what we sign with, and whose signatures count.

A certificate of the VERIFY file counts itself, and so does one that chains to an authority in it (RFC 5280, by
``cryptography``). Validity and key usage count for both.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.verification import ExtensionPolicy, PolicyBuilder, Store, VerificationError

from adapter.wsse.xmldsig import PrivateKey, strong

# What reading a certificate may raise that is not as RFC 5280 says.
_ODD = (ValueError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key and its certificate (DER, in base64)."""

    key: PrivateKey = field(repr=False)
    certificate: str = field(repr=False)
    subject: str


class Trust:
    """The certificates whose signatures count."""

    def __init__(self, certificates: list[x509.Certificate]) -> None:
        self._pinned = certificates
        authorities = [each for each in certificates if _is_authority(each)]
        self._store = Store(authorities) if authorities else None

    def keys(self, offered: x509.Certificate | None, now: datetime) -> Iterator[object]:
        """Yield the public keys that may have signed, given the certificate that a message offers, if any."""
        for certificate in self._pinned if offered is None else (offered,):
            if certificate in self._pinned or self._chains(certificate, now):
                try:
                    if _may_sign(certificate, now):
                        yield certificate.public_key()
                except _ODD:
                    continue

    def _chains(self, certificate: x509.Certificate, now: datetime) -> bool:
        if self._store is None:
            return False
        policy = PolicyBuilder().store(self._store).time(now).extension_policies(
            ee_policy=ExtensionPolicy.permit_all(), ca_policy=ExtensionPolicy.webpki_defaults_ca()
        )  # fmt: skip
        try:
            policy.build_client_verifier().verify(certificate, [])
        except (VerificationError, *_ODD):
            return False
        return True


def load_signer(certificate: Path, key: Path | None) -> Signer:
    """Read what we sign with; the key may stand in the certificate's file.

    Raises ValueError, in words for the operator, where it cannot be used.
    """
    first = _certificates(certificate)[0]
    own = first.public_key()
    try:
        private = load_pem_private_key((key or certificate).read_bytes(), None)
    except TypeError:
        raise ValueError("the key is encrypted") from None
    except (OSError, ValueError, UnsupportedAlgorithm):
        raise ValueError("holds no private key that can be read") from None
    if not isinstance(private, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) or not strong(private.public_key()):
        raise ValueError("the key is neither RSA of 2048 bits or more nor one of an elliptic curve of 256 or more")
    if private.public_key() != own:
        raise ValueError("the key is another certificate's")
    der = base64.b64encode(first.public_bytes(Encoding.DER)).decode("ascii")
    return Signer(private, der, first.subject.rfc4514_string())


def load_trust(path: Path) -> Trust:
    """Read the certificates whose signatures count. Raises ValueError, in words for the operator."""
    return Trust(_certificates(path))


def _certificates(path: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except OSError as error:
        raise ValueError(f"the file cannot be read ({error.strerror})") from None
    except ValueError:
        raise ValueError("holds no PEM certificate") from None


def _may_sign(certificate: x509.Certificate, now: datetime) -> bool:
    """Tell whether a certificate is inside its validity and made for signatures (RFC 5280, section 4.2.1.3)."""
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        return False
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        return False
