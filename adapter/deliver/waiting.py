"""Waiting for a row that somebody else has: looked at again and again, more and more seldom, until a time."""

from __future__ import annotations

import time

from adapter.deliver.keeping import Keeping
from adapter.errors import StoreUnavailable
from adapter.store import writes
from adapter.store.writes import Write

_PAUSE, _LONGEST_PAUSE = 0.02, 0.25


def changed(keeping: Keeping, row: Write, until: float, *, lease: bool = False) -> bool:
    """Wait until a row is in another state or in other hands, or gone. False where it is as it was.

    ``until`` is on the clock of ``time.monotonic``. ``lease``: it has changed, too, where its lease is over.
    """
    pause = _PAUSE
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(pause, left))
        pause = min(pause * 1.5, _LONGEST_PAUSE)
        try:
            found = keeping.store.read(lambda connection: writes.by_id(connection, row.id))
        except StoreUnavailable:  # asked again, for as long as there is time
            continue
        if found is None or (found.state, found.owner) != (row.state, row.owner):
            return True
        if lease and found.lease <= keeping.now():
            return True
    return False


def as_it_is(keeping: Keeping, row: Write) -> Write:
    """Return a row as it is now; as it was where the store does not say."""
    try:
        return keeping.store.read(lambda connection: writes.by_id(connection, row.id)) or row
    except StoreUnavailable:
        return row
