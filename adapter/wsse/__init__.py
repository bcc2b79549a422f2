"""WS-Security with X.509 certificates: signs our requests, and checks the answers (``verify``)."""

from __future__ import annotations

from dataclasses import dataclass

from adapter.wsse.keys import Signer
from adapter.wsse.verify import Sent, Verifier

__all__ = ["Sent", "Signer", "Signing", "Verifier"]


@dataclass(frozen=True, slots=True)
class Signing:
    """What we sign with, which parts, and how answers are checked (None: they are not)."""

    signer: Signer
    parts: frozenset[str]
    verifier: Verifier | None
