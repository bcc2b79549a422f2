"""The circuit breaker of one endpoint. Closed: calls go on. Open: none does. Half open: so many probes, no more.

It opens after some failures in a row, or once half of the last calls failed: never by a share of a hundred calls, which
an ERP that is asked once a second has only seen after minutes. A call that is slower than it may be is a failure.

Rule 1: the lock is held while numbers change, never while a call is made.
Rule 2: what a call says counts only in the state in which it began: late failures do not open it again.
Rule 3: a probe that says nothing (killed, cancelled, late by our own fault) gives its permit back.
Rule 4: where workers share a store, probes are counted over all of them (``probing``), and what one worker's found out
        holds for all that are open. While that store is away, and without one, each worker counts its own.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final, Literal

from adapter.guard.gates import Leave, Outcome, refused
from adapter.guard.probing import Together
from adapter.mapping.model.guard import BreakerRule
from adapter.mapping.model.policy import Effect
from adapter.messages import Request
from adapter.shared.probes import Answered

State = Literal["closed", "open", "half-open"]
WINDOW: Final = 4
"""Half of the last ``failures`` x this many calls have to fail, where they did not fail in a row."""
LONGEST: Final = 4
"""The longest time for which it stays open, in times of the first one."""
_ASK_SECONDS: Final = 0.02
"""How long a worker is silent that was told that others probe."""


class Breaker:
    """The state of one endpoint in this process. ``changed`` is told each new state. ``clock`` is in seconds.

    ``together`` is asked who may probe, never while it is closed.
    """

    def __init__(
        self,
        rule: BreakerRule,
        changed: Callable[[State], None] = lambda state: None,
        clock: Callable[[], float] = time.monotonic,
        together: Together | None = None,
    ) -> None:
        self._rule, self._changed, self._clock, self._together = rule, changed, clock, together
        self._slow = rule.slow or float("inf")
        self._lock = threading.Lock()
        self.state: State = "closed"
        self._number = 0
        """Which state it is, counted: what began in another one says nothing about this one."""
        self._row = 0
        self._last = deque[bool](maxlen=rule.failures * WINDOW)
        self._opened = 0
        self._until = 0.0
        self._probing = self._proved = 0

    def look(self, request: Request, effect: Effect) -> Leave:
        """Refuse at once what would be refused once it has waited. This gate holds nothing."""
        if self.state == "open" and (left := self._until - self._clock()) > 0:
            raise refused("breaker", left)
        return _nothing

    def enter(self, request: Request, effect: Effect) -> Leave:
        """Let a call in. Raises BackendUnavailable while it is open, or as many probes are under way as may be."""
        number = self._number
        if self.state == "closed":
            return lambda outcome: self._closed(number, outcome)
        if self._together is not None:
            self._may_ask()
            token, answer = self._together.ask(request)
            if answer is not None:
                return self._answered(number, answer, token)
        with self._lock:
            told = self._half_open() if self.state == "open" else None
            probe = self._probe()
        self._tell(told)
        return probe

    def _probe(self, token: str = "") -> Leave:
        """Let a probe in; one with a ``token`` is counted elsewhere too."""
        number = self._number
        if self.state == "closed":  # by now
            return lambda outcome: self._closed(number, outcome, token)
        if not token and self._probing + self._proved >= self._rule.probes:
            raise refused("probing", 1)
        self._probing += 1
        return lambda outcome: self._probed(number, outcome, token)

    def _may_ask(self) -> None:
        """Refuse what need not be asked of the others."""
        if self.state == "open" and (left := self._until - self._clock()) > 0:
            raise refused("breaker", left)
        if self.state == "half-open" and self._probing >= self._rule.probes:
            raise refused("probing", 1)

    def _answered(self, number: int, answer: Answered, token: str) -> Leave:
        """Do what all workers together may."""
        with self._lock:
            again = self.state == "open" and number != self._number  # it opened while we asked
            told = self._followed(answer) if not again else None
            allowed = (answer.saying == "probe" and not again) or self.state == "closed"
            probe = self._probe(token if answer.saying == "probe" else "") if allowed else None
        self._tell_own(told)
        if again and answer.saying == "probe":
            self._over(token, well=False)
        if probe is None:
            raise refused("breaker", answer.seconds) if answer.saying == "open" else refused("probing", 1)
        return probe

    def _followed(self, answer: Answered) -> State | None:
        """Take over what others found; return the state where it is a new one."""
        if self.state == "closed":  # by now
            return None
        if answer.saying == "closed":
            return self._close()
        if answer.saying == "probe":
            return self._half_opened() if self.state == "open" else None
        self._until = self._clock() + (answer.seconds or _ASK_SECONDS)
        return self._now("open") if answer.saying == "open" and self.state == "half-open" else None

    def _tell_own(self, told: State | None) -> None:
        if told is not None:
            self._changed(told)

    def _tell(self, told: State | None) -> None:
        self._tell_own(told)
        if told == "open" and self._together is not None:
            self._together.opened(max(0.0, self._until - self._clock()))

    def _failed(self, outcome: Outcome) -> bool:
        return outcome.verdict == "failed" or (outcome.verdict == "answered" and outcome.seconds > self._slow)

    def _closed(self, number: int, outcome: Outcome, token: str = "") -> None:
        if token:  # it closed between being allowed to try and trying
            self._over(token, well=False)
        if outcome.verdict == "unknown":
            return
        failed, told = self._failed(outcome), None
        with self._lock:
            if number != self._number:
                return
            self._last.append(failed)
            self._row = self._row + 1 if failed else 0
            if failed and (self._row >= self._rule.failures or self._half_failed()):
                told = self._open()
        if told is not None:
            self._tell(told)

    def _half_failed(self) -> bool:
        return len(self._last) == self._last.maxlen and 2 * sum(self._last) >= len(self._last)

    def _probed(self, number: int, outcome: Outcome, token: str = "") -> None:
        failed = self._failed(outcome)
        well = outcome.verdict != "unknown" and not failed
        closes = None if failed else self._over(token, well=well)
        told: State | None = None
        with self._lock:
            if number == self._number:
                told = self._ended(failed, well, closes)
        if failed and told is None:
            self._over(token, well=False)
        self._tell(told)

    def _ended(self, failed: bool, well: bool, closes: bool | None) -> State | None:
        self._probing -= 1
        if failed:
            return self._open()
        if well and closes is None:
            self._proved += 1
        return self._close() if closes or self._proved >= self._rule.probes else None

    def _over(self, token: str, *, well: bool) -> bool | None:
        """Give back what all workers count; return whether it closes, None where nobody else counts."""
        return self._together.over(token, well=well) if token and self._together is not None else None

    def _open(self) -> State:
        self._opened = min(self._opened + 1, LONGEST)
        self._until = self._clock() + self._rule.open * self._opened
        return self._now("open")

    def _half_open(self) -> State:
        if (left := self._until - self._clock()) > 0:
            raise refused("breaker", left)
        return self._half_opened()

    def _half_opened(self) -> State:
        self._probing = self._proved = 0
        return self._now("half-open")

    def _close(self) -> State:
        self._opened = self._row = 0
        self._last.clear()
        return self._now("closed")

    def _now(self, state: State) -> State:
        self._number += 1
        self.state = state
        return state


def _nothing(outcome: Outcome) -> None:
    """Hold nothing, so give nothing back."""
