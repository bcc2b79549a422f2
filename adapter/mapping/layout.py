"""The layout of mapping files: keys in the order of the grammar, two spaces a level, no blanks that say nothing.

Lines are moved and shifted, never written anew, so comments and quotes stay as they are. A comment belongs to the key
below it. Sections in braces stay as they stand. What comes out must hold the same data and the same lines, or nothing
is changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapter.errors import Mistake
from adapter.mapping import editor, schema
from adapter.mapping.files import Document, Path_, parse
from adapter.mapping.keys import Section
from adapter.mapping.model.operation import VERBS

STEP = 2
_REFERENCE = "#/$defs/"


@dataclass(frozen=True, slots=True)
class _Block:
    """One key of a section: its name and its lines, those of the comments above it included."""

    name: str
    lines: tuple[str, ...]


def formatted(text: str, file: str) -> tuple[str, list[Mistake]]:
    """Return the text of a mapping file in its layout, and why it was left as it is (then the text is the same)."""
    document, mistakes = parse(text, file)
    if document is None or mistakes or not isinstance(document.data, dict):
        return text, mistakes
    lines = [line.rstrip() for line in text.splitlines()]
    done = "\n".join(_single_blanks(_Layout(document, lines).section((), schema.FileSection, 0, len(lines), 0))) + "\n"
    again, wrong = parse(done, file)
    if again is None or wrong or again.data != document.data or _said(done) != _said(text):
        reason = Mistake(
            file, 0, 0, "is left as it is: its layout cannot be changed safely", "see `adapter fmt --help`"
        )
        return text, [reason]
    return done, []


class _Layout:
    """Lays out one document. Lines are counted from 0."""

    def __init__(self, document: Document, lines: Sequence[str]) -> None:
        self.document, self.lines = document, lines

    def section(self, path: Path_, kind: type[Section] | str, start: int, end: int, indent: int) -> list[str]:
        """Return the lines from ``start`` to ``end``, which hold the section at ``path``, its keys at ``indent``.

        ``kind`` is its grammar, or for named sections the name of what each of them is.
        """
        names = list(_at(self.document.data, path))
        starts = [self.document.places[(*path, name)] for name in names]
        rows = [place.line - 1 for place in starts]
        if not names or len(set(rows)) < len(rows) or len({place.column for place in starts}) > 1:
            return list(self.lines[start:end])  # in braces
        column = starts[0].column - 1
        begins = [self._with_comments(row, column, start) for row in rows]
        blocks = [
            _Block(name, tuple(self._key(path, kind, name, (begin, row, stop), indent - column)))
            for name, begin, row, stop in zip(names, begins, rows, [*begins[1:], end], strict=True)
        ]
        order = _order(kind, path)
        known = {name: number for number, name in enumerate(order)}
        blocks.sort(key=lambda block: known.get(block.name, len(order)))
        return [
            *_shifted(self.lines[start : begins[0]], indent - column),
            *(line for each in blocks for line in each.lines),
        ]

    def _key(
        self, path: Path_, kind: type[Section] | str, name: str, rows: tuple[int, int, int], shift: int
    ) -> list[str]:
        """Return the lines of one key: comments, the key's own line, and what is below it in its own layout."""
        begin, row, stop = rows
        own = _shifted(self.lines[begin : row + 1], shift)
        inside = _inside(kind, name)
        below = (*path, name)
        value = _at(self.document.data, below)
        first = self.document.places[below]
        inner = [self.document.places[(*below, each)] for each in value] if isinstance(value, dict) else []
        if inside is None or not inner or inner[0].line == first.line:
            return [*own, *_shifted(self.lines[row + 1 : stop], shift)]
        return [*own, *self.section(below, inside, row + 1, stop, first.column - 1 + shift + STEP)]

    def _with_comments(self, row: int, column: int, start: int) -> int:
        """Return the first line of the comments right above a key; blank lines above them go along."""
        while row > start and (not self.lines[row - 1] or _comment_at(self.lines[row - 1], column)):
            row -= 1
        return row


def _comment_at(line: str, column: int) -> bool:
    return line.lstrip().startswith("#") and len(line) - len(line.lstrip()) == column


def _at(data: Any, path: Path_) -> Any:
    for part in path:
        data = data[part]
    return data


def _inside(kind: type[Section] | str, name: str) -> type[Section] | str | None:
    """Return what stands below a key: a section, for named sections what each of them is, None for anything else."""
    if isinstance(kind, str):
        return _SECTIONS.get(kind)
    shape = editor.RAW.get(f"{kind.__name__}.{name}", {})
    if "$ref" in shape:
        return _SECTIONS.get(_referred(shape))
    if "properties" in shape:
        return _referred(_whole(next(iter(shape["properties"].values()))))
    inner = shape.get("additionalProperties")
    return _referred(inner) if isinstance(inner, Mapping) and "$ref" in inner else None


def _referred(shape: Mapping[str, Any]) -> str:
    return str(shape.get("$ref", "")).removeprefix(_REFERENCE)


def _whole(shape: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the shape of a section that is written out, where another file may hold it too."""
    while "else" in shape:
        shape = shape["else"]
    return shape


def _order(kind: type[Section] | str, path: Path_) -> Sequence[str]:
    if isinstance(kind, str):
        return VERBS if path == ("operations",) else ()
    return [field.data_key or name for name, field in kind().fields.items()]


def _shifted(lines: Sequence[str], by: int) -> list[str]:
    return [" " * by + line if by > 0 and line else line[min(-by, len(line) - len(line.lstrip())) :] for line in lines]


def _single_blanks(lines: Sequence[str]) -> list[str]:
    """Drop blank lines at both ends, and all but one in a row."""
    kept = [line for line, before in zip(lines, ["", *lines], strict=False) if line or before]
    while kept and not kept[-1]:
        kept.pop()
    return kept


def _said(text: str) -> list[str]:
    return sorted(line.strip() for line in text.splitlines() if line.strip())


_SECTIONS: Mapping[str, type[Section]] = {kind.__name__: kind for kind in Section.__subclasses__()}
