"""What a process gets ready ahead of its first request: an application says what, gunicorn's worker begins it.

It is begun after the fork, since threads and connections do not survive one. Where nobody begins it (the tests, a
command) the first request that needs it does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol

_NAME: Final = "adapter-ahead"


class Extended(Protocol):
    """A Flask application, as far as it matters here."""

    extensions: dict[str, Any]


def announce(app: Extended, act: Callable[[], None]) -> None:
    """Let ``act`` be called once in each process that serves ``app``. It returns at once."""
    app.extensions[_NAME] = act


def begin(app: object) -> None:
    """Begin what an application has announced. One that is not ours has announced nothing."""
    act = getattr(app, "extensions", {}).get(_NAME)
    if act is not None:
        act()
