"""Rollout rules: ``rollout:`` of a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from adapter.mapping.compared import compare_rule
from adapter.mapping.files import Path_
from adapter.mapping.guards import times_of_week
from adapter.mapping.model.rollout import RolloutRule
from adapter.mapping.schema_rollout import BesideSection, GateSection, RolloutSection
from adapter.mapping.sections import Sections
from adapter.rollout.rules import STAGES, BesideRule, GateRule, Step, step_of

PATH: Path_ = ("rollout",)
PLAN = "shadow, dualwrite, canary 1, canary 10, canary 50, live, rampdown, complete"
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,4})?)%")


def rollout_rule(sections: Sections, data: Any, name: str) -> RolloutRule | None:
    """Return the rule of a file whose resource is called ``name``; None where there is none, or it is no section."""
    found = sections.load(RolloutSection, {} if data is True else data, PATH) if data is not None else None
    if found is None:
        return None
    zone = found.pop("zone", None)
    found["windows"] = times_of_week(sections, found.get("windows"), zone, PATH, "windows")
    found["steps"] = tuple(_steps(sections, found.get("steps", PLAN.split(", "))))
    found["stays"] = tuple(_texts(sections, found.get("stays", []), "stays", "operations"))
    found["freeze"] = tuple(_days(sections, found.get("freeze", [])))
    found["gate"] = _gate(sections, found.get("gate", {}))
    found["beside"] = _beside(sections, found.get("beside", {}))
    found["compare"], found["pointers"] = compare_rule(sections, found.get("compare", {}), (*PATH, "compare"))
    found["retire"] = float(found.get("retire", 30))
    return RolloutRule(sections.place(PATH), **{"group": name, **found})


def _texts(sections: Sections, data: Any, key: str, what: str) -> list[str]:
    if isinstance(data, list) and all(isinstance(each, str) for each in data):
        return data
    sections.wrong((*PATH, key), f"{key} must be a list of {what}", f"{key}: […]")
    return []


def _steps(sections: Sections, data: Any) -> Iterator[Step]:
    """Yield the steps; each is further on than the one before."""
    before = Step("legacy")
    path = (*PATH, "steps")
    for index, text in enumerate(_texts(sections, data, "steps", f"stages such as {PLAN}")):
        step = step_of(text)
        if step is None or step.stage == "legacy":
            sections.wrong((*path, index), f"steps: '{text}' is no stage", f"steps: [{PLAN}]")
            continue
        if (STAGES.index(step.stage), step.share) <= (STAGES.index(before.stage), before.share):
            sections.wrong((*path, index), f"steps: {step} does not go on from {before}", "steps only go forward")
        before = step
        yield step


def _days(sections: Sections, data: Any) -> Iterator[tuple[str, str]]:
    path = (*PATH, "freeze")
    for index, text in enumerate(_texts(sections, data, "freeze", "days such as 2026-12-20/2027-01-06")):
        first, _, last = text.partition("/")
        try:
            if date.fromisoformat(first) > date.fromisoformat(last or first):
                raise ValueError
        except ValueError:
            remedy = "freeze: [2026-12-20/2027-01-06]"
            sections.wrong((*path, index), f"freeze: '{text}' is no day, and no days from one to another", remedy)
            continue
        yield first, last or first


def _gate(sections: Sections, data: Any) -> GateRule:
    path = (*PATH, "gate")
    found = sections.load(GateSection, data, path) or {}
    for key in found.keys() & {"mismatches", "sure"}:
        found[key] = percent(sections, found[key], (*path, key))
    if not found.get("mismatches", 1):
        sections.wrong(
            (*path, "mismatches"), "mismatches: 0% can never be shown, however much is compared", "mismatches: 0.1%"
        )
    if found.get("sure", 0) >= 1:
        sections.wrong((*path, "sure"), "sure: nothing is ever seen with 100% certainty", "sure: 99%")
    if "minutes" in found:
        found["seconds"] = 60 * seconds(sections, found.pop("minutes"), (*path, "minutes"), 100_000)
    if "lag" in found:
        found["lag"] = seconds(sections, found["lag"], (*path, "lag"), 86400)
    return GateRule(**found)


def _beside(sections: Sections, data: Any) -> BesideRule:
    path = (*PATH, "beside")
    found = sections.load(BesideSection, data, path) or {}
    for key in found.keys() & {"share", "noise"}:
        found[key] = percent(sections, found[key], (*path, key))
    if "slow" in found:
        found["slow"] = seconds(sections, found["slow"], (*path, "slow"), 600)
    return BesideRule(**found)


def percent(sections: Sections, value: Any, path: Path_) -> float:
    """Return a share from 0 to 1 of a text such as ``1%``."""
    found = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    if found is None or Decimal(found[1]) > 100:
        sections.wrong(path, f"{path[-1]}: must be a percentage", f"{path[-1]}: 1%")
        return 0.5
    return float(Decimal(found[1]) / 100)


def seconds(sections: Sections, value: Any, path: Path_, most: int) -> float:
    """Return a number up to ``most``."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 < value <= most:
        sections.wrong(path, f"{path[-1]}: must be a number up to {most}", f"{path[-1]}: 5")
        return 1.0
    return float(value)
