"""The error for an answer that is not shown to be the ERP's."""

from __future__ import annotations

from adapter.errors import BackendReplyInvalid

_DETAIL = "The answer is not shown to come from the system behind this API. The request may have been carried out."


class Unverified(BackendReplyInvalid):
    """An answer whose signature does not hold. Who wrote it is not known, so neither is whether the ERP acted."""


def unverified(check: str) -> Unverified:
    """Return the error to raise. ``check`` says in fixed words, for the log, what does not hold."""
    return Unverified("backend-reply-invalid", 502, _DETAIL, sent="maybe", cause=f"signature: {check}")
