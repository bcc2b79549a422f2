"""Guard rules: ``guard:`` of ``soap:`` and ``http:``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from adapter.mapping.files import Path_
from adapter.mapping.model.guard import BreakerRule, GuardRule
from adapter.mapping.schema_guard import BreakerSection, GuardSection
from adapter.mapping.sections import Sections

OFF = "off"


def guard_rule(sections: Sections, data: Any, path: Path_) -> GuardRule | None:
    """Return the rule of one section; None where there is none, or where it is no section."""
    found = sections.load(GuardSection, data, path) if data is not None else None
    if found is None:
        return None
    if not data:
        sections.wrong(path, "guard: says nothing", "guard: {breaker: {failures: 5}}, or remove it")
    if "breaker" in found:
        found["breaker"] = _breaker(sections, found["breaker"], (*path, "breaker"))
    return GuardRule(sections.place(path), **found)


def _breaker(sections: Sections, data: Any, path: Path_) -> BreakerRule | None:
    if data == OFF:
        return None
    if not isinstance(data, dict):
        sections.wrong(path, "breaker must be a section with keys, or off", "breaker: {failures: 5, slow: 4}")
        return None
    found = sections.load(BreakerSection, data, path)
    if found is None:
        return None
    for key in found.keys() & {"slow", "open"}:
        found[key] = _seconds(sections, found[key], (*path, key))
    return BreakerRule(**found)


def _seconds(sections: Sections, value: Any, path: Path_) -> float:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 < value <= 600:
        sections.wrong(path, f"{path[-1]}: must be a number of seconds up to 600", f"{path[-1]}: 5")
        return 1.0
    return float(value)
