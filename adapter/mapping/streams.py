"""Rules of lists that leave row by row: ``stream:`` of a reply."""

from __future__ import annotations

from typing import Any

from adapter.mapping.files import Path_
from adapter.mapping.model.stream import StreamRule
from adapter.mapping.schema_stream import StreamSection
from adapter.mapping.sections import Sections


def stream_rule(sections: Sections, data: Any, path: Path_) -> StreamRule | None:
    """Return the rule of ``stream:``; None for ``false``, for nothing, and where it is wrong."""
    if data is None or data is False:
        return None
    if data is True:
        return StreamRule(sections.place(path))
    if not isinstance(data, dict):
        sections.wrong(path, "stream: must be true or a section", "stream: true, or stream: {max_bytes: …, idle: 30}")
        return None
    found = sections.load(StreamSection, data, path)
    return None if found is None else StreamRule(sections.place(path), **found)
