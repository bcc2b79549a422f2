"""The entries of one process: at most so many bytes, the least recently used go first, and writes drop them by tag.

A drop has a number. What was asked for before it (``began``) is not taken in after it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection

from adapter.cache.entry import Entry
from adapter.cache.keys import Key
from adapter.shared.entries import EVERYTHING

_MOST_DROPS = 10_000
_LARGEST_SHARE = 4


class Memory:
    """Entries by key. ``sized`` is told how many bytes there are whenever that changes."""

    def __init__(self, most: int, sized: Callable[[int], None] = lambda size: None) -> None:
        self._most, self._sized = most, sized
        self._entries: dict[Key, Entry] = {}
        self._tagged: dict[str, set[Key]] = {}
        self._drops: dict[str, int] = {}
        self._number = self._floor = 0
        self._lock = threading.Lock()
        self.bytes = 0

    def get(self, key: Key) -> Entry | None:
        """Return the entry of a key, which is the most recently used one now."""
        with self._lock:
            entry = self._entries.pop(key, None)
            if entry is not None:
                self._entries[key] = entry
            return entry

    def began(self) -> int:
        """Return the number of the last drop: what is asked for from now on knows of it."""
        return self._number

    def fits(self, size: int) -> bool:
        """Whether an entry of so many bytes is taken in at all."""
        return size * _LARGEST_SHARE <= self._most

    def put(self, key: Key, entry: Entry, began: int) -> bool:
        """Take in an entry, unless one of its tags was dropped since. Return whether it was taken in."""
        with self._lock:
            if not self.fits(entry.size) or self._dropped(entry.tags, began):
                return False
            self._remove(key)
            self._entries[key] = entry
            self.bytes += entry.size
            for tag in entry.tags:
                self._tagged.setdefault(tag, set()).add(key)
            while self.bytes > self._most:
                self._remove(next(iter(self._entries)))
            self._sized(self.bytes)
            return True

    def discard(self, key: Key, entry: Entry) -> None:
        """Remove an entry, unless another stands there by now."""
        with self._lock:
            if self._entries.get(key) is entry:
                self._remove(key)
                self._sized(self.bytes)

    def drop(self, tags: Collection[str]) -> None:
        """Drop what has one of some tags (``EVERYTHING``: all), and what is being asked for."""
        with self._lock:
            self._number += 1
            for tag in tags:
                self._drops.pop(tag, None)
                self._drops[tag] = self._number
                for key in list(self._entries) if tag == EVERYTHING else tuple(self._tagged.get(tag, ())):
                    self._remove(key)
            while len(self._drops) > _MOST_DROPS:
                oldest = next(iter(self._drops))
                self._floor = self._drops.pop(oldest)
            self._sized(self.bytes)

    def _dropped(self, tags: Collection[str], began: int) -> bool:
        """Whether one of some tags was dropped since; what was forgotten of drops counts as one of them all."""
        return self._floor > began or any(self._drops.get(tag, 0) > began for tag in (EVERYTHING, *tags))

    def _remove(self, key: Key) -> None:
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        self.bytes -= entry.size
        for tag in entry.tags:
            keys = self._tagged.get(tag)
            if keys is not None:
                keys.discard(key)
                if not keys:
                    del self._tagged[tag]
