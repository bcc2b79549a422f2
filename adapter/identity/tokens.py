"""Tokens that are asked for once and shared by all calls: those of OAuth 2.0, and those of an ERP's own sessions.

However many calls wait, one asks; the others take what it got, its failure too. A call that gets no token was never
sent, and its error says so.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from adapter.errors import BackendError, BackendTimeout
from adapter.exchange.single import Single

_DETAIL = "The adapter could not log in at the system behind this API. Nothing was sent."
_MARGIN = 30  # seconds before its end a token counts as expired, at most a fifth of its life


@dataclass(frozen=True, slots=True)
class Granted:
    """One token as it was granted. ``number`` tells two grants apart whose texts are the same."""

    text: str = field(repr=False)
    number: int


class Tokens:
    """The tokens of one login.

    ``ask`` gets a deadline and returns a new token and its life in seconds (``math.inf``: until it is refused), or
    raises BackendError. ``where`` says in a log line what was asked. ``secrets`` are texts that must not be shown.
    """

    def __init__(
        self,
        ask: Callable[[float], tuple[str, float]],
        where: str,
        secrets: Callable[[], tuple[str, ...]] = tuple,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask, self._where, self._hidden, self._clock = ask, where, secrets, clock
        self._single = Single(self._late)
        self._granted, self._until = Granted("", 0), -math.inf

    def token(self, deadline: float) -> Granted:
        """Return a token that still counts. Raises BackendError (``sent: no``) where none is to be had in time."""
        return self._single.get(deadline, self._there, lambda: self._renewed(deadline))

    def forget(self, granted: Granted) -> None:
        """Let a token count no more, unless another has taken its place."""
        if granted.number == self._granted.number:
            self._until = -math.inf

    def secrets(self) -> tuple[str, ...]:
        """Return what must not be shown: the token and what it is asked for with."""
        return self._granted.text, *self._hidden()

    def _there(self) -> Granted | None:
        return self._granted if self._clock() < self._until else None

    def _late(self) -> BackendTimeout:
        return BackendTimeout(
            "backend-timeout", 504, _DETAIL, cause=f"{self._where}: waited too long", sent="no", elsewhere=True
        )

    def _renewed(self, deadline: float) -> Granted:
        asked = self._clock()
        try:
            token, life = self._ask(deadline)
        except BackendError as error:
            cause = f"{self._where}: {error.cause}"
            raise replace(error, detail=_DETAIL, cause=cause, sent="no", elsewhere=True) from error
        self._granted, self._until = Granted(token, self._granted.number + 1), asked + life - min(_MARGIN, life / 5)
        return self._granted
