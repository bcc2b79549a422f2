"""Does a request fill everything the contract requires? Decided while building, from mapping and contract alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapter.mapping.bound import BoundField
from adapter.mapping.paths import Child, children
from adapter.wsdl.types import Contract, Record

Way = tuple[tuple[Child, ...], BoundField]


def uncovered(contract: Contract, record: Record, ways: Sequence[Way], before: str = "") -> Iterator[str]:
    """Yield the paths of elements and attributes that ``record`` requires and that no field of ``ways`` fills.

    ``ways`` are the fields with the steps that remain below ``record``.
    """
    below: dict[str, list[Way]] = {}
    attributes = set()
    for steps, field in ways:
        if steps:
            below.setdefault(steps[0].element.tag, []).append((steps[1:], field))
        elif field.attribute is not None:
            attributes.add(field.attribute.tag)
    for attribute in record.attributes:
        if attribute.required and attribute.tag not in attributes and attribute.fixed is None:
            yield f"{before}@{attribute.name}"
    yield from _required_choices(record, below, before)
    for child in children(record):
        inner = below.get(child.element.tag)
        if inner is None:
            if child.required and child.element.fixed is None:
                yield f"{before}{child.element.name}"
            continue
        kind = contract.types.get(child.element.type)
        if isinstance(kind, Record) and not any(field.type for steps, field in inner if not steps):
            yield from uncovered(contract, kind, inner, f"{before}{child.element.name}.")


def _required_choices(record: Record, below: dict[str, list[Way]], before: str) -> Iterator[str]:
    open_choices: dict[str, list[str]] = {}
    filled: set[str] = set()
    for child in children(record):
        for position, _, required in child.choices[:1]:
            if child.element.tag in below:
                filled.add(position)
            elif required:
                open_choices.setdefault(position, []).append(child.element.name)
    for position, names in open_choices.items():
        if position not in filled:
            yield before + " or ".join(names)
