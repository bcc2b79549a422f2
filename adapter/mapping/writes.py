"""Rules of writes: ``write:`` of an operation."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from adapter.mapping.files import Path_
from adapter.mapping.model.write import AFTER, MatchRule, ResolveRule, WriteRule
from adapter.mapping.schema_write import MatchSection, ResolveSection, WriteSection
from adapter.mapping.sections import Sections


def write_rule(sections: Sections, data: Any, path: Path_) -> WriteRule | None:
    """Return the rule of one section; None where there is none, or where it is no section."""
    found = sections.load(WriteSection, data, path) if data is not None else None
    if found is None:
        return None
    if "resolve" in found:
        found["resolve"] = _resolve(sections, found["resolve"], (*path, "resolve"))
    if "if_match" in found:
        found["if_match"] = _match(sections, found["if_match"], (*path, "if_match"))
    if "slow" in found:
        found["slow"] = _seconds(sections, found["slow"], (*path, "slow"), 60)
    return WriteRule(sections.place(path), **found)


def _resolve(sections: Sections, data: Any, path: Path_) -> ResolveRule | None:
    found = sections.load(ResolveSection, data, path)
    if found is None:
        return None
    given = sections.texts(found.get("with_"), (*path, "with"), "properties or parameters of the write")
    after = _seconds(sections, found["after"], (*path, "after"), 86400) if "after" in found else AFTER
    return ResolveRule(sections.place(path), found["by"], given, found.get("then", ""), after)


def _match(sections: Sections, data: Any, path: Path_) -> MatchRule | None:
    found = sections.load(MatchSection, data if isinstance(data, Mapping) else {"property": data}, path)
    return None if found is None else MatchRule(sections.place(path), **found)


def _seconds(sections: Sections, value: Any, path: Path_, most: int) -> float:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 < value <= most:
        sections.wrong(path, f"{path[-1]}: must be a number of seconds up to {most}", f"{path[-1]}: 5")
        return 1.0
    return float(value)
