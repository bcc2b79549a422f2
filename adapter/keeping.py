"""What keeps the writes of a project: its store and its vault, loaded where an operation has ``write:``, else never."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from adapter.deliver.way import Way
from adapter.durable import Durable
from adapter.mapping.bound import Endpoint
from adapter.messages import Handler, Middleware
from adapter.problems import Problem
from adapter.settings import Settings

if TYPE_CHECKING:
    from adapter.deliver.settle import Keeping


def keeps(endpoints: Iterable[Endpoint]) -> bool:
    """Whether a request of one of these may have a row in the store."""
    return any(each.write is not None and each.write.rule.kept for each in endpoints)


def keeping(
    settings: Settings, durable: Durable, known: Mapping[str, Problem], count: Callable[[str, str], None]
) -> Keeping:
    """Return where rows are kept. Nothing is opened yet. ``count`` takes an operation and an outcome."""
    room = importlib.import_module("adapter.deliver.settle")
    return room.Keeping(  # type: ignore[no-any-return]
        durable.store, durable.vault, float(settings.key_life), count=count, known=known, callbacks=settings.callbacks
    )


def operations(kept: Keeping) -> tuple[Handler, Handler]:
    """Return what answers ``GET`` and ``DELETE`` of ``/v1/operations/{id}``."""
    room = importlib.import_module("adapter.deliver.shown")
    return room.reading(kept), room.cancelling(kept)


def once(kept: Keeping) -> Callable[[Way], Middleware]:
    """Return what makes the step of one operation."""
    return partial(importlib.import_module("adapter.steps.once").once, keeping=kept)
