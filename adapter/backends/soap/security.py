"""WS-Security on the way out: zeep makes the UsernameToken, we add what it leaves out (``mustUnderstand``, Timestamp).

OASIS Web Services Security: SOAP Message Security 1.1 (sections 5 and 10) and UsernameToken Profile 1.0. What is signed
and what has to be checked in an answer then is in ``adapter.wsse``.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from lxml import etree
from zeep.wsse.username import UsernameToken

from adapter.identity import Login
from adapter.identity.hiding import HIDDEN, hidden
from adapter.wsse import Sent, Signing
from adapter.wsse.names import SECURITY, WSSE, WSU
from adapter.wsse.sign import sign_envelope
from adapter.wsse.times import timestamp

_SECRET = (f"{{{WSSE}}}Password", f"{{{WSSE}}}Nonce")


class Security:
    """What zeep applies to the envelope of one call. ``sent`` is what a signed answer must be an answer to."""

    def __init__(self, login: Login | None, signing: Signing | None = None) -> None:
        self._login, self._signing = login, signing
        self.sent: Sent | None = None

    def apply(self, envelope: Any, headers: dict[str, str]) -> tuple[Any, dict[str, str]]:
        """Put a fresh token, or a fresh signature, or both into the envelope."""
        now = datetime.now(UTC)
        if self._login is not None:
            _add_token(self._login, envelope, headers)
        if self._signing is not None:
            envelope = _with_prefixes(envelope)
        security = _security(envelope)
        security.set(f"{{{etree.QName(envelope).namespace}}}mustUnderstand", "1")
        if self._signing is not None:
            envelope, value = sign_envelope(envelope, self._signing.signer, self._signing.parts, now)
            self.sent = Sent(value, now)
        elif self._login is not None and self._login.timestamp:
            security.insert(0, timestamp(now))
        return envelope, headers


def _add_token(login: Login, envelope: Any, headers: dict[str, str]) -> None:
    make: Any = UsernameToken  # zeep has no types
    token = make(login.user(), login.password(), use_digest=login.digest, zulu_timestamp=True)
    token.apply(envelope, headers)


def _with_prefixes(envelope: Any) -> Any:
    """Return the envelope with the prefixes of WS-Security declared at its top, for the ids of all parts."""
    root = etree.Element(envelope.tag, envelope.attrib, nsmap={**envelope.nsmap, "wsse": WSSE, "wsu": WSU})
    root.extend(list(envelope))
    return root


def _security(envelope: Any) -> Any:
    header = envelope.find("{*}Header")
    if header is None:
        header = etree.Element(f"{{{etree.QName(envelope).namespace}}}Header")
        envelope.insert(0, header)
    found = header.find(SECURITY)
    return found if found is not None else etree.SubElement(header, SECURITY, nsmap={"wsse": WSSE})


def secrets(envelope: Any) -> tuple[str, ...]:
    """Return the texts of password (or digest) and nonce of an envelope."""
    return tuple(element.text or "" for element in envelope.iter(*_SECRET))


def hide_security(root: Any) -> None:
    """Take password, digest and nonce out of an envelope."""
    for element in root.iter(*_SECRET):
        element.text = HIDDEN


def shown(envelope: Any, hides: Sequence[str]) -> bytes:
    """Return an envelope as it may be shown: without secrets of its own, and without these texts."""
    copied = deepcopy(envelope)
    hide_security(copied)
    return hidden(etree.tostring(copied, xml_declaration=True, encoding="utf-8"), hides)
