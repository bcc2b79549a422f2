"""What a guard is made of: gates, one after another, that a call has to pass.

A gate is a function: it lets a call in, maybe after a while, and returns what is to be called once it is over; or it
raises why the call is not let in. Whatever it holds for the call (a place, a permit) it gives back in ``Leave``, which
is called exactly once, however the call ends: also where a gate behind it says no, and where the call is killed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from adapter.errors import BackendUnavailable
from adapter.mapping.model.policy import Effect
from adapter.messages import Request

Verdict = Literal["answered", "failed", "unknown"]
"""What a call says of the endpoint: it answered (a refusal too), it failed, or nothing, since it was not asked."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one call of an endpoint ended. ``seconds``: from the last gate to its end; ``error``: what it raised.

    ``status`` and ``headers`` are those of HTTP that its answer had, 0 where none came.
    """

    verdict: Verdict
    seconds: float = 0.0
    error: BaseException | None = None
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)


NOT_ASKED = Outcome("unknown")
REFUSED = "guard: "
"""How the cause of a refusal begins; the reason follows."""

ISOLATED = "isolated"
"""The reason where operators want an endpoint to be left alone."""

Leave = Callable[[Outcome], None]
Gate = Callable[[Request, Effect], Leave]
"""Waits within ``request.deadline`` at most. Raises BackendUnavailable (``refused``)."""


def refused(reason: str, seconds: float, problem: str = "backend-unavailable", detail: str = "") -> BackendUnavailable:
    """Return the error of a call that is not let in. ``reason`` is for log and metric, ``seconds`` for Retry-After."""
    after = str(max(1, -int(-seconds // 1)))
    return BackendUnavailable(
        problem, 503, detail or _DETAIL, headers={"Retry-After": after}, cause=REFUSED + reason, sent="no"
    )


_DETAIL = "The system behind this service is not asked at the moment. Nothing was sent."
