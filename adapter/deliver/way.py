"""How the writes of one operation are sent, and how it is found out what became of them; made while building."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from adapter.mapping.model.write import WriteRule
from adapter.messages import Handler, Request, Response

Ask = Callable[[Request], Response | None]
"""Takes a kept request, with a deadline of its own; the answer of the write, None where it had no effect.

Raises Unsettled where what is found is no proof, RequestError where nothing could be asked.
"""


class Unsettled(Exception):
    """What was found says neither that a write had an effect nor that it had none: a person has to look."""


@dataclass(frozen=True, slots=True)
class Way:
    """One operation. ``send`` takes a kept request: its values are checked again, then the ERP is asked.

    ``resolve`` is None where the mapping does not say how. ``repeatable``: sending twice is the same as once.
    ``entity`` and ``subject`` say of a request whose it is, "" for nobody's. ``fill`` puts our own reference in where a
    caller gave none, and returns the request and the reference that it carries ("" for none).
    """

    operation: str
    rule: WriteRule
    repeatable: bool
    send: Handler
    resolve: Ask | None
    entity: Callable[[Request], str]
    subject: Callable[[Request], str]
    fill: Callable[[Request, str], tuple[Request, str]]

    @property
    def after(self) -> float:
        """Seconds until "not found" is believed."""
        return self.rule.resolve.after if self.rule.resolve is not None else 0.0
