"""What the store holds of writes, read by a test beside the adapter, by the names that callers gave their keys."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from sqlalchemy import text

from tests.resilience.audit import UNSETTLED, Row
from tests.resilience.stores import Place

KEY = "only-for-a-run-of-the-evidence-0123456789"
"""ADAPTER_STORE_KEY of the adapters that are broken."""
_QUERY = text("SELECT key, state, promised, cause FROM writes")


def rows(place: Place, names: Iterable[str]) -> list[Row]:
    """Return the rows of all writes; a key that is none of ``names`` stands as its pseudonym."""
    vault, store = place.vault(KEY), place.store()
    known = {vault.pseudonym("key", name): name for name in names}
    try:
        found = store.read(lambda connection: connection.execute(_QUERY).all())
    finally:
        store.close()
    return [Row(known.get(key, str(key)), state, bool(promised), cause or "") for key, state, promised, cause in found]


def settled(look: Callable[[], list[Row]], until: float) -> list[Row]:
    """Return the rows once none of them is open any more, or as they are when it has taken too long (monotonic)."""
    while True:
        found = look()
        if time.monotonic() > until or not any(row.state in UNSETTLED for row in found):
            return found
        time.sleep(0.3)
