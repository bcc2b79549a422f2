"""How the shared store is asked: every question has an answer, or None while it is away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from adapter.errors import AdapterError
from adapter.shared.entries import Entries
from adapter.shared.switch import Switch


@dataclass(frozen=True, slots=True)
class Script:
    """A script in Lua that runs at the store as a whole, so that nobody else's command comes between its lines."""

    text: str


Question = tuple[str | Script, Any]
"""A command with its arguments, or a script with its keys and its arguments."""


class Lost(AdapterError):
    """The store did not answer in time, or what it said was no answer."""


class Busy(AdapterError):
    """Too many ask at once; the store itself may be well."""


class Shared:
    """The shared store of one process. ``ask`` puts a question to it, and raises Lost or Busy.

    ``close`` closes its idle connections.
    """

    def __init__(
        self,
        ask: Callable[[Question], Any],
        *,
        close: Callable[[], None] = lambda: None,
        switch: Callable[..., Switch] = Switch,
    ) -> None:
        self._ask, self.close = ask, close
        self._switch = switch(self._probe, self._back)
        self._heard: list[Callable[[bool], None]] = []
        self.entries = Entries(self.command)

    @property
    def away(self) -> bool:
        """Whether it is not asked at present, since it failed."""
        return not self._switch.on

    def heard(self, tell: Callable[[bool], None]) -> None:
        """Have ``tell`` called whenever it is lost (False) or back (True)."""
        self._heard.append(tell)

    def command(self, name: str, *arguments: Any) -> Any:
        """Return what a command answers; None while the store is away, so nothing whose answer may be nil."""
        return self._put((name, arguments))

    def run(self, script: Script, keys: Sequence[str], *arguments: Any) -> Any:
        """Return what a script answers, None while the store is away."""
        return self._put((script, (tuple(keys), arguments)))

    def _put(self, question: Question) -> Any:
        if not self._switch.on:
            return None
        try:
            return self._ask(question)
        except Busy:
            return None
        except Lost:
            self._switch.off()
            self._tell(False)
            return None

    def _probe(self) -> bool:
        try:
            self._ask(("PING", ()))
        except (Lost, Busy):
            return False
        return True

    def _back(self) -> None:
        self.entries.made_up()
        self._tell(True)

    def _tell(self, there: bool) -> None:
        for tell in self._heard:
            tell(there)
