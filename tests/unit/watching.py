"""What is told of comparisons, as it comes: whoever looks on waits for it."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from adapter.moving.beside import Example, Telling

PATIENCE = 10


class Watching:
    """Is told all that comes of the comparisons of one operation of customers, in their second run."""

    def __init__(self, operation: str) -> None:
        self._operation = operation
        self.outcomes: list[str] = []
        self.notes: list[tuple[list[tuple[str, str]], bool]] = []
        self.examples: list[Example] = []
        self.bugs: list[str] = []
        self._one = threading.Condition()
        self.telling = Telling(
            lambda operation, outcome: self.add(self.outcomes, outcome),
            lambda error, request_id, operation: self.add(self.bugs, type(error).__name__),
            lambda endpoint: lambda example: self.add(self.examples, example),
        )

    def compared(
        self,
        feature: str,
        run: int,
        operation: str,
        differences: Iterable[tuple[str, str, str]],
        *,
        dropped: bool = False,
    ) -> None:
        """Note a comparison."""
        assert ("customers", 2, self._operation) == (feature, run, operation)
        self.add(self.notes, ([(pointer, kind) for _, pointer, kind in differences], dropped))

    def add(self, there: list[Any], what: Any) -> None:
        """Note something."""
        with self._one:
            there.append(what)
            self._one.notify_all()

    def wait(self, there: list[Any], many: int = 1) -> None:
        """Wait until something has come so often."""
        with self._one:
            assert self._one.wait_for(lambda: len(there) >= many, PATIENCE), there
