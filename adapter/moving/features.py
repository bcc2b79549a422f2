"""The features of a project: what moves together, by the name of its mapping file's resource."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from adapter import problems
from adapter.mapping.bound import Endpoint
from adapter.mapping.model.rollout import RolloutRule
from adapter.rollout.moves import Plan


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature: its rule, its plan, and the names of those of its operations that move."""

    name: str
    rule: RolloutRule
    plan: Plan
    operations: tuple[str, ...]


def features(endpoints: Iterable[Endpoint]) -> Mapping[str, Feature]:
    """Return the features of a project by name; none where no mapping has ``rollout:``."""
    moving: dict[str, list[Endpoint]] = {}
    for each in endpoints:
        rule = each.resource.rollout
        if rule is not None and rule.moves(each.verb):
            moving.setdefault(each.resource.name, []).append(each)
    return {name: _feature(name, own) for name, own in moving.items()}


def named(found: Mapping[str, Feature], name: str) -> Feature:
    """Return one of the features. Raise 404 for a name that none of them has."""
    feature = found.get(name)
    if feature is None:
        there = ", ".join(sorted(found)) or "none"
        raise problems.house("no-such-feature", f"There is no feature {name}; there are: {there}.")
    return feature


def _feature(name: str, own: list[Endpoint]) -> Feature:
    rule = own[0].resource.rollout
    assert rule is not None
    writes = any(each.policy.effect != "read" for each in own)
    return Feature(name, rule, Plan(rule.steps, writes), tuple(each.name for each in own))
