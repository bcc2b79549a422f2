"""How one request ended: all that is ever logged or counted about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """One finished request. No payload, no header value, no query; ``operation`` is ``-`` outside the mappings.

    ``caller`` is the id of who asked, ``problem`` is empty for a success. ``sent`` says whether the backend may have
    acted (no, maybe, yes), ``code`` is its own fault code, ``cause`` says in words for the operator what went wrong.
    ``bytes`` is the size of the body, ``broken`` tells that it did not end as it should. ``seconds`` runs until the
    last byte. ``quiet`` marks calls of health checks, which are only logged at level DEBUG.
    """

    operation: str
    method: str
    status: int
    request_id: str
    trace_id: str = ""
    caller: str = ""
    seconds: float = 0.0
    problem: str = ""
    answered_by: str = ""
    sent: str = ""
    code: str = ""
    cause: str = ""
    notes: tuple[str, ...] = ()
    bytes: int = 0
    broken: bool = False
    quiet: bool = False
