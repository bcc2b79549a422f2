"""A worker's part of the places that all workers have at an endpoint, and of the limit that one of them found.

Without a shared store, or while it is away, each worker keeps to its share: the places divided by the workers. With it,
places go where they are wanted. A call asks for them only where none is free here; what was granted is renewed beside
the calls, so that the loss of the store costs none of them anything.
"""

from __future__ import annotations

import os
import random
import threading
import time
import uuid
from collections.abc import Callable
from functools import partial
from typing import Final

from adapter.errors import BackendTimeout
from adapter.guard.adaptive import START, Finder
from adapter.guard.gates import Leave, Outcome
from adapter.guard.places import MOST_WAITING, Places, Watcher
from adapter.mapping.model.policy import Effect
from adapter.messages import Request
from adapter.shared import Shared
from adapter.shared.grants import Found, Granted, granted

_ASK_SECONDS: Final = 0.005
_RENEW_SECONDS: Final = 0.25
_WAITING_SECONDS: Final = 0.02


class Sharing:
    """The gate of an endpoint with at most ``most`` calls at once over ``workers``; ``adaptive``: as many as are good.

    ``begin`` runs a function beside the calls, and ``rest`` waits there, until it is woken.
    """

    def __init__(
        self,
        endpoint: str,
        most: int,
        *,
        adaptive: bool = False,
        shared: Shared | None = None,
        workers: int = 1,
        watcher: Watcher = Watcher(),  # noqa: B008  # it holds nothing
        found: Callable[[float], None] = lambda limit: None,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
        begin: Callable[[Callable[[], None]], None] | None = None,
        rest: Callable[[threading.Event, float], object] = threading.Event.wait,
    ) -> None:
        self._endpoint, self._most, self._shared, self._workers = endpoint, most, shared, workers
        self._clock, self._begin, self._rest, self._told = clock, begin or _beside, rest, found
        self._made = uuid.uuid4().hex
        own = most if shared is not None else max(1, most // workers)
        self._finder = Finder(own, clock, jitter) if adaptive else None
        queue = _short_queue if adaptive else _long_queue
        self.places = Places(0 if shared is not None else self._alone(), queue, watcher, short=self._ask, clock=clock)
        self._lock, self._asking = threading.Lock(), threading.Lock()
        self._renewing = False
        self._asked, self._scarce = float("-inf"), False
        self._others = self._held = 0
        """What other workers have filled, as they said last, and what they may have filled."""
        self._wake = threading.Event()
        self._leads = shared is None
        if shared is not None:
            shared.heard(self._heard)

    def enter(self, request: Request, effect: Effect) -> Leave:
        """Fill a place, maybe after a while (``gates.Gate``)."""
        leave = self.places.enter(request, effect)
        return leave if self._finder is None else partial(self._leave, self._finder, leave, request.operation)

    def _leave(self, finder: Finder, leave: Leave, operation: str, outcome: Outcome) -> None:
        filled = self.places.filled + (self._held if finder.measuring else self._others)
        leave(outcome)
        with self._lock:
            changed = False
            if not self._leads:
                return
            if outcome.verdict == "answered":
                changed = finder.answered(operation, outcome.seconds, filled)
            elif isinstance(outcome.error, BackendTimeout):
                finder.failed()
                changed = True
        if changed:
            self._told(finder.limit)
            self._renew()

    def _worker(self) -> str:
        """Return what this worker is called; it may be made before the fork, so that alone all would be the same."""
        return f"{self._made}-{os.getpid()}"

    def _limit(self) -> float:
        return self._finder.limit if self._finder is not None else float(self._most)

    def _alone(self) -> int:
        """Return how many places this worker fills without asking anybody."""
        if self._shared is None:
            return int(self._limit()) if self._finder is not None else max(1, self._most // self._workers)
        return max(1, int(self._limit()) // self._workers)

    def _ask(self) -> None:
        """Ask for more places, since a call has none; but not at once again where there were none."""
        if self._shared is None:
            return
        if not self._scarce or self._clock() - self._asked >= _ASK_SECONDS:
            self._renew(more=1)
        self._wake.set()

    def _renew(self, *, more: int = 0) -> None:
        """Ask for what is wanted, ``more`` than now. One asks at a time, so that no answer is overtaken."""
        if self._shared is None:
            self.places.change(self._alone())
            return
        with self._asking:
            while self._renewed(self._shared, more):
                pass
        if not self._shared.away:
            self._go_on()

    def _renewed(self, shared: Shared, more: int) -> bool:
        """Ask once. Return whether less is held now than was said, which others should know at once."""
        self._asked = self._clock()
        filled = self.places.filled
        wanted, held = filled + self.places.waiting + more, max(filled, self.places.most)
        answer = granted(
            shared, self._endpoint, self._worker(), wanted=wanted, filled=filled, held=held, limit=self._said()
        )
        if answer is None:
            if shared.away:
                self._leads = True  # of its own share
                self.places.change(self._alone())
            return False
        self._others, self._held = max(0, answer.filled - filled), answer.others
        self._scarce = answer.places < wanted
        if self._finder is not None:
            self._follow(self._finder, answer)
        self.places.change(answer.places)
        return max(self.places.filled, answer.places) < held

    def _said(self) -> float | Found:
        if self._finder is None:
            return float(self._most)
        with self._lock:
            if self._leads:
                self._finder.go_on()
            return Found(self._finder.limit, self._finder.measuring)

    def _follow(self, finder: Finder, answer: Granted) -> None:
        """Take the limit that another worker found, or begin to look for it where nobody does."""
        with self._lock:
            if not answer.leads:
                finder.adopt(answer.limit)
            elif not self._leads:
                finder.begin()
            self._leads = answer.leads

    def _heard(self, there: bool) -> None:
        """Keep to the share while the store is away; say what is filled once it is back."""
        if there:
            self._go_on()
        else:
            self.places.change(self._alone())

    def _go_on(self) -> None:
        with self._lock:
            if self._renewing:
                return
            self._renewing = True
        self._begin(self._keep)

    def _keep(self) -> None:
        """Renew what was granted, and give back what nobody needs; end once that is all."""
        while True:
            self._rest(self._wake, _WAITING_SECONDS if self.places.waiting else _RENEW_SECONDS)
            self._wake.clear()
            self._renew()
            away = self._shared is None or self._shared.away
            if away or not (self.places.most or self.places.filled or self.places.waiting):
                with self._lock:
                    self._renewing = False
                return


def _beside(act: Callable[[], None]) -> None:
    threading.Thread(target=act, name="adapter-places", daemon=True).start()


def _long_queue(places: int) -> int:
    return min(MOST_WAITING, max(100, 10 * places))


def _short_queue(places: int) -> int:
    """Return how many wait where an answer is to come soon: waiting longer than a call takes is of no use."""
    return max(1, places // 3) if places else START
