"""What is shown of an envelope that is sent: all of it but secrets."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from adapter.backends.soap.ready import envelope_bytes
from adapter.backends.soap.security import hide_security
from adapter.identity.hiding import hidden


def as_shown(envelope: Any, hides: Sequence[str], text: str | None = None) -> bytes:
    """Return an envelope without secrets, ``hides`` among them. ``text`` is what it keeps a place for."""
    copied = deepcopy(envelope)
    hide_security(copied)
    return hidden(envelope_bytes(copied, text), hides)
