"""Rules of comparison: ``compare:`` of ``rollout:``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from adapter.mapping.files import Path_
from adapter.mapping.model import Place
from adapter.mapping.schema_rollout import CompareSection
from adapter.mapping.sections import Sections
from adapter.rollout.rules import CompareRule

_POINTER = re.compile(r"(/([^~/]|~[01])+)+")
T = TypeVar("T")


def compare_rule(sections: Sections, data: Any, path: Path_) -> tuple[CompareRule, dict[str, Place]]:
    """Return the rule of one section, and where each of its pointers is written."""
    found = sections.load(CompareSection, data, path) or {}
    places: dict[str, Place] = {}
    for key in found.keys() & {"ignore", "show"}:
        found[key] = _list(sections, found[key], (*path, key), places)
    for key, what, read in (
        ("unordered", "the property that tells items apart", _text),
        ("numbers", "numbers", _number),
        ("times", "seconds", _number),
        ("codes", "words of both sides", _codes),
    ):
        if key in found:
            found[key] = _each(sections, found[key], (*path, key), what, read, places)
    return CompareRule(**found), places


def _list(sections: Sections, data: Any, path: Path_, places: dict[str, Place]) -> tuple[str, ...]:
    if not isinstance(data, list):
        sections.wrong(path, f"{path[-1]} must be a list of pointers", f"{path[-1]}: [/changed_at]")
        return ()
    return tuple(text for index, text in enumerate(data) if _pointer(sections, text, (*path, index), places))


def _each(
    sections: Sections,
    data: Any,
    path: Path_,
    what: str,
    read: Callable[[Any], T | None],
    places: dict[str, Place],
) -> dict[str, T]:
    found: dict[str, T] = {}
    for pointer, value, where in sections.entries(data, path, what):
        read_value = read(value)
        if read_value is None:
            sections.wrong(where, f"{path[-1]}: {pointer} needs {what}", f"see {path[-1]} in the reference")
        elif _pointer(sections, pointer, where, places):
            found[pointer] = read_value
    return found


def _pointer(sections: Sections, text: Any, path: Path_, places: dict[str, Place]) -> bool:
    if not isinstance(text, str) or not _POINTER.fullmatch(text):
        sections.wrong(path, f"'{text}' is no JSON Pointer (RFC 6901)", "write /address/city, or /phones/*/number")
        return False
    places.setdefault(text, sections.place(path))
    return True


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Any) -> float | None:
    known = isinstance(value, int | Decimal) and not isinstance(value, bool) and value >= 0
    return float(value) if known else None


def _codes(value: Any) -> Mapping[str, str] | None:
    known = isinstance(value, dict) and all(isinstance(each, str) for pair in value.items() for each in pair)
    return value if known else None
