"""Rules of bodies of many rows: ``each:`` of a body."""

from __future__ import annotations

from typing import Any

from adapter.mapping.files import Path_
from adapter.mapping.model.operation import BodyRule
from adapter.mapping.model.rows import MOST_BYTES, RowsRule
from adapter.mapping.schema_rows import RowsBodySection
from adapter.mapping.sections import Sections


def is_rows(data: Any) -> bool:
    """Tell whether a body, as it was written, is one of many rows."""
    return isinstance(data, dict) and "each" in data


def rows_body(sections: Sections, data: Any, path: Path_) -> BodyRule | None:
    """Return the rule of a body of many rows."""
    if "patch" in data:
        text = "patch: a row is whole, so nothing of what was there stays"
        sections.wrong((*path, "patch"), text, "remove 'patch', or write 'one' for 'each'")
        data = {key: value for key, value in data.items() if key != "patch"}
    found = sections.load(RowsBodySection, data, path)
    if found is None:
        return None
    place = sections.place(path)
    rule = RowsRule(place, found.get("max_bytes", MOST_BYTES), found.get("max_rows", 0))
    return BodyRule(place, found["each"], found["into"], rows=rule)
