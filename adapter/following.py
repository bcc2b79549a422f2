"""What features that move need of a process: loaded where an operation has a rollout, else never."""

from __future__ import annotations

import importlib
import threading
import time
from collections.abc import Callable, Collection, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from adapter.durable import Durable
from adapter.mapping.bound import Endpoint
from adapter.moving.needed import Moving, Told
from adapter.rollout.stages import Standing
from adapter.settings import Settings
from adapter.telemetry import Telemetry
from adapter.telemetry.rollouts import RolloutMetrics

if TYPE_CHECKING:
    from adapter.moving.follow import Follower, Snapshot

_ROOMS: Final = ("noting", "beside", "trying", "dry_runs", "lane", "examples", "arriving")
_ONCE_IN: Final = 60.0
"""Seconds between two lines that say the same is still so."""


def follows(endpoints: Iterable[Endpoint]) -> bool:
    """Whether one of these moves, so that the store says where it stands."""
    return any(each.rollout is not None for each in endpoints)


def moving(
    settings: Settings, durable: Durable, endpoints: Collection[Endpoint], telemetry: Telemetry
) -> Moving | None:
    """Return what requests of features need, None where nothing moves. Nothing is opened, and no thread begins yet."""
    if not follows(endpoints):
        return None
    rooms = (importlib.import_module(f"adapter.moving.{name}") for name in _ROOMS)
    noting, beside, trying, dry_runs, lane, examples, arriving = rooms
    metrics = telemetry.metrics.rollouts()
    names = {each.resource.name for each in endpoints if each.rollout is not None}

    def away(of: str, event: str) -> Callable[[Exception], None]:
        tell = rarely(telemetry, event)

        def failed(error: Exception) -> None:
            metrics.away(of)
            tell(error)

        return failed

    not_read = away("standings", "rollouts-not-read")
    off = partial(telemetry.lines.warning, "rollout-dry-runs-off")
    tells = dry_runs.Telling(
        metrics.dry_run,
        lambda feature, why: off(feature=feature, cause=why),
        rarely(telemetry, "dry-runs-off-not-kept"),
    )
    switch = dry_runs.Switch(lambda: durable.store, tells)
    follower = _follower(durable, durable.place(settings.brake), not_read, metrics, names, switch.why)
    notes = noting.Notes(lambda: durable.store, away("notes", "rollouts-not-noted"))
    told = Told(metrics.unkeyed, metrics.fell_back, telemetry.bug)
    key, timeout = durable.buckets_key(), settings.timeout
    kept = examples.Examples(
        lambda: durable.store, lambda: durable.vault, rarely(telemetry, "rollout-examples-not-kept")
    )
    telling = beside.Telling(metrics.compared, telemetry.bug, kept.of)
    on_its_way, lanes = arriving.Arriving(lambda: durable.store, lambda: durable.vault).of, lane.Lanes()
    asking = beside.Besides(follower.now, notes, key, timeout, telling, on_its_way, lanes)
    tried = trying.Trying(follower.now, notes, key, timeout, telling, lanes, switch)
    return Moving(follower.now, follower.look, notes, key, timeout, told, asking.of, tried.of)


def _follower(
    durable: Durable,
    brake: Path,
    failed: Callable[[Exception], None],
    metrics: RolloutMetrics,
    names: set[str],
    no_dry_runs: Callable[[Standing], str],
) -> Follower:
    """Return what follows where features stand, and shows it."""

    def stands(now: Standing) -> None:
        metrics.stands(now.feature, now.stage, now.share, now.epoch, back=bool(now.rolled_back))

    def looked(snapshot: Snapshot, age: float) -> None:
        metrics.looked(age, {name: snapshot.braked(name) for name in names})
        standings = [snapshot.of(name) for name in names]
        metrics.dry_runs({each.feature: each.stage == "shadow" and bool(no_dry_runs(each)) for each in standings})

    room = importlib.import_module("adapter.moving.follow")
    return room.Follower(lambda: durable.store, brake, failed, stands, looked)  # type: ignore[no-any-return]


def rarely(
    telemetry: Telemetry, event: str, clock: Callable[[], float] = time.monotonic
) -> Callable[[Exception], None]:
    """Return what writes a line about an error, and not again for a while."""
    lock, last = threading.Lock(), [-_ONCE_IN]

    def failed(error: Exception) -> None:
        with lock:
            now = clock()
            if now - last[0] < _ONCE_IN:
                return
            last[0] = now
        telemetry.lines.warning(event, cause=str(error))

    return failed
