"""The brake becomes a rollback: what it names goes back to where the ERP answers, in the store and in the audit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from adapter.errors import RequestError, StoreUnavailable
from adapter.moving.acting import Acting, Wish
from adapter.moving.follow import pulled, stopped
from adapter.rollout.moves import BRAKE

_STOPPED: Final = ("canary", "live")
"""Where reads are at the new service, and the ERP has all that was written."""


class Braking:
    """Looks at the brake. ``unknown`` is told, once, names in it that no feature has: a typing error stops nothing."""

    def __init__(self, acting: Acting, file: Path, unknown: Callable[[str], None]) -> None:
        self._acting, self._file, self._unknown = acting, file, unknown
        self._said: frozenset[str] = frozenset()

    def look(self) -> None:
        """Roll back what the brake names. Raise StoreUnavailable where that cannot be written: it is tried again."""
        brake = pulled(self._file)
        unknown = (brake or frozenset()) - self._acting.features.keys()
        if unknown - self._said:
            self._unknown(", ".join(sorted(unknown)))
        self._said = unknown
        if brake is None or brake == unknown != frozenset():
            return
        for seen in self._acting.list():
            standing = seen.standing
            if standing.stage in _STOPPED and stopped(brake, standing.feature):
                self._back(Wish(standing.feature, BRAKE, "the brake was pulled", standing.epoch))

    def _back(self, wish: Wish) -> None:
        try:
            self._acting.rollback(wish)
        except StoreUnavailable:
            raise
        except RequestError as error:
            if error.problem != "stale-epoch":  # somebody else was faster: the next look sees what he did
                raise
