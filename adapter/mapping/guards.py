"""Guard rules: ``guard:`` of ``soap:`` and ``http:``."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adapter.mapping.files import Path_
from adapter.mapping.model.guard import BreakerRule, ClosedRule, GuardRule
from adapter.mapping.rates import rate
from adapter.mapping.schema_guard import BreakerSection, GuardSection
from adapter.mapping.sections import Sections
from adapter.mapping.windows import Window, always, window

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
    found["closed"] = _closed(sections, found.get("closed"), found.pop("zone", None), path)
    if "rate" in found:
        many, seconds = rate(found.pop("rate"))
        found["step"] = seconds / many
    return GuardRule(sections.place(path), **found)


def _closed(sections: Sections, data: Any, zone: str | None, path: Path_) -> ClosedRule | None:
    """Return when it is closed; None where nobody says so, or where that is wrong."""
    found = times_of_week(sections, data, zone, path, "closed")
    if found is not None and len(found.windows) == len(data) and always(found.windows):
        sections.wrong((*path, "closed"), "closed: all of the week, so it never opens", "leave some of it out")
        return None
    return found


def times_of_week(sections: Sections, data: Any, zone: str | None, path: Path_, key: str) -> ClosedRule | None:
    """Return the times of the week that ``key`` of a section lists; None where nobody says so, or that is wrong."""
    if data is None:
        if zone is not None:
            sections.wrong((*path, "zone"), f"zone: means nothing without '{key}'", f"{key}: [22:00-04:00]")
        return None
    if zone is None:
        sections.wrong((*path, key), f"{key}: needs 'zone': whose clock is meant?", "zone: Europe/Berlin")
        return None
    if not isinstance(data, list) or not data:
        sections.wrong((*path, key), f"{key} must be a list of times", _TIMES.format(key))
        return None
    windows = tuple(_windows(sections, data, (*path, key)))
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        remedy = "a name of the IANA time zone database, such as Europe/Berlin; 'pip install tzdata' brings it along"
        sections.wrong((*path, "zone"), f"zone: '{zone}' is not known here", remedy)
        return None
    return ClosedRule(windows, zone)


def _windows(sections: Sections, data: list[Any], path: Path_) -> Iterator[Window]:
    for index, text in enumerate(data):
        try:
            yield window(text if isinstance(text, str) else str(text))
        except ValueError as error:
            sections.wrong((*path, index), f"{path[-1]}: {error}", _TIMES.format(path[-1]))


_TIMES = "{}: [22:00-04:00, sat, mon-fri 12:00-12:30]"


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
