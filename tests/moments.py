"""Calls at a certain moment, for what depends on the clock on the wall."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from types import SimpleNamespace

import pytest

from adapter.guard import closed


@contextmanager
def at(moment: str | None) -> Iterator[None]:
    """Let service windows be as they are at a moment (RFC 3339), for as long as a call takes. None: now."""
    with pytest.MonkeyPatch.context() as patch:
        if moment is not None:
            clock = SimpleNamespace(now=lambda zone: datetime.fromisoformat(moment).astimezone(zone))
            patch.setattr(closed, "datetime", clock)
        yield
