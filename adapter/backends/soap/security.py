"""WS-Security on the way out: zeep makes the UsernameToken, we add what it leaves out (``mustUnderstand``, Timestamp).

OASIS Web Services Security: SOAP Message Security 1.0 (sections 5 and 10) and UsernameToken Profile 1.0. Nothing is
signed, so nothing has to be checked in an answer.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from lxml import etree
from zeep.ns import WSSE, WSU
from zeep.wsse.username import UsernameToken

from adapter.identity import Login
from adapter.identity.hiding import HIDDEN

LIFE = timedelta(minutes=5)
_SECRET = (f"{{{WSSE}}}Password", f"{{{WSSE}}}Nonce")


class Security:
    """What zeep applies to the envelope of one call."""

    def __init__(self, login: Login) -> None:
        self._login = login

    def apply(self, envelope: Any, headers: dict[str, str]) -> tuple[Any, dict[str, str]]:
        """Put a fresh token into the envelope."""
        login = self._login
        make: Any = UsernameToken  # zeep has no types
        token = make(login.user(), login.password(), use_digest=login.digest, zulu_timestamp=True)
        token.apply(envelope, headers)
        security = envelope.find(f"{{*}}Header/{{{WSSE}}}Security")
        security.set(f"{{{etree.QName(envelope).namespace}}}mustUnderstand", "1")
        if login.timestamp:
            security.insert(0, _timestamp(datetime.now(UTC)))
        return envelope, headers


def secrets(envelope: Any) -> tuple[str, ...]:
    """Return the texts of password (or digest) and nonce of an envelope."""
    return tuple(element.text or "" for element in envelope.iter(*_SECRET))


def hide_security(root: Any) -> None:
    """Take password, digest and nonce out of an envelope."""
    for element in root.iter(*_SECRET):
        element.text = HIDDEN


def _timestamp(now: datetime) -> Any:
    element = etree.Element(f"{{{WSU}}}Timestamp", nsmap={"wsu": WSU})
    for name, moment in (("Created", now), ("Expires", now + LIFE)):
        etree.SubElement(element, f"{{{WSU}}}{name}").text = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return element
