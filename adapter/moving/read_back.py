"""Reading back what arrived at the other side: both sides of its entity are read a while later, and compared.

What is compared counts for the judge like any comparison; what differs is a drift, until it does not any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from adapter.deliver.keeping import Keeping
from adapter.moving.reconcile import Looked, Reconciler, looked
from adapter.rollout.fingerprints import fingerprint
from adapter.store import drifts, rollouts

DELAY: Final = 2.0
"""Seconds after which a side shows what it was given."""
MOST: Final = 50
"""Entities that are read at once."""
Compared = Callable[[str, int, str, Iterable[tuple[str, str, str]]], None]
"""Takes a feature, its run, an operation and the differences: fingerprint, pointer, kind (``moving.noting.Notes``)."""


class ReadBack:
    """Follows the copies of all features as they arrive. What arrived before it began is for the reconciler."""

    def __init__(
        self, reconcilers: Sequence[Reconciler], keeping: Keeping, compared: Compared, since: float | None = None
    ) -> None:
        self._reconcilers, self._keeping, self._compared = reconcilers, keeping, compared
        self._since = {each.feature: keeping.now() if since is None else since for each in reconcilers}

    def look(self) -> int:
        """Read back what arrived; return how many entities were compared."""
        return sum(self._of(each) for each in self._reconcilers)

    def _of(self, reconciler: Reconciler) -> int:
        feature, until = reconciler.feature, self._keeping.now() - DELAY
        since = self._since[feature]
        rows = self._keeping.store.read(lambda connection: drifts.arrived(connection, feature, since, until, MOST))
        if not rows:
            return 0
        self._since[feature] = rows[-1].changed
        run = self._keeping.store.read(lambda connection: rollouts.of(connection, feature)).run
        ids = dict.fromkeys(id for id in map(reconciler.id_of, rows) if id)
        return sum(self._told(reconciler, run, each) for each in looked(reconciler, ids, mend=False))

    def _told(self, reconciler: Reconciler, run: int, found: Looked) -> bool:
        if found.outcome == "busy":  # another copy is on its way, and is read back when it arrives
            return False
        operation = f"{reconciler.feature}.read"
        told = ((fingerprint(operation, each), each.shape, each.kind) for each in found.differences)
        self._compared(reconciler.feature, run, operation, list(dict.fromkeys(told)))
        return True
