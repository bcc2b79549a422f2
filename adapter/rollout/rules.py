"""What a plan is made of, and what it asks for: frozen, as the mapping says it (``rollout:`` of a file)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Side = Literal["soap", "http"]
"""Who answers: the ERP, or the new service."""
Stage = Literal["legacy", "shadow", "dualwrite", "canary", "live", "rampdown", "complete"]
STAGES: tuple[Stage, ...] = ("legacy", "shadow", "dualwrite", "canary", "live", "rampdown", "complete")
WHOLE = 10_000
"""All of it, where shares are counted in hundredths of a percent."""
_STEP = re.compile(rf"({'|'.join(STAGES)})(?: ([0-9]{{1,3}}(?:\.[0-9]{{1,2}})?))?")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a plan: a stage, and in a canary how many of 10,000 buckets are answered by the new service."""

    stage: Stage
    share: int = 0

    def __str__(self) -> str:
        """Render as it is written."""
        return f"{self.stage} {self.share / 100:g}" if self.stage == "canary" else self.stage


def step_of(text: str) -> Step | None:
    """Return a step as it is written, ``live`` or ``canary 2.5``; None where it is none. ``legacy`` is one too."""
    found = _STEP.fullmatch(text)
    if found is None or (found[2] is None) == (found[1] == "canary"):
        return None
    share = int(Decimal(found[2] or 0) * 100)
    stage = next(each for each in STAGES if each == found[1])
    return Step(stage, share) if share <= WHOLE and (share or stage != "canary") else None


@dataclass(frozen=True, slots=True)
class CompareRule:
    """When two answers are the same. Pointers are those of RFC 6901, with ``*`` for every item of an array.

    ``unordered``: the property of its items by which two arrays are compared, "" for the items themselves.
    ``numbers`` and ``times`` are differences that are none, ``times`` in seconds. ``codes`` are the legacy's words by
    the candidate's. ``show``: what examples of differences may show; everything else is hidden.
    """

    ignore: tuple[str, ...] = ()
    unordered: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    times: Mapping[str, float] = field(default_factory=dict)
    null_is_absent: bool = True
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    show: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GateRule:
    """What a step forward needs: a share of mismatches that is surely (``sure``) not exceeded, and how much was seen.

    ``keys``: so many different entities at least, ``seconds`` at the present step; ``lag``: no copy for the other side
    is older than so many seconds.
    """

    mismatches: float = 0.01
    sure: float = 0.95
    keys: int = 50
    seconds: float = 600.0
    lag: float = 60.0


@dataclass(frozen=True, slots=True)
class BesideRule:
    """What is asked beside the call that counts: a share of reads, and how many may wait for it in each worker.

    ``noise``: of how many of those the legacy is asked twice, so that what differs by itself is known. A candidate that
    takes longer than ``slow`` seconds has failed. ``writes``: what is done with the same share of writes at ``shadow``.
    """

    share: float = 1.0
    queue: int = 64
    noise: float = 0.02
    slow: float = 1.0
    writes: Literal["off", "compare", "dry_run"] = "compare"
