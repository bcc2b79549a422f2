"""The columns that the rows of a list have in CSV: known while building, from the bound type of a row.

An object inside a row has a column for each of its properties, under a dotted name. What has no fixed properties (an
array, a record that contains itself) is one column with JSON text. Rows with variants have the columns of all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from adapter import strict_json
from adapter.mapping.bound import BoundField, BoundType
from adapter.mapping.flat import shown

_LINK = ("href", "bytes")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the header line, and the properties that lead to its value.

    ``link``: the value may be an object that says where it is; that has columns of its own.
    """

    name: str
    path: tuple[str, ...]
    link: bool = False


def columns(types: Mapping[str, BoundType], key: str) -> tuple[Column, ...]:
    """Return the columns of rows of a bound type, in the order of its properties, each once."""
    found: dict[tuple[str, ...], Column] = {}
    for column in _of(types, key, (), ()):
        found.setdefault(column.path, column)
    return tuple(found.values())


def _of(types: Mapping[str, BoundType], key: str, before: tuple[str, ...], around: tuple[str, ...]) -> Iterator[Column]:
    bound = types[key]
    if bound.variants:
        yield _column((*before, bound.discriminator))
    for variant in bound.variants:
        yield from _of(types, variant.type, before, (*around, key))
    for field in shown(bound):
        yield from _field(types, field, before, (*around, key))


def _field(
    types: Mapping[str, BoundType], field: BoundField, before: tuple[str, ...], around: tuple[str, ...]
) -> Iterator[Column]:
    path, link = (*before, field.name), field.rule.link is not None
    if field.shape == "object" and field.type and field.type not in around:
        yield from _of(types, field.type, path, around)
        return
    yield _column(path, link)
    if link:
        yield from (_column((*path, name)) for name in _LINK)


def _column(path: tuple[str, ...], link: bool = False) -> Column:
    return Column(".".join(path), path, link)


def cells(found: Sequence[Column]) -> Callable[[Mapping[str, Any]], list[Any]]:
    """Return what makes the cells of one row, as the csv module takes them: None for what is absent or null."""
    # The columns of one object stand together, so each object is looked up once.
    parts = [(path, [column.path[-1] for column in each]) for path, each in groupby(found, lambda each: each.path[:-1])]
    links = [index for index, column in enumerate(found) if column.link]

    def cells_of(row: Mapping[str, Any]) -> list[Any]:
        values: list[Any] = []
        for path, names in parts:
            inner = _at(row, path) if path else row
            values += [inner.get(name) for name in names] if isinstance(inner, dict) else [None] * len(names)
        for index in links:
            if isinstance(values[index], dict):
                values[index] = None
        return [each if type(each) in _PLAIN else _cell(each) for each in values]

    return cells_of


_PLAIN = frozenset((str, int, type(None)))


def _at(row: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        if not isinstance(row, dict):
            return None
        row = row.get(name)
    return row


def _cell(value: Any) -> Any:
    return strict_json.encode(value).decode("utf-8") if isinstance(value, bool | dict | list) else value
