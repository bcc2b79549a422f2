"""Features without a mapping: rules and plans that tests make."""

from __future__ import annotations

from typing import Any

from adapter.mapping.model import Place
from adapter.mapping.model.rollout import RolloutRule
from adapter.moving.features import Feature
from adapter.rollout.moves import Plan
from adapter.rollout.rules import Step, step_of

WHOLE = "shadow, dualwrite, canary 1, canary 10, canary 50, live, rampdown, complete"


def steps(text: str = WHOLE) -> tuple[Step, ...]:
    """Return the steps of a plan as it is written."""
    found = [step_of(each) for each in text.split(", ")]
    assert None not in found
    return tuple(each for each in found if each is not None)


def plan(text: str = WHOLE, *, writes: bool = True) -> Plan:
    """Return a plan."""
    return Plan(steps(text), writes)


def feature(name: str = "customers", text: str = WHOLE, *, writes: bool = True, **more: Any) -> Feature:
    """Return a feature whose rule says ``more`` beside its steps."""
    made = plan(text, writes=writes)
    rule = RolloutRule(Place("customers.yaml", 1, 1), name, steps=made.steps, **more)
    return Feature(name, rule, made, (f"{name}.read", f"{name}.update"))
