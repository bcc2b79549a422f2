"""What was seen of a feature since its evidence began: what the judge decides from.

A **unit** is what is counted once: the entity's key, as a pseudonym. Errors come in clusters by customer, so requests
would be counted many times for one cause.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from adapter.rollout.rules import Side


@dataclass(frozen=True, slots=True)
class First:
    """The first failure of a unit while the new service had ``share`` of 10,000 buckets, and at which side."""

    unit: str
    side: Side
    share: int
    time: float


@dataclass(frozen=True, slots=True, order=True)
class Failed:
    """How many units failed at a side while the new service had ``share`` buckets.

    ``known``: they have failed at the ERP before, while it had so many, so they are not in those; 0: they had not
    failed. Units that have failed at the new service before are not counted again: they stay there.
    """

    share: int
    known: int
    side: Side
    units: int


@dataclass(frozen=True, slots=True)
class Calls:
    """How many calls a side answered, and how many of them failed (a refusal that is declared is none)."""

    calls: int = 0
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Noise:
    """Of one pointer, over pairs in which the legacy was asked twice: how often which of them differed alone."""

    pairs: int = 0
    candidate: int = 0
    legacy: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything since ``run`` began. ``failed`` are counts of failed units; ``units`` how many different ones by side.

    ``calls`` are all, ``stepped`` those since the present step, ``lately`` those of the last minutes.
    ``streak``: different units whose calls of the new service failed, with no call of it that succeeded since; where
    several processes saw it, of all of them. ``opened``: its breaker is open at some process. ``rate``: comparisons a
    second, lately. ``lag``: seconds that the oldest copy has waited; ``conflicts``: copies that wait for a person.
    ``noise`` is by operation and pointer, ``differing`` (comparisons with a difference there) too.
    """

    run: int = 0
    failed: tuple[Failed, ...] = ()
    units: Mapping[Side, int] = field(default_factory=dict)
    calls: Mapping[Side, Calls] = field(default_factory=dict)
    stepped: Mapping[Side, Calls] = field(default_factory=dict)
    lately: Mapping[Side, Calls] = field(default_factory=dict)
    streak: tuple[str, ...] = ()
    opened: bool = False
    compared: int = 0
    mismatched: int = 0
    rate: float = 0.0
    lag: float = 0.0
    conflicts: int = 0
    differing: Mapping[tuple[str, str], int] = field(default_factory=dict)
    noise: Mapping[tuple[str, str], Noise] = field(default_factory=dict)
