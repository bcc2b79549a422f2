"""Read name-value bags: each entry by its name, wherever it stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adapter.mapping.bound import BoundField
from adapter.mapping.paths import Child
from adapter.translate.reading import Reading, text_of

Handler = Callable[[Any, dict[str, Any], Reading], None]
# One entry of a bag: the fields in it with the steps to them from the entry on, and what reads them from its element.
Entry = tuple[Sequence[tuple[Sequence[Child], BoundField]], Handler]


def entry_reader(entries: Sequence[Entry], name: str) -> Handler:
    """Return what reads one element of a bag into the fields of its entry. One that nobody mapped is passed over.

    ``name`` is what the object is called. An entry that stands there twice is noted; the first one holds.
    """
    # The name stands at one place in all of them, unless derived types have places of their own for it.
    places: dict[tuple[tuple[str, ...], str], tuple[BoundField, dict[object, tuple[list[str], Handler]]]] = {}
    for ways, handle in entries:
        constant = ways[0][1].entry
        assert constant is not None
        assert constant.codec is not None
        place = tuple(step.element.tag for step in constant.steps), constant.attribute.tag if constant.attribute else ""
        _, known = places.setdefault(place, (constant, {}))
        known[constant.codec.read(constant.fixed or "")] = [field.name for _, field in ways], handle
    found_in = [(_named(*place, constant, name), known) for place, (constant, known) in places.items()]

    def read(element: Any, found: dict[str, Any], reading: Reading) -> None:
        for read_name, known in found_in:
            entry = known.get(read_name(element, reading))
            if entry is None:
                continue
            keys, handle = entry
            if any(key in found for key in keys):
                reading.note(f"{name}.{keys[0]} stands there twice")
            else:
                handle(element, found, reading)
            return

    return read


def _named(tags: Sequence[str], attribute: str, constant: BoundField, name: str) -> Callable[[Any, Reading], object]:
    """Return what reads the name of an entry, None where it has none that could be known."""
    assert constant.codec is not None
    decode, place = constant.codec.read, f"{name}: {constant.rule.soap}"

    def read(element: Any, reading: Reading) -> object:
        for tag in tags:
            below = next(element.iterchildren(tag), None)
            if below is None:
                return None
            element = reading.target(below)
        text = element.get(attribute) if attribute else text_of(element, place, reading)
        try:
            return None if text is None else decode(text.strip())
        except ValueError:
            return None

    return read
