"""A proposed file as YAML in the layout of ``adapter fmt``: sections in blocks, rules in braces, notes above keys."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from adapter.mapping.files import Path_
from adapter.mapping.proposal.draft import Draft

STEP = "  "
# What may stand without quotes and is read as the same text: in braces, and behind a key of its own.
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./()-]*")
_PLAIN_LINE = re.compile(r"[A-Za-z/][A-Za-z0-9_./(){}, -]*[A-Za-z0-9_./)}]|[A-Za-z]")
_WORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))
# Sections that stand in blocks, by the path to them; a star is any name.
_BLOCKS = (
    ("soap",),
    ("types",),
    ("types", "*"),
    ("types", "*", "fields"),
    ("types", "*", "variants"),
    ("types", "*", "variants", "of"),
    ("types", "*", "variants", "of", "*"),
    ("types", "*", "variants", "of", "*", "fields"),
    ("operations",),
    ("operations", "*"),
    ("operations", "*", "path"),
    ("operations", "*", "query"),
)
_APART = ("soap", "types", "operations", "faults")


def written(draft: Draft, head: str = "") -> str:
    """Return a whole file. ``head`` is the first line, where there is one."""
    lines = [head.rstrip("\n")] if head else []
    for key, value in draft.section.items():
        if key in _APART and lines:
            lines.append("")
        lines += entry((key,), key, value, draft.notes)
    return "\n".join(lines) + "\n"


def entry(path: Path_, key: str, value: Any, notes: Mapping[Path_, str], indent: int = 0) -> Iterator[str]:
    """Yield the lines of one key. ``path`` leads to it from the top of its file, ``notes`` are by such paths."""
    before = STEP * indent
    if note := notes.get(path):
        yield f"{before}# {' '.join(note.split())}"
    if isinstance(value, list):
        yield f"{before}{key}:"
        yield from (f"{before}{STEP}- {flow(item)}" for item in value)
    elif isinstance(value, dict) and value and _in_block(path, value):
        yield f"{before}{flow(key)}:"
        for name, inner in value.items():
            yield from entry((*path, name), name, inner, notes, indent + 1)
    else:
        yield f"{before}{flow(key)}: {value if _may_stand(value) else flow(value)}"


def flow(value: Any) -> str:
    """Return a value as it is written in braces."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(key)}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    text = str(value)
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS
    return text if plain else json.dumps(text, ensure_ascii=False)


def _may_stand(value: Any) -> bool:
    return isinstance(value, str) and _PLAIN_LINE.fullmatch(value) is not None and value.lower() not in _WORDS


def _in_block(path: Path_, value: Mapping[str, Any]) -> bool:
    """Tell whether a section stands in a block. A variant that has no fields of its own fits in a line."""
    if len(path) == 5 and path[2] == "variants" and "fields" not in value:
        return False
    return any(
        len(path) == len(known) and all(k in ("*", p) for p, k in zip(path, known, strict=True)) for known in _BLOCKS
    )
