"""Endpoints that an operator has taken out of use: each process follows what is kept, beside the calls.

While it cannot be read, what was read before counts. A process that never could lets all calls in.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Final

from adapter.background import Background
from adapter.durable import Durable
from adapter.errors import StoreUnavailable
from adapter.guard.gates import ISOLATED, Gate, Leave, Outcome, refused
from adapter.guard.told import telling_isolated
from adapter.mapping.model.policy import Effect
from adapter.messages import Request
from adapter.shared import Shared
from adapter.shared.isolated import seen
from adapter.telemetry import Telemetry

PERIOD: Final = 0.5
_FIRST_SECONDS: Final = 1.0
_AGAIN_SECONDS: Final = 30.0

Read = Callable[[Mapping[str, str]], Mapping[str, str] | None]
"""Returns why endpoints are isolated, by their names, None where that cannot be read; it gets what was read before."""


class Isolation:
    """What is isolated, as this process knows it. ``told`` hears of what is new: an endpoint, and why or ""."""

    def __init__(
        self,
        read: Read,
        told: Callable[[str, str], None] = lambda endpoint, reason: None,
        failed: Callable[[Exception], None] = lambda error: None,
    ) -> None:
        self._read, self._told = read, told
        self._background = Background(self.refresh, PERIOD, failed, _FIRST_SECONDS)
        self.known: Mapping[str, str] = {}

    def refresh(self) -> None:
        """Read it anew."""
        found = self._read(self.known)
        if found is None or found == self.known:
            return
        before, self.known = self.known, dict(found)
        for endpoint in before.keys() | found.keys():
            if before.get(endpoint) != found.get(endpoint):
                self._told(endpoint, found.get(endpoint, ""))

    def gate(self, names: Collection[str]) -> Gate:
        """Return what lets nobody in while one of these names of an endpoint is isolated."""
        mine = frozenset(names)

        def enter(request: Request, effect: Effect) -> Leave:
            self._background.begun()
            if self.known and not mine.isdisjoint(self.known):
                raise refused(ISOLATED, _AGAIN_SECONDS, detail=_DETAIL)
            return _nothing

        return enter


def place(durable: Durable | None, shared: Shared | None) -> Read | None:
    """Return where it is read: the durable store where it is open anyway, else the shared one, or nowhere."""
    if durable is not None:
        return partial(_kept, durable)
    return partial(seen, shared) if shared is not None else None


def following(durable: Durable | None, telemetry: Telemetry, shared: Shared | None) -> Isolation | None:
    """Return what follows it in a process, None where there is no place to read it from. Nothing is opened yet."""
    read = place(durable, shared)
    if read is None:
        return None
    return Isolation(
        read,
        telling_isolated(telemetry),
        lambda error: telemetry.bug(error, "", "-"),
    )


def _kept(durable: Durable, known: Mapping[str, str]) -> Mapping[str, str] | None:
    room = importlib.import_module("adapter.store.isolated")
    try:
        found: Mapping[str, str] = durable.store.read(room.reasons)
    except StoreUnavailable:
        return None
    return found


def _nothing(outcome: Outcome) -> None:
    """Give back nothing."""


_DETAIL = "The system behind this service was taken out of use by its operators. Nothing was sent."
