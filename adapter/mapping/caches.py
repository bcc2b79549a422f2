"""Rules of reads that are kept, and of writes that make them old: ``cache:`` and ``touches:``."""

from __future__ import annotations

from typing import Any

from adapter.mapping.files import Path_
from adapter.mapping.keys import OPERATION
from adapter.mapping.model.cache import CacheRule, TouchRule
from adapter.mapping.schema_cache import CacheSection
from adapter.mapping.sections import Sections


def cache_rule(sections: Sections, data: Any, path: Path_) -> CacheRule | None:
    """Return the rule of ``cache:``; None where there is none, or where it is no section."""
    found = sections.load(CacheSection, data, path) if data is not None else None
    return None if found is None else CacheRule(sections.place(path), **found)


def touch_rules(sections: Sections, data: Any, path: Path_) -> tuple[TouchRule, ...] | None:
    """Return the rules of ``touches:``; None where nothing is said, and an empty list touches nothing."""
    if data is None:
        return None
    if not isinstance(data, list):
        sections.wrong(path, "touches must be a list of operations", "touches: [orders.read, orders.list]")
        return None
    rules: list[TouchRule] = []
    for index, name in enumerate(data):
        where: Path_ = (*path, index)
        if not isinstance(name, str) or not OPERATION.fullmatch(name):
            sections.wrong(where, f"touches: {name} is no operation's name", "a name such as orders.read")
        elif any(name == rule.operation for rule in rules):
            sections.wrong(where, f"touches: {name} stands in the list already", "remove one")
        else:
            rules.append(TouchRule(sections.place(where), name))
    return tuple(rules)
