"""Entries of the response cache, by key, and what drops them: tags.

A tag has a generation. An entry is kept with the generations that its tags had when the answer was asked for (its
``mark``), and counts as long as they are the same. So one write of a tag drops any number of entries, and an answer
that was under way while something changed is never taken for the new one.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

_TAG_SECONDS: Final = 7 * 24 * 3600
LONGEST: Final = _TAG_SECONDS - 3600
"""Seconds that an entry may be kept: always less than its tags."""
EVERYTHING: Final = "*"
_MOST_MISSED: Final = 1000


@dataclass(frozen=True, slots=True)
class Found:
    """What stands at a key: ``data``, None where nothing does that counts. ``mark`` goes back with ``put``."""

    data: bytes | None
    mark: bytes


class Entries:
    """Cache entries in the shared store. Each answers None or False while the store is away."""

    def __init__(self, command: Callable[..., Any]) -> None:
        self._command = command
        self._missed: set[str] = set()
        self._lock = threading.Lock()

    def get(self, key: str, tags: Sequence[str] = ()) -> Found | None:
        """Return what stands at ``key``, with the mark to put something there; None while the store is away."""
        answer = self._command("MGET", _entry(key), _tag(EVERYTHING), *map(_tag, tags)) if self.made_up() else None
        if answer is None:
            return None
        kept, *generations = answer
        mark = b".".join(each or b"" for each in generations)
        if kept is None:
            return Found(None, mark)
        there, _, data = kept.partition(b"\n")
        return Found(data if there == mark else None, mark)

    def put(self, key: str, data: bytes, seconds: float, mark: bytes) -> bool:
        """Keep ``data`` at ``key`` for some seconds, at most ``LONGEST``. Return whether it was."""
        life = max(1, int(min(seconds, LONGEST) * 1000))
        return self._command("SET", _entry(key), mark + b"\n" + data, "PX", life) is not None

    def left(self, key: str) -> float | None:
        """Return for how many seconds more something stands at ``key``; None while the store is away.

        Below 0 nothing does.
        """
        answer = self._command("PTTL", _entry(key))
        return None if answer is None else answer / 1000

    def drop(self, tags: Collection[str]) -> bool:
        """Drop every entry that has one of ``tags`` (``EVERYTHING``: all). Return whether others know of it yet.

        While the store is away it is remembered, and made up for before anything is read again.
        """
        with self._lock:
            self._missed.update(tags if len(self._missed) + len(tags) <= _MOST_MISSED else (EVERYTHING,))
        return self.made_up()

    def made_up(self) -> bool:
        """Drop what is still to be dropped. Return whether nothing is left."""
        while self._missed:
            with self._lock:
                due = tuple(self._missed)
            for tag in due:
                if self._command("SET", _tag(tag), secrets.token_hex(8), "EX", _TAG_SECONDS) is None:
                    return False
                with self._lock:
                    self._missed.discard(tag)
        return True


def _entry(key: str) -> str:
    return f"adapter:entry:{key}"


def _tag(tag: str) -> str:
    return f"adapter:tag:{tag}"
