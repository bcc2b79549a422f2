"""Cursor rules: ``cursor:`` of an operation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from adapter.mapping import keys, schema_cursor
from adapter.mapping.files import Path_
from adapter.mapping.model.cursor import CursorRule, EndRule, NextRule
from adapter.mapping.sections import Sections
from adapter.mapping.signs import texts

_LAST = "last."
_WORDS: tuple[Literal["short_page"], Literal["no_next"]] = ("short_page", "no_next")


def cursor_rule(sections: Sections, data: Any, path: Path_) -> CursorRule | None:
    """Return the rule of one section; None where there is none, or where something that it needs is wrong."""
    found = sections.load(schema_cursor.CursorSection, data, path) if data is not None else None
    if found is None:
        return None
    in_header, limit = _limit(sections, found.get("limit"), (*path, "limit"))
    if ("limit" in found) == ("size" in found):
        text = "cursor: needs either 'limit' or 'size'"
        sections.wrong(path, text, "limit: where the ERP takes the number of rows, or size: how many its pages have")
    default, least, most = found.get("default", 50), found.get("min", 1), found.get("max", 200)
    if default > most or least > most:
        key = "default" if default > most else "min"
        sections.wrong((*path, key if key in found else "max"), f"{key}: is more than max: {most}", "change one")
    for key in ("from_",) if "call" not in found else ():
        if key in found:
            text = "from: means nothing without 'call'"
            sections.wrong((*path, "from"), text, "the same operation answers as 'reply' says")
    end = _end(sections, found["end"], (*path, "end"))
    following = _next(sections, found["next"], (*path, "next"))
    if end is None or not following:
        return None
    return CursorRule(
        sections.place(path), following, end, limit, in_header, found.get("size", 0), default, least, most,
        found.get("total", ""), found.get("call", ""), found.get("from_", ""),
    )  # fmt: skip


def _limit(sections: Sections, data: Any, path: Path_) -> tuple[bool, str]:
    if isinstance(data, Mapping):
        found = sections.load(schema_cursor.LimitSection, data, path)
        return True, found["header"] if found is not None else ""
    if data is not None and not (isinstance(data, str) and keys.XML_PATH.fullmatch(data)):
        sections.wrong(path, f"limit: '{data}' is not a path", "a path in the request, or {header: Block.Element}")
        return False, ""
    return False, data or ""


def _next(sections: Sections, data: Any, path: Path_) -> tuple[NextRule, ...]:
    found = []
    for to, value, where in sections.entries(data, path, "paths of the reply"):
        if not keys.XML_PATH.fullmatch(to):
            sections.wrong(where, f"next: '{to}' is not a path", "the path in the next call")
            continue
        loaded = sections.load(schema_cursor.NextSection, {"from": value} if isinstance(value, str) else value, where)
        if loaded is not None:
            source = loaded["from_"]
            last = source.startswith(_LAST)
            found.append(NextRule(sections.place(where), to, source.removeprefix(_LAST), last, loaded.get("add", 0)))
    if not data:
        sections.wrong(path, "next: names no value", "next: {path in the next call: path in the reply}")
    return tuple(found)


def _end(sections: Sections, data: Any, path: Path_) -> EndRule | None:
    place = sections.place(path)
    for word in _WORDS:
        if data == word:
            return EndRule(place, word)
    if not isinstance(data, Mapping):
        sections.wrong(path, f"end: '{data}' is not known", "short_page, no_next, or {where: a path, is: [values]}")
        return None
    found = sections.load(schema_cursor.EndSection, data, path)
    if found is None:
        return None
    if ("is_" in found) == ("reaches" in found):
        sections.wrong(path, "end: needs either 'is' or 'reaches'", "is: [the values of the last page]")
        return None
    if "reaches" in found:
        return EndRule(place, "reaches", found["where"], (), found["reaches"])
    return EndRule(place, "value", found["where"], texts(sections, found["is_"], (*path, "is")))
