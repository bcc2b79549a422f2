"""The xsd:choices that the fields of a type stand in, for the documentation."""

from __future__ import annotations

from itertools import chain

from adapter.mapping.bound import BoundField, Choice


def choices(fields: list[BoundField]) -> tuple[Choice, ...]:
    """Find the xsd:choices that several fields, or a required one, stand in. Of a field only the outermost counts."""
    found: dict[tuple[tuple[tuple[str, str], ...], str], dict[int, list[str]]] = {}
    required: dict[tuple[tuple[tuple[str, str], ...], str], bool] = {}
    for field in fields:
        for index, step in enumerate(field.steps):
            if step.choices:
                position, branch, needed = step.choices[0]
                place = (tuple(before.key for before in field.steps[:index]), position)
                names = found.setdefault(place, {}).setdefault(branch, [])
                names.append(field.name)
                required[place] = needed and index == 0
    return tuple(
        Choice(tuple(tuple(names) for names in branches.values()), required[place])
        for place, branches in found.items()
        # A part of another property, or a constant, cannot be named in the documentation of a choice.
        if (len(branches) > 1 or required[place]) and not set("/.") & set("".join(chain(*branches.values())))
    )
