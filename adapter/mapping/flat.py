"""Values of nested and joined properties to those of the elements they stand in, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from adapter.mapping.bound import BoundField, BoundType, leaves
from adapter.mapping.nulls import listed
from adapter.mapping.when import hold


def in_xml(bound: BoundType, values: Mapping[str, Any], json: bool = False) -> dict[str, Any]:
    """Return the values of an object by the names of ``bound.ways``: flat, and what is null in a list where it goes.

    ``json``: they are as the caller sent them, else as XML holds them.
    """
    found = dict(flattened(bound.written, values, json=json))
    return listed(bound.nulls, found) if bound.nulls else found


def flattened(
    fields: Iterable[BoundField], values: Mapping[str, Any], before: str = "", json: bool = False
) -> Iterator[tuple[str, Any]]:
    """Yield the values by the names that ``leaves`` gives, the constants, and the default of what is left out.

    Of a joined value that was not split yet only its presence counts, and whether it is null.
    """
    for field in fields:
        name = before + field.name
        if field.rule.placeless:
            continue
        if field.given_by_us:
            # What is made for each call was put among the values before they are written.
            if hold(field.when, values, json):
                yield name, field.fixed if field.fixed is not None else values.get(field.name, "")
        elif field.name in values:
            value = values[field.name]
            if not field.parts:
                yield name, value
            elif isinstance(value, Mapping):
                yield from flattened(field.parts, value, f"{name}/", json)
            elif field.codec is not None:
                yield from ((part.name, value) for part in leaves(field.parts, f"{name}/"))
        elif field.parts and field.codec is not None:
            yield from ((f"{name}/{part.name}", part.default) for part in field.parts if part.default is not None)
        elif field.default is not None:
            yield name, field.default


def assembled(fields: Iterable[BoundField], found: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Return the object that values by the names of ``leaves`` make. A part without values is left out."""
    made: dict[str, Any] = {}
    for field in fields:
        name = before + field.name
        if not field.parts:
            if name in found:
                made[field.name] = found[name]
        elif field.codec is None:
            if inner := assembled(field.parts, found, f"{name}/"):
                made[field.name] = inner
        elif present := [found[f"{name}/{part.name}"] for part in field.parts if f"{name}/{part.name}" in found]:
            texts = [text for text in present if text is not None]
            made[field.name] = field.rule.join.join(texts) if texts else None
        elif field.missing is not None:
            made[field.name] = field.missing
    return made
