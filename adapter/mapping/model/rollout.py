"""What a mapping says about how its operations move to a new service: ``rollout:`` of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from adapter.mapping.model import Place
from adapter.mapping.model.guard import ClosedRule
from adapter.rollout.rules import BesideRule, CompareRule, GateRule, Step


@dataclass(frozen=True, slots=True)
class RolloutRule:
    """How the operations of one file move. ``key`` names the entity, "" for the path parameter.

    ``stays`` are operations that do not move. ``freeze`` are days (ISO 8601, first and last) without a step forward;
    ``windows`` are the only times for one.
    ``retire`` is in days. ``pointers`` says where each pointer of ``compare`` is written.
    """

    place: Place
    group: str
    key: str = ""
    stays: tuple[str, ...] = ()
    creates: Literal["legacy", "new"] = "legacy"
    steps: tuple[Step, ...] = ()
    gate: GateRule = field(default_factory=GateRule)
    judge: Literal["advise", "automatic"] = "advise"
    windows: ClosedRule | None = None
    freeze: tuple[tuple[str, str], ...] = ()
    beside: BesideRule = field(default_factory=BesideRule)
    compare: CompareRule = field(default_factory=CompareRule)
    retire: float = 30.0
    pointers: Mapping[str, Place] = field(default_factory=dict, compare=False)

    def moves(self, verb: str) -> bool:
        """Whether an operation moves."""
        return verb not in self.stays
