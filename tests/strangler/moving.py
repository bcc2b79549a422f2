"""What a process knows of features, made by hand: a snapshot that stands still, and notes that are kept in a list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from adapter.moving.follow import Snapshot
from adapter.moving.needed import Moving
from adapter.rollout.rules import Side


@dataclass
class Notebook:
    """Notes of one process, as they came. ``calls``: operation, side, unit, whether it was well."""

    calls: list[tuple[str, Side, str, bool]] = field(default_factory=list)
    runs: list[tuple[str, int, int]] = field(default_factory=list)
    opens: list[tuple[str, int]] = field(default_factory=list)
    comparisons: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)

    def called(
        self, feature: str, run: int, operation: str, side: Side, unit: str, share: int, seconds: float, ok: bool
    ) -> None:
        """Note a call that counts for a side."""
        assert seconds >= 0
        self.calls.append((operation, side, unit, ok))
        self.runs.append((feature, run, share))

    def opened(self, feature: str, run: int) -> None:
        """Note that the breaker of the new service is open."""
        self.opens.append((feature, run))

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
        self.comparisons.append((operation, [(pointer, kind) for _, pointer, kind in differences]))


def moving(notes: Notebook, snapshot: Snapshot, **more: Any) -> Moving:
    """Return what requests need, of a process in which nothing changes."""
    return Moving(lambda: snapshot, lambda: snapshot, notes, **more)
