"""A short game of the state machine of rollouts; ``fig.states`` plays the long one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.resilience.stores import ENGINES, place
from tests.strangler.playing import played


@pytest.mark.parametrize("engine", ENGINES)
def test_nobody_writes_beside_another_and_nothing_is_lost(engine: str, tmp_path: Path) -> None:
    """Whoever moves the feature, whoever dies: one writer at each epoch, and what was acknowledged is there."""
    store = place(engine, tmp_path).store(patience=60.0)
    seen = played(store, 2_500, 1)
    store.close()
    assert 2_500 <= seen["transitions"]
    assert all(seen[what] for what in ("advance done", "rollback done", "claim ours", "fenced", "died before"))
