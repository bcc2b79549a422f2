"""Where a feature stands, and which side answers what there.

===========  ==========================  ======================  ==========================  ========================
stage        reads                       asked beside            writes                      the other side gets
===========  ==========================  ======================  ==========================  ========================
legacy       soap                        --                      soap                        --
shadow       soap                        http                    soap                        nothing
dualwrite    soap                        http                    soap                        every write
canary       http if bucket < share      the other               as reads                    every write, both ways
live         http                        soap                    http                        every write
rampdown     http                        --                      http                        every write
complete     http                        --                      http                        --
===========  ==========================  ======================  ==========================  ========================

What has no key is at soap before ``live``, and at http from there on. An entity that does not exist yet is created at
soap until ``complete``, unless the new service gives ids (``creates: new``): then from ``live`` on at http.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from adapter.rollout.rules import Side, Stage

_NEW: Final = ("live", "rampdown", "complete")
_COPIED: Final = ("dualwrite", "canary", "live", "rampdown")
_BESIDE: Final = ("shadow", "dualwrite", "canary", "live")


@dataclass(frozen=True, slots=True)
class Pin:
    """Nobody moves the feature until a time (seconds since 1970; 0: until it is unpinned). Who said so, and why."""

    actor: str
    reason: str
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one feature stands. Every change makes ``epoch`` one more.

    ``share``: in a canary, how many of 10,000 buckets are at the new service. ``step``: how many steps of the plan are
    done. ``run``: the epoch at which its evidence began. ``rolled_back``: why it went back, "" once it was sent on.
    ``verdict``: the id of the verdict that led here, "" where a person did. ``since``: when it came to this stage and
    share, in seconds since 1970. ``dry_runs_off``: why no dry run of its writes is made in this run, "" where they are.
    That is no move, and the epoch stays as it is.
    """

    feature: str
    epoch: int = 0
    stage: Stage = "legacy"
    share: int = 0
    step: int = 0
    run: int = 0
    paused: bool = False
    pinned: Pin | None = None
    rolled_back: str = ""
    verdict: str = ""
    since: float = 0.0
    actor: str = ""
    reason: str = ""
    dry_runs_off: str = ""


def answering(standing: Standing, bucket: int | None) -> Side:
    """Return which side answers for an entity by its bucket, and has the say about its writes; None: of no entity."""
    if standing.stage == "canary":
        return "http" if bucket is not None and bucket < standing.share else "soap"
    return "http" if standing.stage in _NEW else "soap"


def creations(standing: Standing, creates: Literal["legacy", "new"]) -> Side:
    """Return which side makes entities, so that one side alone gives ids."""
    if creates == "new":
        return "http" if standing.stage in _NEW else "soap"
    return "http" if standing.stage == "complete" else "soap"


def copied(standing: Standing) -> bool:
    """Return whether the other side gets every write."""
    return standing.stage in _COPIED


def beside(standing: Standing) -> bool:
    """Return whether the other side is asked beside reads."""
    return standing.stage in _BESIDE


def no_dry_runs(standing: Standing) -> bool:
    """Return whether dry runs of writes would be made where a feature stands, and are off."""
    return standing.stage == "shadow" and bool(standing.dry_runs_off)


def other(side: Side) -> Side:
    """Return the other side."""
    return "soap" if side == "http" else "http"
