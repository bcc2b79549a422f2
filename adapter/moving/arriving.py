"""Whether a write of an entity is on its way to a side: asked of the store, beside the requests, where sides differ."""

from __future__ import annotations

import time
from collections.abc import Callable

from adapter.messages import Placed
from adapter.moving.placing import line_of
from adapter.store import Store, copies
from adapter.vault import Vault


class Arriving:
    """What may be asked. Store and vault are opened when it is."""

    def __init__(
        self, store: Callable[[], Store], vault: Callable[[], Vault], now: Callable[[], float] = time.time
    ) -> None:
        self._store, self._vault, self._now = store, vault, now

    def of(self, placed: Placed, seconds: float) -> bool:
        """Whether anything of a request's entity is on its way, or was so many seconds ago or later.

        What has no key is not known to be: a list may differ by it. Raise StoreUnavailable.
        """
        if not placed.entity:
            return False
        entity, since = self._vault().pseudonym("entity", line_of(placed.feature, placed.entity)), self._now() - seconds
        return self._store().read(lambda connection: copies.arriving(connection, entity, since))
