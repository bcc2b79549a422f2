"""What workers and machines share in Valkey or Redis: counters, grants of slots, leases, and cache entries.

Rule 1: all of it may be lost at any time. Whatever is asked here answers None then, and whoever asks goes on with what
        it knows itself (``Shared.away``).
Rule 2: its loss costs next to nothing: a call takes at most 100 ms, then nobody asks for a while (``switch``).
Rule 3: redis-py, an extra, is imported only where ADAPTER_SHARED is set, and no socket is opened before the fork.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterator

from adapter.errors import Mistake
from adapter.shared.entries import Entries, Found
from adapter.shared.leases import Leases
from adapter.shared.link import Shared

__all__ = ["Entries", "Found", "Leases", "Shared", "absent", "open_shared"]


def absent(url: str, find: Callable[[str], object | None] = importlib.util.find_spec) -> Iterator[Mistake]:
    """Yield the mistake of asking for a shared store without the extra that can speak to it."""
    if url and find("redis") is None:
        remedy = "pip install 'strangler-adapter[valkey]', or remove the setting"
        yield Mistake("adapter.env", 0, 0, "ADAPTER_SHARED: the extra 'valkey' is not installed", remedy)


def open_shared(url: str) -> Shared | None:
    """Return what ADAPTER_SHARED points at, None where it is not set. No socket is opened before the first question."""
    if not url:
        return None
    client = importlib.import_module("adapter.shared.valkey").Client(url)
    return Shared(client.ask, close=client.close)
