"""Adds entries to a mapping file that people have edited: lines come in, and every line that is there stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapter.mapping import files
from adapter.mapping.files import Node, Path_
from adapter.mapping.proposal import text as proposal_text


@dataclass(frozen=True, slots=True)
class Addition:
    """``value`` under ``key`` in the section at ``path``; ``notes`` are comments by paths from the top of the file.

    A ``key`` of None adds an item to a list.
    """

    path: Path_
    key: str | None
    value: Any
    notes: Mapping[Path_, str]


class Unsafe(ValueError):
    """An entry cannot be added without changing what stands there."""


def added(source: str, addition: Addition) -> str:
    """Return the text of a file with one more entry. Raise Unsafe where the section is not there or is no section."""
    top = files.compose(source)
    node = _at(top, addition.path)
    if node is None:
        raise Unsafe(f"there is no section {'.'.join(map(str, addition.path))}")
    if node.kind not in ("mapping", "sequence"):
        raise Unsafe(f"{'.'.join(map(str, addition.path))} is no section")
    done = _in_braces(source, node, addition) if node.flow else _in_block(source, node, addition)
    _proved(source, done, addition)
    return done


def _in_block(source: str, node: Node, addition: Addition) -> str:
    lines = source.splitlines(keepends=True)
    column = node.column
    at = _end(node)
    while at < len(lines) and _comment_at(lines[at], column):
        at += 1
    if at and at <= len(lines) and not lines[at - 1].endswith("\n"):
        lines[at - 1] += "\n"
    return "".join(
        [*lines[:at], *(" " * column + line + "\n" if line else "\n" for line in _lines(addition)), *lines[at:]]
    )


def _lines(addition: Addition) -> Sequence[str]:
    if addition.key is None:
        return [f"- {proposal_text.flow(addition.value)}"]
    return list(proposal_text.entry((*addition.path, addition.key), addition.key, addition.value, addition.notes))


def _comment_at(line: str, column: int) -> bool:
    """Tell whether a line is a comment that belongs to the entries above it."""
    text = line.lstrip(" ")
    return text.startswith("#") and len(line) - len(text) >= max(column, 1)


def _end(node: Node) -> int:
    """Return the number of the first line after everything in a node, comments apart."""
    return max([node.end, *(_end(child) for child in node.children.values())]) if not node.flow else node.end


def _in_braces(source: str, node: Node, addition: Addition) -> str:
    """Put an entry before the closing brace, behind a comma where something stands before it."""
    close = node.stop - 1
    before = source[:close].rstrip(" \n")
    if before.endswith("#") or "#" in before.rpartition("\n")[2]:
        raise Unsafe("a comment stands in the braces")
    value = proposal_text.flow(addition.value)
    said = value if addition.key is None else f"{proposal_text.flow(addition.key)}: {value}"
    comma = "" if before.endswith(("{", "[", ",")) else ","
    blank = "" if before.endswith(("{", "[")) else " "
    return f"{before}{comma}{blank}{said}{source[len(before) : close]}{source[close:]}"


def _at(node: Node | None, path: Path_) -> Node | None:
    for part in path:
        node = node.children.get(part) if node is not None else None
    return node


def _proved(source: str, done: str, addition: Addition) -> None:
    """The file must say what it said, and the new entry, and nothing else; and nothing of its text may be gone."""
    before, _ = files.parse(source, "")
    after, mistakes = files.parse(done, "")
    if before is None or after is None or mistakes or after.data != _with(before.data, addition):
        raise Unsafe("what stands there cannot be added to")
    kept = next((at for at, (old, new) in enumerate(zip(source, done, strict=False)) if old != new), len(source))
    if not done.endswith(source[kept:]):
        raise Unsafe("something would be changed")


def _with(data: Any, addition: Addition) -> Any:
    """Return the data with the entry in it."""

    def put(value: Any, path: Path_) -> Any:
        if path:
            return {**value, path[0]: put(value[path[0]], path[1:])}
        if addition.key is None:
            return [*value, addition.value]
        return {**value, addition.key: addition.value}

    return put(data, addition.path)
