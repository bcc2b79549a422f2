"""Puts a feature where a test wants it, as whoever operates it would: one more epoch, through the store."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from adapter import settings
from adapter.durable import Durable
from adapter.rollout.rules import Stage
from adapter.rollout.stages import Standing
from adapter.store import Store, rollouts


def stand(store: Store, feature: str, stage: Stage, share: int = 0, **more: Any) -> Standing:
    """Move a feature to a stage (``share`` of 10,000 buckets in a canary). ``more`` are fields of its standing."""
    before = store.read(lambda connection: rollouts.of(connection, feature))
    epoch = before.epoch + 1
    fields = {"run": epoch, "actor": "test", "reason": "a test", "since": time.time(), **more}
    after = replace(before, epoch=epoch, stage=stage, share=share, **fields)
    assert store.run(lambda connection: rollouts.put(connection, before, after, time.time(), "test"))
    return after


def stand_in(
    project: Path, feature: str, stage: Stage, share: int = 0, environ: Mapping[str, str] | None = None
) -> Standing:
    """Move a feature of a project, in the store that its settings name."""
    store = Durable(settings.read(project, environ or {}), project).store
    try:
        return stand(store, feature, stage, share)
    finally:
        store.close()
