"""The key we sign with and the certificates whose signatures we accept, from the credentials that a mapping names."""

from __future__ import annotations

from pathlib import Path

from adapter.identity.credentials import Credentials
from adapter.mapping.model.soap import IdentityRule
from adapter.wsse import Signing, Verifier
from adapter.wsse.keys import load_signer, load_trust


def signing(rule: IdentityRule | None, credentials: Credentials) -> Signing | None:
    """Return how a mapping's calls are signed and their answers checked; None where they are not."""
    if rule is None or not rule.signature:
        return None
    certificate, key, accepted = (credentials.path(rule.signature, part) for part in ("CERTIFICATE", "KEY", "VERIFY"))
    verifier = None if rule.unsigned_answers else Verifier(load_trust(accepted or Path()))
    return Signing(load_signer(certificate or Path(), key), frozenset(rule.signed), verifier)


def signing_problem(rule: IdentityRule, credentials: Credentials) -> str:
    """Return why a mapping's calls cannot be signed, in words for the operator; "" where they can."""
    try:
        signing(rule, credentials)
    except ValueError as error:
        return str(error)
    return ""
