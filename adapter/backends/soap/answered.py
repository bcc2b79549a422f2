"""What one call brought back, before anybody looked into it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from adapter.backends.soap.arriving import Coming
from adapter.exchange import Reply
from adapter.identity.hiding import hidden


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back, and the texts of this call that must not be shown, should the ERP repeat them.

    ``known`` are such texts; ``own`` finds further ones in the envelope, which few calls need.
    ``verify`` returns the Body of an envelope when its signature holds; None where nothing is to be verified.
    ``message_id`` is that of WS-Addressing, "" where there is none.
    ``arriving`` is what comes after the envelope, where the answer is not whole yet. ``early``: it came before all was
    sent.
    """

    reply: Reply
    known: tuple[str, ...] = field(repr=False)
    own: Callable[[], tuple[str, ...]] = field(default=tuple, repr=False)
    verify: Callable[[Any], Any] | None = None
    arriving: Coming | None = None
    message_id: str = ""
    early: bool = False

    @property
    def unknown(self) -> bool:
        """Whether what stands before the service does not know us, so that the service never saw the call."""
        return self.reply.status == 401 and b"Envelope" not in self.reply.body

    def hidden(self, data: bytes) -> bytes:
        """Return bytes of the ERP's without them."""
        return hidden(data, (*self.known, *self.own()))

    def discreet(self, text: str) -> str:
        """Return a text of the ERP's without them."""
        return self.hidden(text.encode("utf-8")).decode("utf-8")
