"""The circuit breaker of one endpoint. Closed: calls go on. Open: none does. Half open: so many probes, no more.

It opens after some failures in a row, or once half of the last calls failed: never by a share of a hundred calls, which
an ERP that is asked once a second has only seen after minutes. A call that is slower than it may be is a failure.

Rule 1: the lock is held while numbers change, never while a call is made.
Rule 2: what a call says counts only in the state in which it began: late failures do not open it again.
Rule 3: a probe that says nothing (killed, cancelled, late by our own fault) gives its permit back.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final, Literal

from adapter.guard.gates import Leave, Outcome, refused
from adapter.mapping.model.guard import BreakerRule
from adapter.mapping.model.policy import Effect
from adapter.messages import Request

State = Literal["closed", "open", "half-open"]
WINDOW: Final = 4
"""Half of the last ``failures`` x this many calls have to fail, where they did not fail in a row."""
LONGEST: Final = 4
"""The longest time for which it stays open, in times of the first one."""


class Breaker:
    """The state of one endpoint in this process. ``changed`` is told each new state. ``clock`` is in seconds."""

    def __init__(
        self,
        rule: BreakerRule,
        changed: Callable[[State], None] = lambda state: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rule, self._changed, self._clock = rule, changed, clock
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
        with self._lock:
            told = self._half_open() if self.state == "open" else None
            probe = self._probe()
        if told is not None:
            self._changed(told)
        return probe

    def _probe(self) -> Leave:
        number = self._number
        if self.state == "closed":  # by now
            return lambda outcome: self._closed(number, outcome)
        if self._probing + self._proved >= self._rule.probes:
            raise refused("probing", 1)
        self._probing += 1
        return lambda outcome: self._probed(number, outcome)

    def _failed(self, outcome: Outcome) -> bool:
        return outcome.verdict == "failed" or (outcome.verdict == "answered" and outcome.seconds > self._slow)

    def _closed(self, number: int, outcome: Outcome) -> None:
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
            self._changed(told)

    def _half_failed(self) -> bool:
        return len(self._last) == self._last.maxlen and 2 * sum(self._last) >= len(self._last)

    def _probed(self, number: int, outcome: Outcome) -> None:
        told: State | None = None
        with self._lock:
            if number != self._number:
                return
            self._probing -= 1
            if outcome.verdict == "unknown":
                return
            if self._failed(outcome):
                told = self._open()
            else:
                self._proved += 1
                if self._proved >= self._rule.probes:
                    told = self._close()
        if told is not None:
            self._changed(told)

    def _open(self) -> State:
        self._opened = min(self._opened + 1, LONGEST)
        self._until = self._clock() + self._rule.open * self._opened
        return self._now("open")

    def _half_open(self) -> State:
        if (left := self._until - self._clock()) > 0:
            raise refused("breaker", left)
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
