"""The columns of a CSV body: each a property of the row, ``address.city`` one of an object in it, arrays as JSON text.

A cell becomes the JSON value that its field asks for, and an empty one is a property that is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from adapter import strict_json
from adapter.errors import FieldError, InvalidRequest
from adapter.mapping.bound import BoundField, BoundType
from adapter.mapping.flat import shown
from adapter.mapping.scalars import parameter
from adapter.rows.bounds import Bounds

Convert = Callable[[str], Any]
_PLAIN = ("string", "integer", "number", "boolean")


class Columns:
    """The columns that rows of one type may have. ``types`` are those of its endpoint, ``key`` is that of the type."""

    def __init__(self, types: Mapping[str, BoundType], key: str, bounds: Bounds) -> None:
        self._types, self._bounds = types, bounds
        bound = types[key]
        self._by = bound.discriminator if bound.variants else ""
        self._kinds = {each.value: each.type for each in bound.variants} or {"": key}

    def named(self, header: Sequence[str]) -> Callable[[list[str]], Any]:
        """Return what makes an object of the cells below these names. Raise 422 for unknown names and repeated ones.

        What is returned raises 422, with a pointer for each cell that is no value of its field.
        """
        found = {kind: [self._convert(key, name) for name in header] for kind, key in self._kinds.items()}
        wrong = list(self._wrong(header, list(found.values())))
        if wrong:
            raise InvalidRequest("invalid-request", 422, fields=tuple(wrong[:100]))
        names = [tuple(name.split(".")) for name in header]
        made = {kind: partial(_object, list(zip(names, each, strict=True))) for kind, each in found.items()}
        if not self._by:
            return made[""]
        at = header.index(self._by) if self._by in header else -1
        first = next(iter(made.values()))
        return lambda cells: made.get(cells[at] if at >= 0 else "", first)(cells)

    def _wrong(self, header: Sequence[str], found: Sequence[Sequence[Convert | None]]) -> Iterator[FieldError]:
        for index, name in enumerate(header):
            pointer = "/" + name.replace(".", "/")
            if all(each[index] is None for each in found):
                yield FieldError("body", pointer, "is not a column here")
            elif any(name == other or name.startswith(f"{other}.") for other in _others(header, index)):
                yield FieldError("body", pointer, "is given twice")

    def _convert(self, key: str, name: str) -> Convert | None:
        """Return what reads the cells of a column, None where the type has no such property."""
        if name == self._by:
            return str
        *outer, last = name.split(".")
        for part in outer:
            field = self._field(key, part)
            if field is None or field.shape != "object" or self._types[field.type].variants:
                return None
            key = field.type
        field = self._field(key, last)
        if field is None:
            return None
        if field.shape == "scalar" and field.codec is not None and field.codec.schema.get("type") in _PLAIN:
            return partial(parameter, field)
        return self._json

    def _field(self, key: str, name: str) -> BoundField | None:
        return next((each for each in shown(self._types[key]) if each.name == name), None)

    def _json(self, text: str) -> Any:
        bounds = self._bounds
        return strict_json.decode(text.encode("utf-8"), max_depth=bounds.max_depth, max_digits=bounds.max_digits)


def _others(header: Sequence[str], index: int) -> Iterator[str]:
    """Yield the other columns; of the same name only those before, so that two of one name are told once."""
    yield from (other for place, other in enumerate(header) if place < index or other != header[index])


def _object(columns: Sequence[tuple[tuple[str, ...], Convert | None]], cells: Sequence[str]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    wrong: list[FieldError] = []
    for (path, convert), cell in zip(columns, cells, strict=True):
        if not cell:
            continue
        place = made
        for part in path[:-1]:
            place = place.setdefault(part, {})
        try:
            # A column of another kind of row stays as it is: that kind says that it does not know it.
            place[path[-1]] = convert(cell) if convert is not None else cell
        except InvalidRequest as error:
            inner = error.fields or (FieldError("body", "", f"is no JSON: {error.detail}"),)
            wrong += [FieldError("body", f"/{'/'.join(path)}{each.pointer}", each.detail) for each in inner]
        except ValueError as error:
            wrong.append(FieldError("body", f"/{'/'.join(path)}", str(error)))
    if wrong:
        raise InvalidRequest("invalid-request", 422, fields=tuple(wrong))
    return made
