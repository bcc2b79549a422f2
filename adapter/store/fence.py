"""One writer for each entity, and the copies of what it wrote: what the transactions of rows ask of ``rollouts``.

Rule 1: a row is made only for the side that has the say about its entity now (``moved``).
Rule 2: with the transaction in which a caller's write is done, the other side's copy is there (``copied``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from adapter.rollout import stages
from adapter.rollout.rules import Side
from adapter.rollout.stages import Standing
from adapter.store import rollouts
from adapter.store.writes import DONE, Write, insert_behind


@dataclass(frozen=True, slots=True)
class Fence:
    """What a request took for granted: where its feature stood, by ``epoch``. ``side`` tells who has the say now."""

    feature: str
    epoch: int
    side: Callable[[Standing], Side]


@dataclass(frozen=True, slots=True)
class Copy:
    """The row for the other side, made and sealed before the transaction that may need it."""

    feature: str
    row: Write


def moved(fence: Fence, standing: Standing, target: Side) -> bool:
    """Whether a write for a side has to go to the other one by now."""
    return standing.epoch != fence.epoch and fence.side(standing) != target


def needed(standing: Standing, target: Side) -> bool:
    """Whether the other side gets a write that was done at ``target``.

    It does at the stages that copy, and where it has the say itself: a write that was begun before a feature went back
    is done at a side that nobody asks any more.
    """
    return stages.copied(standing) or stages.answering(standing, None) != target


def copied(connection: Connection, done: Write | None, copy: Copy | None) -> Write | None:
    """Add the copy of a row that has just been done, where the other side gets it. Return the row that was given."""
    if done is None or copy is None or done.copy or done.state != DONE:
        return done
    if needed(rollouts.of(connection, copy.feature), done.target):
        insert_behind(connection, copy.row, done)
    return done
