"""What stands before each ERP endpoint and each service: it says no early, and repeats only what cannot hurt.

One ``Guard`` belongs to one endpoint of one process, whoever names it. ``run`` stands around each single call of a
backend: a call of several, a login, a lookup, a record that is read first, a page.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from adapter.errors import BackendError, BackendUnavailable
from adapter.guard.gates import ISOLATED, NOT_ASKED, REFUSED, Gate, Leave
from adapter.guard.told import NOBODY, Told
from adapter.guard.tries import Tries
from adapter.guard.turn import Turn, left
from adapter.mapping.model.policy import Policy
from adapter.messages import Request

__all__ = ["UNGUARDED", "Guard", "Turn"]

R = TypeVar("R")


class Guard:
    """Gates in the order in which calls pass them, and what decides about tries (None: nothing is repeated).

    ``watch``: no gate can refuse a call; what one would have refused is told. What operators isolate is refused anyway.
    """

    def __init__(
        self,
        gates: Sequence[Gate] = (),
        tries: Tries | None = None,
        told: Told = NOBODY,
        *,
        watch: bool = False,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._gates, self._tries, self._told, self._watch = tuple(gates), tries, told, watch
        self._clock, self._pause = clock, pause

    def run(self, request: Request, act: Callable[[Turn], R], policy: Policy) -> R:
        """Return what one call returns, made again where that cannot hurt. Raises what it raises, or why it is refused.

        ``act`` shows its turn what it opens and does not close, so that it counts until that is closed.
        """
        begin, made = self._clock(), 0
        before: BackendError | None = None
        if self._tries is not None:
            self._tries.budget.asked()
        try:
            while True:
                turn = self._enter(request, policy, begin, before)
                made += 1
                try:
                    result = act(turn)
                except BackendError as error:
                    turn.ended(error)
                    before = _known(error, before)
                    wait = self._wait(before, request, policy, made) if not turn.opened else None
                    if wait is None:
                        raise before from error.__cause__
                except BaseException as error:
                    turn.ended(error)
                    raise
                else:
                    turn.ended()
                    if self._tries is not None:
                        self._tries.budget.succeeded()
                    return result
                self._pause(wait)
        finally:
            before = None  # it holds this frame, which would hold it

    def _wait(self, error: BackendError, request: Request, policy: Policy, made: int) -> float | None:
        wait = self._tries.wait(error, request, policy, made) if self._tries is not None else None
        if wait is not None:
            self._told.tried(error.problem)
        return wait

    def _enter(self, request: Request, policy: Policy, begin: float, before: BackendError | None) -> Turn:
        """Pass the gates one after another; where one says no, those before it get back what they hold.

        A call that is made again and not let in ends as it did ``before``.
        """
        leaves: list[Leave] = []
        try:
            for gate in self._gates:
                try:
                    leaves.append(gate(request, policy.effect))
                except BackendUnavailable as error:
                    reason = error.cause.removeprefix(REFUSED)
                    self._told.refused(reason, request)
                    if not self._watch or reason == ISOLATED:
                        raise before or error from None
        except BaseException:
            left(leaves, NOT_ASKED)
            before = None  # as in `run`
            raise
        whole = request.deadline - begin
        return Turn(leaves, (request.deadline - self._clock()) / whole if whole > 0 else 0.0, self._clock)


def _known(error: BackendError, before: BackendError | None) -> BackendError:
    """Return the error with what is known of all tries: the last one may not have been sent, and another one was."""
    if before is None or before.sent == "no" or error.sent != "no":
        return error
    return replace(error, sent=before.sent)


UNGUARDED = Guard()
"""Lets everything in and repeats nothing."""
